#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kComponent = "replicaset-controller";
constexpr Milliseconds kTellAgain{15'000};

// The pod that is missed least comes first.
auto worth(const Stored& pod) {
  json::View view(*pod);
  return std::tuple(!view["spec"]["nodeName"].text().empty(), view["status"]["phase"].text() == "Running",
                    is_ready(view), -time_of(view["metadata"]["creationTimestamp"]).time_since_epoch().count());
}

void create_pods(Step& step, json::View set, std::int64_t missing) {
  for (std::int64_t i = 0; i < missing; ++i) {
    auto name = fmt::format("{}-{}", set["metadata"]["name"].text(), step.random.suffix(5));
    auto made = step.create(pod_from_template(set, set["spec"]["template"], name));
    if (!made) {
      // Tried again with every step; the namespace's quota may let it through by then.
      step.event_every(kTellAgain, set,
                       {"Warning", "FailedCreate", "Error creating: " + made.error().message, kComponent});
      return;
    }
    step.event(set, {"Normal", "SuccessfulCreate", "Created pod: " + name, kComponent});
  }
}

void delete_pods(Step& step, json::View set, std::vector<Stored> pods, std::int64_t surplus) {
  std::ranges::sort(pods, {}, worth);
  pods.resize(std::size_t(surplus));
  for (const auto& pod : pods) {
    step.remove(pod);
    step.event(set, {"Normal", "SuccessfulDelete",
                     fmt::format("Deleted pod: {}", json::View(*pod)["metadata"]["name"].text()), kComponent});
  }
}

void step_one(Step& step, const Stored& set) {
  json::View view(*set);
  auto pods = controlled(step.store, "Pod", view);
  std::erase_if(pods, [](const Stored& pod) { return !is_active(*pod); });
  auto missing = view["spec"]["replicas"].integer_or(1) - std::int64_t(pods.size());
  if (missing > 0) create_pods(step, view, missing);
  if (missing < 0) delete_pods(step, view, pods, -missing);
  if (missing != 0) pods = controlled(step.store, "Pod", view);

  auto have = count(pods, view["spec"]["minReadySeconds"].integer_or(0), step.now);
  json::Object status = view["status"].object();
  status["replicas"] = have.all;
  put_count(status, "fullyLabeledReplicas", have.all);
  put_count(status, "readyReplicas", have.ready);
  put_count(status, "availableReplicas", have.available);
  status["observedGeneration"] = copy_of(view["metadata"]["generation"]);
  step.write_status(set, std::move(status));
}

}  // namespace

void step_replica_sets(Step& step) {
  for (const auto& set : step.store.list("ReplicaSet"))
    if (!is_going(*set)) step_one(step, set);
}

}  // namespace demo_cluster::world
