#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kComponent = "statefulset-controller";
constexpr std::string_view kRevisionLabel = "controller-revision-hash";

class Ordered {
 public:
  Ordered(Step& step, const Stored& set) : step_(step), set_(set), view_(*set) {
    name_ = view_["metadata"]["name"].text();
    revision_ = fmt::format("{}-{}", name_, template_hash(view_["spec"]["template"]));
  }

  void run() {
    auto wanted = view_["spec"]["replicas"].integer_or(1);
    bool parallel = view_["spec"]["podManagementPolicy"].text() == "Parallel";
    bool settled = true;
    for (std::int64_t i = 0; i < wanted && (settled || parallel); ++i) settled = bring_up(i) && settled;
    if (settled || parallel) shrink(wanted);
    if (settled) update(wanted);
    write_status();
  }

 private:
  std::string pod_name(std::int64_t ordinal) const { return fmt::format("{}-{}", name_, ordinal); }

  Stored pod(std::int64_t ordinal) const {
    auto found = step_.store.find({"Pod", std::string(view_["metadata"]["namespace"].text()), pod_name(ordinal)});
    return found && is_controlled_by(*found, view_) ? found : nullptr;
  }

  bool bring_up(std::int64_t ordinal) {
    auto standing = pod(ordinal);
    if (!standing) make(ordinal);
    return standing && is_ready(*standing);
  }

  void make(std::int64_t ordinal) {
    auto made = pod_from_template(view_, view_["spec"]["template"], pod_name(ordinal));
    auto& labels = object_at(made, {"metadata", "labels"});
    labels[kRevisionLabel] = revision_;
    labels["statefulset.kubernetes.io/pod-name"] = pod_name(ordinal);
    labels["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
    object_at(made, {"spec"})["hostname"] = pod_name(ordinal);
    for (const auto& claim : view_["spec"]["volumeClaimTemplates"].array()) claim_for(made, claim, ordinal);
    if (step_.create(std::move(made)))
      step_.event(view_,
                  {"Normal", "SuccessfulCreate",
                   fmt::format("create Pod {} in StatefulSet {} successful", pod_name(ordinal), name_), kComponent});
  }

  // A claim outlives its pod: the next pod of the same ordinal gets it back.
  void claim_for(json::Value& made, const json::Value& claim_template, std::int64_t ordinal) {
    json::View claim(claim_template);
    auto volume = claim["metadata"]["name"].text();
    auto name = fmt::format("{}-{}", volume, pod_name(ordinal));
    array_at(made, {"spec", "volumes"})
        .push_back(json::Object{{"name", volume}, {"persistentVolumeClaim", json::Object{{"claimName", name}}}});
    json::Object metadata{{"name", name}, {"namespace", copy_of(view_["metadata"]["namespace"])}};
    metadata["labels"] = copy_of(view_["spec"]["selector"]["matchLabels"]);
    // The claim of an earlier pod is what was wanted.
    (void)step_.create(json::Object{{"kind", "PersistentVolumeClaim"},
                                    {"apiVersion", "v1"},
                                    {"metadata", std::move(metadata)},
                                    {"spec", copy_of(claim["spec"])}});
  }

  void shrink(std::int64_t wanted) {
    auto pods = controlled(step_.store, "Pod", view_);
    for (auto ordinal = std::int64_t(pods.size()) + wanted; ordinal >= wanted; --ordinal) {
      auto standing = pod(ordinal);
      if (!standing) continue;
      if (!is_going(*standing)) remove(standing);
      return;  // one at a time, the highest first
    }
  }

  void update(std::int64_t wanted) {
    if (view_["spec"]["updateStrategy"]["type"].text() != "RollingUpdate") return;
    auto from = view_["spec"]["updateStrategy"]["rollingUpdate"]["partition"].integer_or(0);
    for (auto ordinal = wanted - 1; ordinal >= from; --ordinal) {
      auto standing = pod(ordinal);
      if (!standing || json::View(*standing)["metadata"]["labels"][kRevisionLabel].text() == revision_) continue;
      return remove(standing);
    }
  }

  void remove(const Stored& standing) {
    step_.remove(standing);
    step_.event(view_, {"Normal", "SuccessfulDelete",
                        fmt::format("delete Pod {} in StatefulSet {} successful",
                                    json::View(*standing)["metadata"]["name"].text(), name_),
                        kComponent});
  }

  void write_status() {
    auto pods = controlled(step_.store, "Pod", view_);
    auto have = count(pods, view_["spec"]["minReadySeconds"].integer_or(0), step_.now);
    auto updated = std::ranges::count_if(pods, [&](const Stored& p) {
      return is_active(*p) && json::View(*p)["metadata"]["labels"][kRevisionLabel].text() == revision_;
    });
    json::Object status = view_["status"].object();
    status["observedGeneration"] = copy_of(view_["metadata"]["generation"]);
    status["replicas"] = have.all;
    status["availableReplicas"] = have.available;
    put_count(status, "readyReplicas", have.ready);
    put_count(status, "updatedReplicas", updated);
    status["updateRevision"] = revision_;
    bool all_updated = updated == have.all;
    if (all_updated || !status.contains("currentRevision")) status["currentRevision"] = revision_;
    put_count(status, "currentReplicas", all_updated ? have.all : have.all - updated);
    status["collisionCount"] = 0;
    step_.write_status(set_, std::move(status));
  }

  Step& step_;
  Stored set_;
  json::View view_;
  std::string name_;
  std::string revision_;
};

}  // namespace

void step_stateful_sets(Step& step) {
  for (const auto& set : step.store.list("StatefulSet"))
    if (!is_going(*set)) Ordered(step, set).run();
}

}  // namespace demo_cluster::world
