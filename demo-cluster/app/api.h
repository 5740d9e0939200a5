// The HTTP face of the demo cluster: authenticates, plays scripted failures, and serves discovery, objects, watches and
// logs as the Kubernetes API. All errors are Status objects. Owner: main; outlives the servers. Threads: one executor.
#pragma once
#include <string>
#include <vector>

#include "demo-cluster/app/api_path.h"
#include "demo-cluster/app/live_cluster.h"
#include "demo-cluster/app/script.h"
#include "demo-cluster/world/collections.h"
#include "foundation/base/secret.h"
#include "foundation/http/routes.h"
#include "foundation/http/server.h"

namespace demo_cluster::app {

namespace http = foundation::http;
namespace json = foundation::json;

class Api {
 public:
  Api(LiveCluster& cluster, foundation::Secret token) : cluster_(cluster), token_(std::move(token)) {}
  std::vector<http::Route> routes();

 private:
  using Answer = world::Outcome<http::Reply>;

  async::Task<http::Reply> serve(async::Context& ctx, http::Exchange& exchange);
  async::Task<http::Reply> control(async::Context& ctx, http::Exchange& exchange);
  async::Task<http::Reply> public_information(async::Context& ctx, http::Exchange& exchange);
  bool is_authenticated(const http::Exchange& exchange) const;

  // What is about the server itself; nothing when the path is another.
  std::optional<http::Reply> discovery(const http::Exchange& exchange) const;
  // Who am I, may I do this; nothing when the path is another.
  std::optional<Answer> review(const http::Exchange& exchange) const;
  Answer object(const http::Exchange& exchange, const ApiPath& path);
  Answer read(const http::Exchange& exchange, const ApiPath& path) const;
  Answer list(const http::Exchange& exchange, const ApiPath& path) const;
  Answer create(const http::Exchange& exchange, const ApiPath& path);
  Answer replace(const http::Exchange& exchange, const ApiPath& path);
  Answer patch(const http::Exchange& exchange, const ApiPath& path);
  Answer remove(const http::Exchange& exchange, const ApiPath& path);
  Answer evict(const http::Exchange& exchange, const ApiPath& path);
  Answer remove_collection(const http::Exchange& exchange, const ApiPath& path);

  async::Task<http::Reply> log(http::Exchange& exchange, ApiPath path);
  async::Task<void> follow_log(http::Stream& stream, world::Key pod, world::LogQuery wanted, world::LogPosition seen);

  async::Task<http::Reply> watch(http::Exchange& exchange, world::Scope scope);
  async::Task<std::uint64_t> begin_watch(http::Stream& stream, const http::Exchange& exchange,
                                         const world::Scope& scope);
  async::Task<void> tell(http::Stream& stream, const world::Scope& scope, std::vector<json::Value> events,
                         bool as_table);
  async::Task<void> follow(http::Stream& stream, const http::Exchange& exchange, const world::Scope& scope,
                           std::uint64_t seen);

  LiveCluster& cluster_;
  foundation::Secret token_;
  Script script_;
};

}  // namespace demo_cluster::app
