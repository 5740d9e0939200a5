// Services of type LoadBalancer that get no address.
// Fault: load-balancer-pending; a warning when something says that it should have one, info otherwise.
// Evidence: status.loadBalancer without an address, the controller's event, another Service that has one.
// How Kubernetes works: a controller of the cloud (or of the bare metal) writes the address; without one the Service
// stays as it is and works inside the cluster all the same.
// Source: kubernetes/staging/src/k8s.io/cloud-provider/controllers/service.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kMaking = 5min;  // that a cloud may take for a load balancer
constexpr std::array<std::string_view, 3> kFailures{"SyncLoadBalancerFailed", "UnAvailableLoadBalancer",
                                                    "AllocationFailed"};

bool is_load_balancer(const ObjectView& service) { return service.spec()["type"].text() == "LoadBalancer"; }

bool has_address(const ObjectView& service) { return !service.status()["loadBalancer"]["ingress"].array().empty(); }

std::optional<ObjectView> failure_event(const Case& c, const ObjectView& service) {
  for (const ObjectView& event : c.cluster().events_about(service))
    if (std::ranges::find(kFailures, event.root()["reason"].text()) != kFailures.end()) return event;
  return std::nullopt;
}

void tell(Case& c, const ObjectView& service, const std::optional<ObjectView>& served) {
  auto made = time_of(service.metadata()["creationTimestamp"]);
  bool is_shown = static_cast<bool>(service.status()["loadBalancer"]);
  auto event = failure_event(c, service);
  bool had_its_time = made && c.now() - *made > kMaking;
  if (has_address(service) || !is_shown || (!event && !had_its_time)) return;
  Severity severity = event || served ? Severity::warning : Severity::info;
  Draft& draft = c.symptom(service.ref(), "load-balancer-pending", severity, "has no address from outside");
  if (event) {
    draft.detail = quote(event->root()["message"].text());
    draft.certainty = Certainty::told;
  } else {
    draft.detail = served ? fmt::format("Service {} has got one", served->name())
                          : std::string("no Service has one: nothing seems to make load balancers here");
  }
  draft.cite(service, "spec.type");
  draft.cite(service, "status.loadBalancer");
  if (event) draft.cite_event(*event);
  if (served) draft.cite(*served, "status.loadBalancer.ingress");
}

}  // namespace

void find_load_balancers(Case& c) {
  std::vector<ObjectView> services = c.cluster().snapshot().of_kind("Service");
  std::erase_if(services, [](const ObjectView& service) { return !is_load_balancer(service); });
  auto served = std::ranges::find_if(services, has_address);
  for (const ObjectView& service : services)
    tell(c, service, served == services.end() ? std::nullopt : std::optional(*served));
}

}  // namespace ai_ops::diagnosis
