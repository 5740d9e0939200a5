// Admission webhooks that nobody answers.
// Fault: webhook-unavailable; critical where failurePolicy is Fail, a warning where it is Ignore.
// Evidence: the webhook's Service, its port and its pods; failurePolicy.
// How Kubernetes works: the API server asks the webhook about every object that its rules take. Without an answer it
// refuses the object (Fail, the default) or lets it pass unasked (Ignore). What controllers then cannot create is told
// on their workloads, and comes from here; what is wrong with the webhook's own pods is where it comes from.
// Source: admissionregistration.k8s.io/v1; kubernetes/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/backend.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::array<std::string_view, 2> kKinds{"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"};

struct Webhook {
  json::View view;
  std::string path;  // "webhooks[0]"
  Backend backend;
  bool refuses() const { return view["failurePolicy"].text("Fail") == "Fail"; }
};

// Those that ask a Service of the cluster; others have a URL, which is not ours to judge.
std::vector<Webhook> webhooks_of(const ObjectView& configuration) {
  std::vector<Webhook> out;
  const json::Array& list = configuration.root()["webhooks"].array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    json::View service = json::View(list[i])["clientConfig"]["service"];
    std::string path = fmt::format("webhooks[{}]", i);
    if (service["name"].text().empty()) continue;
    out.push_back({list[i],
                   path,
                   {std::string(service["namespace"].text()), std::string(service["name"].text()), service["port"],
                    path + ".clientConfig.service.name"}});
  }
  return out;
}

std::optional<std::string> why_unanswered(const Cluster& cluster, const Webhook& webhook) {
  if (auto wrong = wrong_with(cluster, webhook.backend)) return wrong;
  auto service = cluster.snapshot().find("Service", webhook.backend.namespace_name, webhook.backend.service);
  if (!service || cluster.ready_endpoints(*service) != 0) return std::nullopt;
  return fmt::format("Service {}, which has no ready pod", service->name());
}

// Symptoms of others whose evidence names the webhook: `failed calling webhook "NAME"`.
void link_refused(Case& c, std::size_t cause, std::string_view name) {
  std::string words = fmt::format("failed calling webhook \"{}\"", name);
  auto names_it = [&](const Evidence& evidence) { return evidence.text.contains(words); };
  for (std::size_t i = 0; i < c.drafts().size(); ++i)
    if (i != cause && std::ranges::any_of(c.drafts()[i].evidence, names_it)) c.link(i, cause);
}

void link_its_pods(Case& c, std::size_t effect, const Webhook& webhook) {
  auto service = c.cluster().snapshot().find("Service", webhook.backend.namespace_name, webhook.backend.service);
  if (!service) return;
  for (const Workload* workload : c.cluster().behind(*service))
    for (std::size_t cause : c.symptoms_of(workload->ref)) c.link(effect, cause);
}

void tell(Case& c, const ObjectView& configuration, const Webhook& webhook, const std::string& why) {
  Draft& draft = c.symptom(configuration.ref(), "webhook-unavailable",
                           webhook.refuses() ? Severity::critical : Severity::warning, "is not answered");
  draft.detail = fmt::format("{} asks {}, {}", quote(webhook.view["name"].text()), why,
                             webhook.refuses() ? "and what it is asked about is refused" : "and lets everything pass");
  draft.cite(configuration, webhook.path + ".name");
  draft.cite(configuration, webhook.backend.path);
  draft.cite(configuration, webhook.path + ".failurePolicy");
  if (auto service = c.cluster().snapshot().find("Service", webhook.backend.namespace_name, webhook.backend.service)) {
    draft.cite(*service, "spec.selector");
    draft.cite(*service, "spec.ports");
  }
  std::size_t index = c.last_index();
  link_refused(c, index, webhook.view["name"].text());
  link_its_pods(c, index, webhook);
}

// One finding a configuration: of the first that refuses, else of the first that is not answered.
void look_at(Case& c, const ObjectView& configuration) {
  std::optional<std::pair<Webhook, std::string>> worst;
  for (const Webhook& webhook : webhooks_of(configuration)) {
    if (worst && (worst->first.refuses() || !webhook.refuses())) continue;
    if (auto why = why_unanswered(c.cluster(), webhook)) worst = {webhook, *why};
  }
  if (worst) tell(c, configuration, worst->first, worst->second);
}

}  // namespace

void find_webhooks(Case& c) {
  for (std::string_view kind : kKinds)
    for (const ObjectView& configuration : c.cluster().snapshot().of_kind(kind)) look_at(c, configuration);
}

}  // namespace ai_ops::diagnosis
