#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/deployment_status.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
constexpr std::string_view kHashLabel = "pod-template-hash";

std::int64_t replicas(const Stored& set) { return json::View(*set)["spec"]["replicas"].integer_or(0); }
std::int64_t available(const Stored& set) { return json::View(*set)["status"]["availableReplicas"].integer_or(0); }

std::int64_t revision_of(json::View object) {
  auto text = annotation(object, kRevision);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::int64_t sum(const std::vector<Stored>& sets, std::int64_t (*what)(const Stored&)) {
  return std::transform_reduce(sets.begin(), sets.end(), std::int64_t(0), std::plus<>(), what);
}

json::Value template_without_hash(json::View set) {
  json::Value copy = copy_of(set["spec"]["template"]);
  object_at(copy, {"metadata", "labels"}).erase(kHashLabel);
  return copy;
}

json::Value plain_template(json::View deployment) {
  json::Value copy = copy_of(deployment["spec"]["template"]);
  object_at(copy, {"metadata", "labels"});
  return copy;
}

// "25%" of the wanted replicas or a number of them.
std::int64_t share(json::View value, std::int64_t of, bool round_up) {
  if (auto number = value.integer()) return *number;
  auto text = value.text();
  std::int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return (of * percent + (round_up ? 99 : 0)) / 100;
}

class Rollout {
 public:
  Rollout(Step& step, const Stored& deployment) : step_(step), deployment_(deployment), view_(*deployment) {
    wanted_ = view_["spec"]["replicas"].integer_or(1);
    auto wanted_template = plain_template(view_);
    for (auto& set : controlled(step.store, "ReplicaSet", view_)) {
      if (!current_ && template_without_hash(*set) == wanted_template)
        current_ = set;
      else
        old_.push_back(set);
    }
    std::ranges::sort(old_, {}, [](const Stored& set) { return revision_of(*set); });
  }

  void run() {
    bool paused = view_["spec"]["paused"].boolean_or(false);
    if (!current_ && !paused) return make_current();
    if (current_ && (paused || number_revisions())) {
      if (view_["spec"]["strategy"]["type"].text() == "Recreate")
        recreate();
      else
        roll();
      forget_old();
    }
    write_status(paused);
  }

 private:
  void make_current() {
    auto plain = plain_template(view_);
    auto hash = template_hash(plain);
    json::Value set = json::Object{{"kind", "ReplicaSet"}, {"apiVersion", "apps/v1"}};
    auto& metadata = object_at(set, {"metadata"});
    metadata["name"] = fmt::format("{}-{}", view_["metadata"]["name"].text(), hash);
    metadata["namespace"] = copy_of(view_["metadata"]["namespace"]);
    metadata["annotations"] = json::Object{{kRevision, std::to_string(next_revision())}};
    metadata["ownerReferences"] = json::Array{owner_reference(view_)};
    object_at(set, {"spec"})["template"] = plain;
    object_at(set, {"spec"})["selector"] = copy_of(view_["spec"]["selector"]);
    object_at(set, {"spec"})["replicas"] = 0;
    if (auto seconds = view_["spec"]["minReadySeconds"]) object_at(set, {"spec"})["minReadySeconds"] = *seconds.value();
    object_at(set, {"spec", "template", "metadata", "labels"})[kHashLabel] = hash;
    object_at(set, {"spec", "selector", "matchLabels"})[kHashLabel] = hash;
    object_at(set, {"metadata"})["labels"] = copy_of(json::View(set)["spec"]["template"]["metadata"]["labels"]);
    auto made = step_.create(std::move(set));
    if (made) note_new_set(step_, deployment_, json::View(**made)["metadata"]["name"].text());
  }

  std::int64_t next_revision() const { return old_.empty() ? 1 : revision_of(*old_.back()) + 1; }

  // A template that stood before comes back with a new number. False when it wrote: the rest waits for the next step.
  bool number_revisions() {
    if (!old_.empty() && revision_of(*current_) < next_revision()) {
      annotate(current_, next_revision());
      return false;
    }
    if (revision_of(view_) == revision_of(*current_)) return true;
    annotate(deployment_, revision_of(*current_));
    return false;
  }

  void annotate(const Stored& object, std::int64_t revision) {
    json::Value after = *object;
    object_at(after, {"metadata", "annotations"})[kRevision] = std::to_string(revision);
    step_.write(object, std::move(after));
  }

  void scale(Stored& set, std::int64_t to) {
    auto from = replicas(set);
    if (from == to) return;
    auto name = std::string(json::View(*set)["metadata"]["name"].text());
    step_.set_replicas(set, to);
    step_.event(view_, {.type = "Normal",
                        .reason = "ScalingReplicaSet",
                        .message = fmt::format("Scaled {} replica set {} from {} to {}", to > from ? "up" : "down",
                                               name, from, to),
                        .component = "deployment-controller"});
    set = step_.store.find(key_of(*set));
  }

  void recreate() {
    for (auto& set : old_) scale(set, 0);
    bool gone =
        std::ranges::all_of(old_, [&](const Stored& set) { return controlled(step_.store, "Pod", *set).empty(); });
    if (gone) scale(current_, wanted_);
  }

  void roll() {
    auto rolling = view_["spec"]["strategy"]["rollingUpdate"];
    auto surge = share(rolling["maxSurge"], wanted_, true);
    auto unavailable = share(rolling["maxUnavailable"], wanted_, false);
    if (surge == 0 && unavailable == 0) unavailable = 1;
    auto total = replicas(current_) + sum(old_, replicas);
    if (replicas(current_) > wanted_) {
      scale(current_, wanted_);
    } else if (auto room = wanted_ + surge - total; room > 0) {
      scale(current_, std::min(wanted_, replicas(current_) + room));
    }
    shrink_old(wanted_ - std::min(unavailable, wanted_));
  }

  // First the old pods that do not serve anyway, then as many serving ones as may go.
  void shrink_old(std::int64_t must_serve) {
    auto total = replicas(current_) + sum(old_, replicas);
    auto may_go = total - must_serve - (replicas(current_) - available(current_));
    for (auto& set : old_) {
      auto idle = std::min({replicas(set) - available(set), may_go, replicas(set)});
      if (idle <= 0) continue;
      scale(set, replicas(set) - idle);
      may_go -= idle;
    }
    auto spare = std::min(available(current_) + sum(old_, available) - must_serve, may_go);
    for (auto& set : old_) {
      auto go = std::min(spare, replicas(set));
      if (go <= 0) continue;
      scale(set, replicas(set) - go);
      spare -= go;
    }
  }

  void forget_old() {
    auto keep = view_["spec"]["revisionHistoryLimit"].integer_or(10);
    auto surplus = std::int64_t(old_.size()) - keep;
    for (const auto& set : old_) {
      if (surplus <= 0) return;
      if (replicas(set) > 0 || json::View(*set)["status"]["replicas"].integer_or(0) > 0) continue;
      step_.remove(set);
      --surplus;
    }
  }

  void write_status(bool paused) {
    auto fresh = step_.store.find(key_of(*deployment_));
    if (!fresh) return;
    auto all = controlled(step_.store, "ReplicaSet", view_);
    auto rolling = view_["spec"]["strategy"]["rollingUpdate"];
    auto unavailable = rolling ? share(rolling["maxUnavailable"], wanted_, false) : 0;
    auto current = current_ ? step_.store.find(key_of(*current_)) : nullptr;
    step_.write_status(fresh,
                       deployment_status(*fresh, current, all, std::min(unavailable, wanted_), paused, step_.now));
  }

  Step& step_;
  Stored deployment_;
  json::View view_;
  std::int64_t wanted_ = 0;
  Stored current_;
  std::vector<Stored> old_;  // by revision, oldest first
};

}  // namespace

void step_deployments(Step& step) {
  for (const auto& deployment : step.store.list("Deployment"))
    if (!is_going(*deployment)) Rollout(step, deployment).run();
}

}  // namespace demo_cluster::world
