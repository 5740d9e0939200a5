// Ingresses that lead nowhere.
// Faults: ingress-backend-missing, ingress-class-missing, ingress-secret-missing.
// Evidence: the backends against the Services and their ports, ingressClassName against the IngressClasses, the TLS
// secret's name against the Secrets of the namespace (their names are all that is ever seen of them).
// How Kubernetes works: the API server takes an Ingress whatever it names. A controller serves those of its class, one
// of no class if its own is the default; it answers 503 for a backend that is not there, and with a certificate of its
// own for a secret that is not there. One that has been given an address is served by somebody.
// Source: kubernetes documentation, "Ingress"; networking.k8s.io/v1.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ai-ops/diagnosis/backend.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kIssuing = 5min;       // that a certificate may take to be made
constexpr std::size_t kMaxNamed = 3;  // backends in a title

struct Path {
  std::string words;  // "shop.example.com/api"; "everything else"
  Backend backend;
};

void add_path(const ObjectView& ingress, json::View backend, const std::string& at, std::string words,
              std::vector<Path>& out) {
  json::View service = backend["service"];
  if (service["name"].text().empty()) return;  // a resource of another kind
  json::View port = service["port"];
  out.push_back({std::move(words),
                 {std::string(ingress.namespace_name()), std::string(service["name"].text()),
                  port["number"] ? port["number"] : port["name"], at + ".service.name"}});
}

std::vector<Path> paths_of(const ObjectView& ingress) {
  std::vector<Path> out;
  add_path(ingress, ingress.spec()["defaultBackend"], "spec.defaultBackend", "everything else", out);
  const json::Array& rules = ingress.spec()["rules"].array();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const json::Array& paths = json::View(rules[i])["http"]["paths"].array();
    for (std::size_t j = 0; j < paths.size(); ++j) {
      json::View path(paths[j]);
      std::string words = quote(fmt::format("{}{}", json::View(rules[i])["host"].text(), path["path"].text("/")));
      add_path(ingress, path["backend"], fmt::format("spec.rules[{}].http.paths[{}].backend", i, j), std::move(words),
               out);
    }
  }
  return out;
}

void tell_backends(Case& c, const ObjectView& ingress) {
  std::vector<Path> paths = paths_of(ingress);
  std::vector<std::pair<Path, std::string>> wrong;
  for (const Path& path : paths)
    if (auto why = wrong_with(c.cluster(), path.backend)) wrong.emplace_back(path, *why);
  if (wrong.empty()) return;
  Severity severity = wrong.size() == paths.size() ? Severity::critical : Severity::warning;
  Draft& draft = c.symptom(ingress.ref(), "ingress-backend-missing", severity, "leads nowhere");
  for (std::size_t i = 0; i < std::min(wrong.size(), kMaxNamed); ++i)
    draft.detail += fmt::format("{}{} goes to {}", i == 0 ? "" : "; ", wrong[i].first.words, wrong[i].second);
  if (wrong.size() > kMaxNamed) draft.detail += fmt::format("; and {} more", wrong.size() - kMaxNamed);
  for (const auto& [path, why] : wrong) {
    draft.cite(ingress, path.backend.path);
    auto service = c.cluster().snapshot().find("Service", path.backend.namespace_name, path.backend.service);
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
    Draft& draft = c.symptom(ingress.ref(), "ingress-class-missing", Severity::warning, "is served by nobody");
    draft.detail = fmt::format("there is no IngressClass {}", quote(named));
    draft.cite(ingress, "spec.ingressClassName");
  } else if (!has_older_form && std::ranges::none_of(classes, is_default)) {
    Draft& draft = c.symptom(ingress.ref(), "ingress-class-missing", Severity::warning, "is served by nobody");
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
  // A namespace without a Secret in view is one whose Secrets are not ours to see.
  std::set<std::string, std::less<>> with_secrets;
  for (const ObjectView& secret : c.cluster().snapshot().of_kind("Secret"))
    with_secrets.emplace(secret.namespace_name());
  for (const ObjectView& ingress : c.cluster().snapshot().of_kind("Ingress")) {
    tell_backends(c, ingress);
    tell_class(c, ingress);
    if (with_secrets.contains(ingress.namespace_name())) tell_secrets(c, ingress);
  }
}

}  // namespace ai_ops::diagnosis
