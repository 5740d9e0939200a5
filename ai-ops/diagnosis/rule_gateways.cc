// Gateways and routes of the Gateway API that are not served.
// Faults: gateway-not-accepted (GatewayClass, Gateway), route-not-accepted (HTTPRoute and its like), ingress-unserved
// (unserved.h; of routes that speak HTTP).
// Evidence: the conditions that the gateway's controller writes, unless they are of an earlier generation; the classes,
// Gateways and Services that are named against those that exist.
// How Kubernetes works: a controller says in each object's conditions whether it serves it: Accepted and Programmed of
// a Gateway, Accepted and ResolvedRefs of a route for each of its parents. An object that no controller knows stays
// Unknown. A route without a backend that exists answers 500, one whose backend has no ready endpoint 503.
// Source: gateway.networking.k8s.io/v1.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/backend.h"
#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/unserved.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kTakingOver = 5min;  // that a controller may take to look at what is new
constexpr std::array<std::string_view, 5> kRouteKinds{"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"};

constexpr std::array<std::string_view, 2> kHttpRoutes{"HTTPRoute", "GRPCRoute"};

struct Refusal {
  std::string words;
  std::vector<std::string> paths;  // in the object
};

bool is_new(const Case& c, const ObjectView& object) {
  auto made = time_of(object.metadata()["creationTimestamp"]);
  return made && c.now() - *made < kTakingOver;
}

// What the conditions say against the object as it now is; the first of `types` that is not True.
std::optional<Refusal> refusal_in(const Case& c, const ObjectView& object, json::View conditions,
                                  const std::string& path, std::initializer_list<std::string_view> types) {
  for (std::string_view type : types) {
    auto condition = condition_in(conditions, type, path);
    if (!condition || condition->view["observedGeneration"].integer_or(object.generation()) < object.generation())
      continue;
    if (condition->status() == "Unknown" && !is_new(c, object))
      return Refusal{"no controller has taken it", {condition->path + ".status", condition->path + ".reason"}};
    if (condition->status() != "False") continue;
    return Refusal{quote(condition->message().empty() ? condition->reason() : condition->message()),
                   {condition->path + ".reason", condition->path + ".message"}};
  }
  return std::nullopt;
}

void fill(Draft& draft, const ObjectView& object, const Refusal& refusal) {
  draft.detail = refusal.words;
  for (const std::string& path : refusal.paths) draft.cite(object, path);
}

void tell_class(Case& c, const ObjectView& gateway_class) {
  auto refusal = refusal_in(c, gateway_class, gateway_class.status()["conditions"], "status.conditions", {"Accepted"});
  if (!refusal) return;
  Draft& draft = c.symptom(gateway_class.ref(), "gateway-not-accepted", Severity::warning, "is not accepted");
  fill(draft, gateway_class, *refusal);
  draft.cite(gateway_class, "spec.controllerName");
}

std::optional<Refusal> refusal_of_gateway(const Case& c, const ObjectView& gateway,
                                          const std::optional<ObjectView>& its_class) {
  std::string_view named = gateway.spec()["gatewayClassName"].text();
  if (!its_class && !named.empty() && c.cluster().sees("GatewayClass"))
    return Refusal{fmt::format("there is no GatewayClass {}", quote(named)), {"spec.gatewayClassName"}};
  json::View status = gateway.status();
  if (auto out = refusal_in(c, gateway, status["conditions"], "status.conditions", {"Accepted", "Programmed"}))
    return out;
  const json::Array& listeners = status["listeners"].array();
  for (std::size_t i = 0; i < listeners.size(); ++i)
    if (auto out = refusal_in(c, gateway, json::View(listeners[i])["conditions"],
                              fmt::format("status.listeners[{}].conditions", i), {"Accepted", "ResolvedRefs"}))
      return out;
  return std::nullopt;
}

void tell_gateway(Case& c, const ObjectView& gateway) {
  auto its_class = c.cluster().snapshot().find("GatewayClass", "", gateway.spec()["gatewayClassName"].text());
  auto refusal = refusal_of_gateway(c, gateway, its_class);
  if (!refusal) return;
  Draft& draft = c.symptom(gateway.ref(), "gateway-not-accepted", Severity::critical, "is not served");
  fill(draft, gateway, *refusal);
  std::size_t index = c.last_index();
  if (its_class)
    for (std::size_t cause : c.symptoms_of(its_class->ref())) c.link(index, cause);
}

// ---- routes

std::string namespace_of(json::View ref, const ObjectView& route) {
  return std::string(ref["namespace"].text(route.namespace_name()));
}

bool is_gateway(json::View parent) { return parent["kind"].text("Gateway") == "Gateway"; }

bool is_missing(const Case& c, json::View parent, const ObjectView& route) {
  std::string home = namespace_of(parent, route);
  bool may_say = is_gateway(parent) && c.cluster().sees("Gateway", home);
  std::string_view name = parent["name"].text();
  return may_say && !name.empty() && !c.cluster().snapshot().find("Gateway", home, name);
}

std::optional<Refusal> missing_parent(const Case& c, const ObjectView& route) {
  const json::Array& parents = route.spec()["parentRefs"].array();
  for (std::size_t i = 0; i < parents.size(); ++i) {
    json::View parent(parents[i]);
    if (is_missing(c, parent, route))
      return Refusal{
          fmt::format("there is no Gateway {} in {}", quote(parent["name"].text()), quote(namespace_of(parent, route))),
          {fmt::format("spec.parentRefs[{}].name", i)}};
  }
  return std::nullopt;
}

