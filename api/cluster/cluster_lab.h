// For tests of this room: an HTTP server on loopback that plays a Kubernetes API server by a script, and a loop that
// runs the test. Answers are listed per path; the last one of a list stays. A path without a list is an empty
// collection; a watch without a script is held open.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "api/cluster/cluster_set.h"
#include "foundation/http/server.h"

namespace api::cluster {

using foundation::Secret;
namespace http = foundation::http;

class ClusterLab : public testing::Test {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    http::Headers headers = {};
  };
  struct Watch {
    std::string lines;
    enum End { hold, finish, cut, busy } end = hold;  // busy: 429 instead of a stream, and "at once"
  };
  using Scenario = async::Task<void> (*)(ClusterLab&);

  std::optional<http::TlsServer> tls;  // set before run(): the server speaks it

  // Runs a scenario to its end, then stops the server and every cluster; fails when that takes a minute.
  void run(Scenario scenario) {
    start();
    bool ended = false;
    async::asio::co_spawn(loop_, run_and_stop(scenario), [&](std::exception_ptr thrown, foundation::Done done) {
      EXPECT_FALSE(thrown) << "the scenario threw";
      if (!thrown) EXPECT_TRUE(done.has_value()) << done.error().text();
      ended = true;
    });
    loop_.run_for(std::chrono::seconds(60));
    ASSERT_TRUE(ended) << "the scenario hangs";
  }

  // A cluster of the server's (or of another address), which the lab stops.
  Cluster& open(std::vector<std::string> namespaces, std::string url = {}) {
    Kubeconfig kubeconfig;
    kubeconfig.server = url.empty() ? "http://" + address() : url;
    kubeconfig.token = Secret("lab-token");
    return open_as(std::move(kubeconfig), std::move(namespaces));
  }
  Cluster& open_as(Kubeconfig kubeconfig, std::vector<std::string> namespaces) {
    ClusterOptions options{.kubeconfig = std::move(kubeconfig), .namespaces = std::move(namespaces)};
    auto cluster = open_cluster(tasks_, std::move(options), metrics, {});
    if (!cluster) throw std::runtime_error(cluster.error().text());
    auto name = "w" + std::to_string(opened_++);
    clusters_.add(name, std::move(*cluster));
    return *clusters_.find(name);
  }
  std::string address() const { return server_->address(); }
  static async::Task<bool> becomes(std::function<bool()> holds) {
    for (int i = 0; i < 2'000 && !holds(); ++i) (void)co_await async::sleep_for(foundation::Milliseconds(5));
    co_return holds();
  }
  static async::Context context(foundation::Milliseconds budget = std::chrono::seconds(20)) {
    return {.request_id = "test", .deadline = std::chrono::steady_clock::now() + budget, .log = {}};
  }
  std::size_t asked(std::string_view path, std::string_view query = {}) const {
    return static_cast<std::size_t>(std::ranges::count_if(requests, [&](const http::Request& request) {
      return request.target.substr(0, request.target.find('?')) == path && request.target.contains(query);
    }));
  }
  // The last request for this path.
  http::Request last(std::string_view path) const {
    for (const auto& request : requests | std::views::reverse)
      if (request.target.substr(0, request.target.find('?')) == path) return request;
    return {};
  }
  foundation::SteadyTime until() const { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

  std::map<std::string, std::deque<Answer>> answers;  // by path
  std::map<std::string, std::deque<Watch>> watches;
  std::vector<http::Request> requests;
  foundation::telemetry::Metrics metrics;
  ClusterSet& clusters() { return clusters_; }
  async::TaskGroup& tasks() { return tasks_; }

 private:
  void start() {
    auto acceptor = http::listen_on(loop_.get_executor(), "127.0.0.1:0");
    if (!acceptor) throw std::runtime_error(acceptor.error().text());
    auto handler = [this](async::Context&, http::Exchange& exchange) { return answer(exchange); };
    std::vector<http::Route> rows;
    for (auto method : {http::Method::get, http::Method::patch})
      rows.push_back({.method = method,
                      .pattern = "/{rest...}",
                      .access = "test",
                      .deadline = std::chrono::minutes(10),
                      .handler = handler});
    auto routes = http::RouteTable::create(std::move(rows));
    if (!routes) throw std::runtime_error(routes.error().text());
    server_ = std::make_unique<http::Server>(std::move(*acceptor), std::move(*routes),
                                             http::Server::Options{.name = "lab", .limits = {}, .tls = tls}, metrics,
                                             foundation::telemetry::Log());
    server_->start();
  }
  async::Task<void> run_and_stop(Scenario scenario) {
    auto result = co_await scenario(*this);
    co_await clusters_.stop();
    EXPECT_TRUE(co_await tasks_.wait(std::chrono::seconds(5))) << "the caches left tasks behind";
    co_await server_->stop(foundation::Milliseconds(0));
    co_return result;
  }
  async::Task<http::Reply> answer(http::Exchange& exchange) {
    requests.push_back(exchange.request());
    auto path = exchange.target().path;
    if (exchange.target().query.contains("watch")) co_return co_await play(exchange, take(watches[path]));
    auto& list = answers[path];
    if (list.empty()) list.push_back({.body = R"({"metadata":{"resourceVersion":"1"},"items":[]})"});
    auto next = take(list);
    if (list.empty()) list.push_back(next);
    co_return http::Reply{.status = next.status, .headers = next.headers, .body = next.body};
  }
  async::Task<http::Reply> play(http::Exchange& exchange, Watch watch) {
    if (watch.end == Watch::busy) co_return http::Reply{.status = 429, .headers = {{"Retry-After", "0"}}, .body = "{}"};
    auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "application/json"}});
    if (!stream) co_return std::unexpected(stream.error());
    if (!watch.lines.empty()) (void)co_await (*stream)->write(watch.lines);
    if (watch.end == Watch::hold) (void)co_await async::sleep_for(std::chrono::minutes(5));
    if (watch.end == Watch::cut) co_return foundation::fail(foundation::Code::io, "play", "cut");
    co_return http::Reply{.streamed = true};
  }
  template <class T>
  static T take(std::deque<T>& list) {
    if (list.empty()) return {};
    T first = std::move(list.front());
    list.pop_front();
    return first;
  }

  async::asio::io_context loop_{1};
  async::TaskGroup tasks_{loop_.get_executor(), {}};
  ClusterSet clusters_;
  std::unique_ptr<http::Server> server_;
  std::size_t opened_ = 0;
};

}  // namespace api::cluster
