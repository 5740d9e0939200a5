// Claims of the default class or of a StorageClass that exists are bound at once; others wait, with an event.
#include <fmt/format.h>

#include "demo-cluster/world/controllers.h"

namespace demo_cluster::world {
namespace {

void bind_claim(Step& step, const Stored& claim) {
  json::View view(*claim);
  json::Value after = *claim;
  object_at(after, {"spec"})["volumeName"] = fmt::format("pvc-{}", view["metadata"]["uid"].text());
  auto& status = object_at(after, {"status"});
  status["phase"] = "Bound";
  status["capacity"] = copy_of(view["spec"]["resources"]["requests"]);
  status["accessModes"] = copy_of(view["spec"]["accessModes"]);
  step.write(claim, std::move(after));
}

}  // namespace

void step_volumes(Step& step) {
  for (const auto& claim : step.store.list("PersistentVolumeClaim")) {
    json::View view(*claim);
    if (view["status"]["phase"].text() == "Bound" || is_going(view)) continue;
    auto name = std::string(view["spec"]["storageClassName"].text());
    if (name.empty() || step.store.find({"StorageClass", "", name})) {
      bind_claim(step, claim);
    } else {
      step.event_every(
          std::chrono::minutes(1), view,
          {"Warning", "ProvisioningFailed", fmt::format("storageclass.storage.k8s.io \"{}\" not found", name),
           "persistentvolume-controller"});
    }
  }
}

}  // namespace demo_cluster::world
