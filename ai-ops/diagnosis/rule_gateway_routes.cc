// A gateway whose own configuration sends a path to the wrong Service. Such a document (a ConfigMap's file) is a list
// of routes, each with a name or a path and an address; by its own habit a route goes to the Service that its name and
// path speak of. Symptom: none in the cluster, requests of one path fail or answer nonsense. Evidence: the route's
// lines, the Service that it speaks of and that no route goes to. Told only where nearly all other routes keep the
// habit.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMinRoutes = 4;       // fewer make no habit
constexpr std::size_t kMaxExceptions = 10;  // percent of the routes that may break it
constexpr std::size_t kMinNameBytes = 3;
constexpr std::int64_t kMaxLinesApart = 6;  // of one route

// "ts-route-service", "routeService" and "/route_service/" are one name.
std::string plain(std::string_view name) {
  std::string out;
  for (char c : name) {
    c = foundation::lower(c);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

struct Route {
  std::string id;                 // plain
  std::vector<std::string> path;  // its segments, plain
  std::string host;               // as it is written
  std::string address_ref, name_ref;
};

// The lines of a document in groups: an address, and the names and paths near it.
std::vector<Route> routes_in(json::View document, const std::string& at) {
  std::vector<Route> out;
  std::int64_t last_line = -kMaxLinesApart;
  Route next;
  auto close = [&] {
    if (!next.host.empty() && (!next.id.empty() || !next.path.empty())) out.push_back(next);
    next = {};
  };
  const json::Array& lines = document["lines"].array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    json::View line(lines[i]), fact = line["fact"];
    std::string_view key = line["key"].text(), type = fact["type"].text();
    std::int64_t number = line["line"].integer_or(0);
    std::string ref = fmt::format("{}.lines[{}].fact", at, i);
    bool is_name = key == "id" || key == "name" || key == "route";
    bool is_second_address = type == "endpoint" && !next.host.empty();
    if (is_name || is_second_address || number - last_line > kMaxLinesApart) close();
    last_line = number;
    if (is_name && type == "word") next.id = plain(fact["value"].text()), next.name_ref = ref + ".value";
    if (type == "endpoint") next.host = fact["host"].text(), next.address_ref = ref;
    if (type != "path") continue;
    for (const json::Value& segment : fact["segments"].array()) next.path.push_back(plain(json::View(segment).text()));
    if (next.name_ref.empty()) next.name_ref = ref + ".segments";
  }
  close();
  return out;
}

// The route speaks of the Service: a segment of its path is the Service's name or its end, or its id is the name's
// core.
bool speaks_of(const Route& route, std::string_view service) {
  std::string name = plain(service);
  return std::ranges::any_of(route.path, [&](const std::string& segment) {
    return segment.size() >= kMinNameBytes && segment.size() * 2 >= name.size() && name.ends_with(segment);
  });
}

class Document {
 public:
  Document(Case& c, const ObjectView& config_map, std::string at) : c_(c), config_map_(config_map), at_(std::move(at)) {
    for (const ObjectView& service : c.cluster().snapshot().of_kind("Service"))
      if (service.namespace_name() == config_map.namespace_name()) services_.insert(std::string(service.name()));
  }

  void look() {
    routes_ = routes_in(at_path(config_map_.root(), at_), at_);
    std::set<std::string> reached;
    std::vector<std::pair<const Route*, std::string>> odd;
    std::size_t judged = 0;
    for (const Route& route : routes_) reached.insert(route.host);
    for (const Route& route : routes_) {
      auto meant = meant_by(route);
      if (!meant || !services_.contains(route.host)) continue;
      ++judged;
      if (*meant != route.host) odd.emplace_back(&route, *meant);
    }
    std::erase_if(odd, [&](const auto& it) { return reached.contains(it.second); });
    if (judged < kMinRoutes || odd.size() * 100 > judged * kMaxExceptions) return;
    for (const auto& [route, meant] : odd) tell(*route, meant);
  }

 private:
  // The Service that the route speaks of: of several the one of whose name the path leaves out least.
  std::optional<std::string> meant_by(const Route& route) const {
    const std::string* best = nullptr;
    for (const std::string& service : services_)
      if (speaks_of(route, service) && (best == nullptr || service.size() < best->size())) best = &service;
    return best == nullptr ? std::nullopt : std::optional(*best);
  }
  void tell(const Route& route, const std::string& meant) {
    ObjectRef service{"Service", std::string(config_map_.namespace_name()), meant, {}};
    Draft& draft = c_.symptom(
        service, "gateway-misrouted", Severity::warning,
        fmt::format("its route in ConfigMap {} goes to {} instead", quote(config_map_.name()), quote(route.host)));
    draft.certainty = Certainty::told;
    draft.cite(config_map_, route.name_ref);
    draft.cite(config_map_, route.address_ref);
  }

  Case& c_;
  ObjectView config_map_;
  std::string at_;
  std::set<std::string> services_;
  std::vector<Route> routes_;
};

}  // namespace

void find_gateway_routes(Case& c) {
  for (const ObjectView& config_map : c.cluster().snapshot().of_kind("ConfigMap"))
    for (const auto& file : config_map.root()["data"].object())
      if (json::View(file.value())["type"].text() == "document")
        Document(c, config_map, "data" + member_step(file.key())).look();
}

}  // namespace ai_ops::diagnosis
