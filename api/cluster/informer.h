// The objects of one kind in one namespace, followed by LIST and WATCH for as long as its task runs. What it holds is
// pruned and redacted. Owner: the cache. Threads: one executor.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/cluster/gate.h"
#include "api/cluster/held_object.h"
#include "foundation/kubernetes_api/watch.h"
#include "foundation/redaction/pseudonyms.h"
#include "foundation/telemetry/log.h"
#include "foundation/telemetry/metrics.h"

namespace api::cluster {

namespace http = foundation::http;
namespace json = foundation::json;
namespace redaction = foundation::redaction;
namespace wire = foundation::kubernetes_api;
using foundation::kubernetes::Kind;
using wire::ApiServer;

inline constexpr foundation::Milliseconds kFirstHiddenPause{1'000};  // before asking again for what we may not see
inline constexpr foundation::Milliseconds kLastHiddenPause{300'000};
inline constexpr int kFailuresBeforeRelist = 5;  // a watch that keeps failing may be its version's fault

// wire::pause_after for what we may not see: soon at first, since an API server that has just started denies
// everything, then less and less often, up to kLastHiddenPause.
foundation::Milliseconds pause_while_hidden(int refusals, double random);

class Informer {
 public:
  using Objects = std::map<std::string, SharedObject, std::less<>>;
  // What an informer borrows from its cache.
  struct Surroundings {
    ApiServer& api;
    redaction::Pseudonyms& pseudonyms;
    foundation::telemetry::Metrics& metrics;
    foundation::telemetry::Log log;
    Gate& gate;                     // only a few list or connect at a time
    std::function<void()> changed;  // its objects are others now, or listed() is
  };

  Informer(Surroundings surroundings, const Kind& kind, std::string namespace_name, std::string collection);
  ~Informer();
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  async::Task<void> follow();  // until it is cancelled

  const Kind& kind() const { return kind_; }
  const std::string& namespace_name() const { return namespace_name_; }
  const Objects& objects() const { return objects_; }
  bool listed() const { return listed_; }  // once, or found to be not for our eyes

 private:
  async::Task<std::unique_ptr<http::ResponseStream>> begin();
  async::Task<void> relist();
  foundation::Done apply(const wire::WatchEvent& event);
  foundation::Done set(const std::string& name, SharedObject object);  // null: it is gone
  SharedObject visible_part(const json::Value& raw) const;             // null: nothing of it may be held
  void replace(Objects fresh);
  void forget();
  foundation::Milliseconds after(const foundation::Done& ended, foundation::Milliseconds lasted);

  Surroundings surroundings_;
  const Kind& kind_;
  std::string namespace_name_;
  std::string collection_;
  async::Context ctx_;
  foundation::telemetry::Gauge count_;
  foundation::telemetry::Counter relists_;
  Objects objects_;
  std::string version_;  // where the watch goes on from; empty: list first
  bool listed_ = false;
  int failures_ = 0;
  int refusals_ = 0;  // in a row
};

}  // namespace api::cluster
