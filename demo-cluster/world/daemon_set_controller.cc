#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kComponent = "daemonset-controller";
constexpr std::string_view kRevisionLabel = "controller-revision-hash";

bool wants_node(json::View set, json::View node) {
  auto selector = set["spec"]["template"]["spec"]["nodeSelector"];
  return selector.object().empty() || kubernetes::plain_selector_matches(selector, node["metadata"]["labels"]);
}

const Stored* pod_on(const std::vector<Stored>& pods, std::string_view node) {
  for (const auto& pod : pods)
    if (json::View(*pod)["spec"]["nodeName"].text() == node && !is_finished_pod(*pod)) return &pod;
  return nullptr;
}

void make(Step& step, json::View set, std::string_view node, const std::string& revision) {
  auto name = fmt::format("{}-{}", set["metadata"]["name"].text(), step.random.suffix(5));
  auto pod = pod_from_template(set, set["spec"]["template"], name);
  object_at(pod, {"metadata", "labels"})[kRevisionLabel] = revision;
  object_at(pod, {"spec"})["nodeName"] = node;
  if (step.create(std::move(pod))) step.event(set, {"Normal", "SuccessfulCreate", "Created pod: " + name, kComponent});
}

// One old pod at a time, and only while all others serve.
void update(Step& step, const std::vector<Stored>& pods, const std::string& revision) {
  if (!std::ranges::all_of(pods, [](const Stored& pod) { return is_ready(*pod); })) return;
  for (const auto& pod : pods)
    if (json::View(*pod)["metadata"]["labels"][kRevisionLabel].text() != revision) return step.remove(pod);
}

void step_one(Step& step, const Stored& set) {
  json::View view(*set);
  auto revision = template_hash(view["spec"]["template"]);
  auto pods = controlled(step.store, "Pod", view);
  std::int64_t wanted = 0, scheduled = 0;
  for (const auto& node : step.store.list("Node")) {
    auto name = json::View(*node)["metadata"]["name"].text();
    const auto* standing = pod_on(pods, name);
    if (!wants_node(view, *node)) {
      if (standing != nullptr && !is_going(**standing)) step.remove(*standing);
      continue;
    }
    ++wanted;
    if (standing != nullptr)
      ++scheduled;
    else
      make(step, view, name, revision);
  }
  update(step, pods, revision);

  auto have = count(pods, view["spec"]["minReadySeconds"].integer_or(0), step.now);
  auto updated = std::ranges::count_if(pods, [&](const Stored& pod) {
    return json::View(*pod)["metadata"]["labels"][kRevisionLabel].text() == revision;
  });
  json::Object status{{"observedGeneration", copy_of(view["metadata"]["generation"])},
                      {"desiredNumberScheduled", wanted},
                      {"currentNumberScheduled", scheduled},
                      {"numberMisscheduled", 0},
                      {"numberReady", have.ready}};
  put_count(status, "updatedNumberScheduled", updated);
  put_count(status, "numberAvailable", have.available);
  put_count(status, "numberUnavailable", wanted - have.available);
  step.write_status(set, std::move(status));
}

}  // namespace

void step_daemon_sets(Step& step) {
  for (const auto& set : step.store.list("DaemonSet"))
    if (!is_going(*set)) step_one(step, set);
}

}  // namespace demo_cluster::world
