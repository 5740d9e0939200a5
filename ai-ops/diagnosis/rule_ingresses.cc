// Ingresses that lead nowhere.
// Faults: ingress-backend-missing, ingress-unserved (unserved.h), ingress-class-missing, ingress-secret-missing.
// Evidence: the backends against the Services, their ports and their endpoints, ingressClassName against the
// IngressClasses, the TLS secret's name against the Secrets of the namespace (their names are all that is ever seen of
// them). How Kubernetes works: the API server takes an Ingress whatever it names. A controller serves those of its
// class, one of no class if its own is the default; it answers 503 for a backend that is not there or has no ready
// endpoint, and with a certificate of its own for a secret that is not there. One that has been given an address is
// served by somebody. Source: kubernetes documentation, "Ingress"; networking.k8s.io/v1.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/diagnosis/backend.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/service_use.h"
#include "ai-ops/diagnosis/unserved.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kIssuing = 5min;       // that a certificate may take to be made
constexpr std::size_t kMaxNamed = 3;  // backends in a title
constexpr std::string_view kNoClass = "ingress-class-missing";

struct Wrong {
  std::string words;  // "shop.example.com/api", "everything else"
  Backend backend;
  std::string why;
};

std::string words_of(const IngressPath& path) {
  return path.is_default ? "everything else" : quote(fmt::format("{}{}", path.host, path.path));
}

std::string details_of(const std::vector<Wrong>& wrong) {
  std::string out;
  for (std::size_t i = 0; i < std::min(wrong.size(), kMaxNamed); ++i)
    out += fmt::format("{}{} goes to {}", i == 0 ? "" : "; ", wrong[i].words, wrong[i].why);
  if (wrong.size() > kMaxNamed) out += fmt::format("; and {} more", wrong.size() - kMaxNamed);
  return out;
}

std::vector<Way> ways_of(const ObjectView& ingress) {
  std::vector<Way> out;
  for (const IngressPath& path : ingress_paths(ingress)) {
    json::View port = path.service["port"];
    out.push_back({words_of(path),
                   {std::string(ingress.namespace_name()), std::string(path.service["name"].text()),
                    port["number"] ? port["number"] : port["name"], path.at}});
  }
  return out;
}

void tell_backends(Case& c, const ObjectView& ingress, const std::vector<Way>& ways) {
  std::vector<Wrong> wrong;
  for (const Way& way : ways)
    if (auto why = wrong_with(c.cluster(), way.backend)) wrong.push_back({way.words, way.backend, *why});
  if (wrong.empty()) return;
  bool is_all = wrong.size() == ways.size();
  std::string headline = is_all ? "leads nowhere"
                         : wrong.size() == 1
                             ? fmt::format("{} leads nowhere", wrong[0].words)
                             : fmt::format("{} of its {} paths lead nowhere", wrong.size(), ways.size());
  Draft& draft = c.symptom(ingress.ref(), "ingress-backend-missing", is_all ? Severity::critical : Severity::warning,
                           std::move(headline));
  draft.detail = !is_all && wrong.size() == 1 ? fmt::format("it goes to {}", wrong[0].why) : details_of(wrong);
  for (const Wrong& one : wrong) {
    draft.cite(ingress, one.backend.path);
    auto service = c.cluster().snapshot().find("Service", one.backend.namespace_name, one.backend.service);
    if (service) draft.cite(*service, "spec.ports");
  }
}

bool is_default(const ObjectView& ingress_class) {
  return ingress_class.metadata()["annotations"]["ingressclass.kubernetes.io/is-default-class"].text() == "true";
}

void tell_class(Case& c, const ObjectView& ingress) {
  bool is_served = !ingress.status()["loadBalancer"]["ingress"].array().empty();
  if (is_served || !c.cluster().sees("IngressClass")) return;
  std::string_view named = ingress.spec()["ingressClassName"].text();
  bool has_older_form = !ingress.metadata()["annotations"]["kubernetes.io/ingress.class"].is_null();
  auto classes = c.cluster().snapshot().of_kind("IngressClass");
  if (!named.empty()) {
    if (std::ranges::find(classes, named, &ObjectView::name) != classes.end()) return;
    Draft& draft = c.symptom(ingress.ref(), kNoClass, Severity::warning, "is served by nobody");
    draft.detail = fmt::format("there is no IngressClass {}", quote(named));
    draft.cite(ingress, "spec.ingressClassName");
  } else if (!has_older_form && std::ranges::none_of(classes, is_default)) {
    Draft& draft = c.symptom(ingress.ref(), kNoClass, Severity::warning, "is served by nobody");
    draft.detail = "it names no class, and no IngressClass is the default";
    draft.cite(ingress, "spec.rules");
  }
}

void tell_secrets(Case& c, const ObjectView& ingress) {
  auto made = time_of(ingress.metadata()["creationTimestamp"]);
  if (made && c.now() - *made < kIssuing) return;
  const json::Array& tls = ingress.spec()["tls"].array();
  for (std::size_t i = 0; i < tls.size(); ++i) {
    std::string_view name = json::View(tls[i])["secretName"].text();
    if (name.empty() || c.cluster().snapshot().find("Secret", ingress.namespace_name(), name)) continue;
    Draft& draft = c.symptom(ingress.ref(), "ingress-secret-missing", Severity::warning, "has no certificate");
    draft.detail = fmt::format("there is no Secret {} in {}", quote(name), ingress.namespace_name());
    draft.cite(ingress, fmt::format("spec.tls[{}].secretName", i));
    draft.cite(ingress, fmt::format("spec.tls[{}].hosts", i));
    return;
  }
}

}  // namespace

void find_ingresses(Case& c) {
  Unserved unserved(c);
  for (const ObjectView& ingress : c.cluster().snapshot().of_kind("Ingress")) {
    std::vector<Way> ways = ways_of(ingress);
    tell_backends(c, ingress, ways);
    tell_class(c, ingress);
    if (!c.found(ingress.ref(), kNoClass)) unserved.look_at(ingress, ways);  // else nobody answers at all
    if (c.cluster().sees("Secret", ingress.namespace_name())) tell_secrets(c, ingress);
  }
}

}  // namespace ai_ops::diagnosis