// One of weight 0 gets nothing, and counts all the same where it must exist.
struct Ref {
  Way way;
  bool gets_requests;
};

std::vector<Ref> backend_refs(const ObjectView& route) {
  std::vector<Ref> out;
  const json::Array& rules = route.spec()["rules"].array();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const json::Array& refs = json::View(rules[i])["backendRefs"].array();
    for (std::size_t j = 0; j < refs.size(); ++j) {
      json::View ref(refs[j]);
      if (ref["kind"].text("Service") != "Service") continue;
      Backend backend{namespace_of(ref, route), std::string(ref["name"].text()), ref["port"],
                      fmt::format("spec.rules[{}].backendRefs[{}].name", i, j)};
      out.push_back({{fmt::format("{}rule {}", refs.size() > 1 ? "a part of " : "", i + 1), std::move(backend)},
                     ref["weight"].integer_or(1) > 0});
    }
  }
  return out;
}

struct Backends {
  std::size_t all = 0, wrong = 0;
  Refusal refusal;  // of the first that is wrong
};

Backends backends_of(const Case& c, const std::vector<Ref>& refs) {
  Backends out;
  out.all = refs.size();
  for (const Ref& ref : refs) {
    auto why = wrong_with(c.cluster(), ref.way.backend);
    if (why && ++out.wrong == 1) out.refusal = {fmt::format("it goes to {}", *why), {ref.way.backend.path}};
  }
  return out;
}

// What the controllers of the Gateways that are there say; of one that is gone its last word stays.
struct Parents {
  std::size_t accepting = 0;
  std::size_t serving = 0;  // those of them that have nothing against it
  std::string refusing;     // the first that has
  std::optional<Refusal> refusal;
};

Parents parents_of(const Case& c, const ObjectView& route) {
  Parents out;
  const json::Array& parents = route.status()["parents"].array();
  for (std::size_t i = 0; i < parents.size(); ++i) {
    json::View parent(parents[i]);
    auto refusal = refusal_in(c, route, parent["conditions"], fmt::format("status.parents[{}].conditions", i),
                              {"Accepted", "ResolvedRefs"});
    auto accepted = condition_in(parent["conditions"], "Accepted", {});
    bool accepts = accepted && accepted->status() == "True" && !is_missing(c, parent["parentRef"], route);
    if (accepts) ++out.accepting;
    if (accepts && !refusal) ++out.serving;
    if (!refusal || out.refusal) continue;
    out.refusal = std::move(refusal);
    out.refusing = quote(parent["parentRef"]["name"].text("one of its parents"));
  }
  return out;
}

void tell_route(Case& c, const ObjectView& route, const std::vector<Ref>& refs) {
  auto parent = missing_parent(c, route);
  Backends backends = backends_of(c, refs);
  Parents parents = parents_of(c, route);
  const std::optional<Refusal>& said = parents.refusal;
  bool is_wrong = backends.wrong > 0;
  if (!parent && !is_wrong && !said) return;
  bool leads_nowhere = (parent && parents.serving == 0) || (is_wrong && backends.wrong == backends.all);
  bool is_served = !leads_nowhere && (parents.serving > 0 || (is_wrong && parents.accepting > 0));
  std::string headline = !is_served           ? "is not served"
                         : parent || is_wrong ? "is served in part"
                                              : fmt::format("is not served by {}", parents.refusing);
  Draft& draft = c.symptom(route.ref(), "route-not-accepted", leads_nowhere ? Severity::critical : Severity::warning,
                           std::move(headline));
  fill(draft, route, parent ? *parent : is_wrong ? backends.refusal : *said);
  if (said)
    for (const std::string& path : said->paths) draft.cite(route, path);
  std::size_t index = c.last_index();
  for (const json::Value& value : route.spec()["parentRefs"].array()) {
    json::View ref(value);
    auto gateway = c.cluster().snapshot().find("Gateway", namespace_of(ref, route), ref["name"].text());
    if (!gateway || !is_gateway(ref)) continue;
    for (std::size_t cause : c.symptoms_of(gateway->ref())) c.link(index, cause);
  }
}

void tell_unserved(Unserved& unserved, const ObjectView& route, const std::vector<Ref>& refs) {
  if (std::ranges::find(kHttpRoutes, route.kind()) == kHttpRoutes.end()) return;
  std::vector<Way> ways;
  for (const Ref& ref : refs)
    if (ref.gets_requests) ways.push_back(ref.way);
  unserved.look_at(route, ways);
}

}  // namespace

void find_gateways(Case& c) {
  const Snapshot& snapshot = c.cluster().snapshot();
  for (const ObjectView& gateway_class : snapshot.of_kind("GatewayClass")) tell_class(c, gateway_class);
  for (const ObjectView& gateway : snapshot.of_kind("Gateway")) tell_gateway(c, gateway);
  Unserved unserved(c);
  for (std::string_view kind : kRouteKinds)
    for (const ObjectView& route : snapshot.of_kind(kind)) {
      std::vector<Ref> refs = backend_refs(route);
      tell_route(c, route, refs);
      if (!c.has_symptom(route.ref())) tell_unserved(unserved, route, refs);
    }
}

}  // namespace ai_ops::diagnosis
