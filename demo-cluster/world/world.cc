#include "demo-cluster/world/world.h"

#include <algorithm>

#include "demo-cluster/world/controllers.h"

namespace demo_cluster::world {
namespace {

// Each may give work to the ones before it: they run until the revision stands still. More rounds than that mean two
// that undo each other; the next tick goes on.
constexpr int kRounds = 32;
constexpr Milliseconds kLongestRest{1'000};  // deadlines and periodic events are looked at this often

constexpr void (*kControllers[])(Step&) = {
    step_autoscalers, step_deployments, step_replica_sets, step_stateful_sets, step_daemon_sets, step_volumes,
    step_scheduler,   step_endpoints,   step_budgets,      step_quotas,        step_garbage,
};

json::Value namespace_object(std::string_view name) {
  return json::Object{{"kind", "Namespace"}, {"apiVersion", "v1"}, {"metadata", json::Object{{"name", name}}}};
}

json::Value api_service() {
  json::Array ports{json::Object{{"name", "https"}, {"port", 443}, {"targetPort", 6443}}};
  return json::Object{{"kind", "Service"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{{"name", "kubernetes"}, {"namespace", "default"}}},
                      {"spec", json::Object{{"clusterIP", "10.96.0.1"}, {"ports", std::move(ports)}}}};
}

}  // namespace

void World::found(WallTime now) {
  Step step(store_, registry_, random_, events_, now);
  for (auto name : {"default", "kube-system"}) (void)step.create(namespace_object(name));  // it may be there already
  (void)step.create(api_service());
}

Outcome<void> World::seed(std::vector<json::Value> objects, WallTime now) {
  WriteOptions options{.manager = "demo-seed", .dry_run = false, .now = now};
  for (auto& object : objects) {
    json::View view(object);
    const auto* kind = served_kind(view["kind"].text());
    if (kind == nullptr) return bad_request("the seed has an object of an unknown kind: " + text_of(view["kind"]));
    auto space = std::string(view["metadata"]["namespace"].text("default"));
    auto made = registry_.create(*kind, kind->kind.namespaced ? space : "", std::move(object), options);
    if (!made) return std::unexpected(made.error());
  }
  return {};
}

void World::tick(WallTime now) {
  bool quiet = store_.revision() == settled_revision_ && now < kubelet_.next_due();
  if (quiet && now >= stepped_at_ && now - stepped_at_ < kLongestRest) return;
  Step step(store_, registry_, random_, events_, now);
  for (int round = 0; round < kRounds; ++round) {
    auto before = store_.revision();
    for (auto control : kControllers) control(step);
    kubelet_.step(step);
    if (store_.revision() == before) break;
  }
  events_.expire(store_, now);
  settled_revision_ = store_.revision();
  stepped_at_ = now;
}

void World::run(WallTime from, WallTime to, Milliseconds stride) {
  for (auto now = std::min(from + stride, to); now < to; now += stride) tick(now);
  tick(to);
}

}  // namespace demo_cluster::world
