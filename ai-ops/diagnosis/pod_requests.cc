#include "ai-ops/diagnosis/pod_requests.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/milli.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

void add(Asked& sum, std::int64_t milli, std::string path) {
  sum.milli = plus(sum.milli, milli);
  sum.paths.push_back(std::move(path));
}

// Of one resource.
struct Requests {
  Asked running;         // all that run together: the main containers and the sidecars
  Asked sidecars;        // those that have started so far
  Asked while_starting;  // the most that an init container and the sidecars started before it ask for
};

void add_list(const ObjectView& pod, std::string_view list, std::map<std::string, Requests>& out) {
  const json::Array& containers = pod.spec()[list].array();
  for (std::size_t i = 0; i < containers.size(); ++i) {
    json::View container(containers[i]);
    bool is_main = list == "containers", is_sidecar = !is_main && container["restartPolicy"].text() == "Always";
    for (const auto& request : container["resources"]["requests"].object()) {
      std::string path = fmt::format("spec.{}[{}].resources.requests{}", list, i, member_step(request.key()));
      std::int64_t milli = quantity_of(request.value());
      Requests& of = out[request.key()];
      if (is_main || is_sidecar) add(of.running, milli, path);
      if (is_sidecar) add(of.sidecars, milli, path);
      if (is_main || is_sidecar) continue;
      Asked starting = of.sidecars;
      add(starting, milli, path);
      if (starting.milli > of.while_starting.milli) of.while_starting = std::move(starting);
    }
  }
}

}  // namespace

std::int64_t quantity_of(json::View value) {
  return foundation::kubernetes::parse_quantity_milli(shown(value)).value_or(0);
}

PodRequests requests_of(const ObjectView& pod) {
  std::map<std::string, Requests> requests;
  for (std::string_view list : {"containers", "initContainers"}) add_list(pod, list, requests);
  PodRequests out;
  for (auto& [resource, of] : requests)
    out[resource] = std::move(of.while_starting.milli > of.running.milli ? of.while_starting : of.running);
  for (const auto& overhead : pod.spec()["overhead"].object())
    add(out[overhead.key()], quantity_of(overhead.value()), "spec.overhead" + member_step(overhead.key()));
  return out;
}

}  // namespace ai_ops::diagnosis
