// For tests: one cluster in memory that behaves as the API server does where the executor depends on it: uid,
// resourceVersion, generation, managedFields, dry runs, 409. It can refuse, stand still, lose an answer before or after
// the effect, and have another writer come in between. Its controllers are done at once.
// Owner: the test; outlives what cluster() made. Threads: one executor.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/cluster/cluster_set.h"
#include "api/executor/executor.h"

namespace api::executor {

class FakeCluster {
 public:
  using Code = foundation::Code;
  using Error = foundation::Error;

  // What one call meets, in this order.
  struct Fate {
    std::function<void()> first = {};       // before anything else: another writer, a revocation
    std::optional<Error> refused = {};      // answered so, without any effect
    std::optional<Error> lost_answer = {};  // the effect takes place, but this is what the caller sees
  };
  static Fate refuses(Code code) { return {.refused = error(code)}; }
  static Fate loses_request() { return {.refused = error(Code::unavailable)}; }
  static Fate loses_answer() { return {.lost_answer = error(Code::unavailable)}; }
  static Fate after(std::function<void()> first) { return {.first = std::move(first)}; }

  std::deque<Fate> gets, dry_runs, writes;                // of the calls to come; none: all goes well
  bool hold_writes = false;                               // they stand still before their effect
  bool hold_answers = false;                              // or after it
  std::map<std::string, std::vector<json::Value>> lists;  // by kind
  std::optional<Error> list_error;

  std::vector<cluster::PatchRequest> rehearsed;  // as asked for
  std::vector<cluster::PatchRequest> written;    // as asked for, whatever became of it
  int applied = 0;                               // writes of ours that took effect

  void add(const std::string& name, int replicas, const std::string& project = "shop",
           const std::string& kind = "Deployment") {
    json::Object labels{{"app", name}};
    objects_[name] = json::Object{
        {"kind", kind},
        {"metadata", json::Object{{"name", name}, {"namespace", project}, {"uid", "uid-" + name}, {"generation", 0}}},
        {"spec", json::Object{{"template", json::Object{{"metadata", json::Object{{"labels", std::move(labels)}}}}}}}};
    scale(name, replicas);
  }
  // What other writers do.
  void scale(const std::string& name, int replicas, const std::string& manager = "kubectl") {
    change(name, {{"spec", {{"replicas", replicas}}}}, manager);
  }
  void change(const std::string& name, const json::Object& merge_patch, const std::string& manager = "kubectl") {
    json::Object& object = objects_.at(name).get_object();
    merge(object, merge_patch);
    json::Object& metadata = object["metadata"].get_object();
    std::int64_t generation = metadata["generation"].as_int64() + 1;
    metadata["generation"] = generation;
    // The last writer of the one field is its only owner.
    metadata["managedFields"] = json::Array{json::Object{{"manager", manager}, {"operation", "Update"}}};
    std::int64_t wanted = replicas(name);
    object["status"] = json::Object{{"observedGeneration", generation},
                                    {"replicas", wanted},
                                    {"readyReplicas", wanted},
                                    {"updatedReplicas", wanted},
                                    {"availableReplicas", wanted}};
    touch_status(name);
  }
  void touch_status(const std::string& name) {
    objects_.at(name).get_object()["metadata"].get_object()["resourceVersion"] = std::to_string(++version_);
  }
  void recreate(const std::string& name, int replicas) {
    add(name, replicas);
    objects_.at(name).get_object()["metadata"].get_object()["uid"] = "uid-of-another";
  }
  void remove(const std::string& name) { objects_.erase(name); }
  json::Object& spec(const std::string& name) { return objects_.at(name).get_object()["spec"].get_object(); }

  foundation::kubernetes::ObjectView view(const std::string& name) const {
    return foundation::kubernetes::ObjectView{json::View(objects_.at(name))};
  }
  std::int64_t replicas(const std::string& name) const { return view(name).spec()["replicas"].integer_or(-1); }

  cluster::Cluster cluster() {
    cluster::Cluster made;
    made.reader = std::make_unique<Reader>(*this);
    made.writer = std::make_unique<Writer>(*this);
    return made;  // without a cache: changes look at the API server itself
  }

 private:
  struct Reader final : cluster::ClusterReader {
    explicit Reader(FakeCluster& f) : fake(f) {}
    async::Task<json::Value> get(async::Context&, foundation::kubernetes::ObjectRef ref) override {
      return fake.get(std::move(ref));
    }
    async::Task<std::vector<json::Value>> list(async::Context&, std::string kind, std::string) override {
      if (fake.list_error) co_return std::unexpected(*fake.list_error);
      co_return fake.lists[kind];
    }
    async::Task<cluster::LogTail> logs(async::Context&, cluster::LogQuery) override { co_return cluster::LogTail(); }
    FakeCluster& fake;
  };
  struct Writer final : cluster::ClusterWriter {
    explicit Writer(FakeCluster& f) : fake(f) {}
    async::Task<json::Value> patch(async::Context&, cluster::PatchRequest request) override {
      return fake.patch(std::move(request));
    }
    FakeCluster& fake;
  };

  // RFC 7396.
  static void merge(json::Object& into, const json::Object& patch) {
    for (const auto& [name, value] : patch) {
      if (value.is_null()) {
        into.erase(name);
      } else if (value.is_object()) {
        json::Value& member = into[name];
        if (!member.is_object()) member.emplace_object();
        merge(member.get_object(), value.get_object());
      } else {
        into[name] = value;
      }
    }
  }
  static Error error(Code code) { return {code, "ask cluster", "as the test says"}; }
  static Fate next(std::deque<Fate>& fates) {
    Fate fate;
    if (fates.empty()) return fate;
    fate = std::move(fates.front());
    fates.pop_front();
    if (fate.first) fate.first();
    return fate;
  }
  static async::Task<void> stand_still(const bool& holding) {
    while (holding)
      if (auto slept = co_await async::sleep_for(Milliseconds(1)); !slept) co_return slept;
    co_return foundation::Done{};
  }
  const json::Value* find(const foundation::kubernetes::ObjectRef& ref) const {
    auto at = objects_.find(ref.name);
    if (at == objects_.end()) return nullptr;
    auto is = view(ref.name).ref();
    return is.kind == ref.kind && is.namespace_name == ref.namespace_name ? &at->second : nullptr;
  }

  async::Task<json::Value> get(foundation::kubernetes::ObjectRef ref) {
    Fate fate = next(gets);
    if (fate.refused) co_return std::unexpected(*fate.refused);
    const json::Value* object = find(ref);
    if (!object) co_return std::unexpected(error(Code::not_found));
    co_return *object;
  }

  async::Task<json::Value> patch(cluster::PatchRequest request) {
    (request.dry_run ? rehearsed : written).push_back(request);
    Fate fate = next(request.dry_run ? dry_runs : writes);
    if (auto stood = co_await stand_still(request.dry_run ? kNever : hold_writes); !stood)
      co_return std::unexpected(stood.error());
    if (fate.refused) co_return std::unexpected(*fate.refused);
    if (!find(request.target)) co_return std::unexpected(error(Code::not_found));
    if (view(request.target.name).resource_version() != request.resource_version)
      co_return std::unexpected(error(Code::conflict));
    if (!request.dry_run) {
      change(request.target.name, request.fields, request.field_manager);
      ++applied;
      if (auto stood = co_await stand_still(hold_answers); !stood) co_return std::unexpected(stood.error());
    }
    if (fate.lost_answer) co_return std::unexpected(*fate.lost_answer);
    co_return json::Object{{"kind", "Scale"}};
  }

  static constexpr bool kNever = false;
  std::map<std::string, json::Value> objects_;  // by name
  int version_ = 100;
};

}  // namespace api::executor
