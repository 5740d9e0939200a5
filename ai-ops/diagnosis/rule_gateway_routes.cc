// A gateway whose own configuration sends a path to the wrong Service. Such a document (a ConfigMap's file) is a list
// of routes, each with a name or a path and an address; by its own habit a route goes to the Service that its path
// speaks of. Symptom: none in the cluster, requests of one path fail or answer nonsense. Evidence: the route's lines,
// the Service that it speaks of and that no route goes to. Told only where at least nine of ten routes keep the habit.
// A canary or a new version is a Service of its own beside the one that it takes over from ("store-v2"): a route to it
// keeps the habit.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/similar_name.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMinRoutes = 4;       // fewer make no habit
constexpr std::size_t kMaxExceptions = 10;  // percent of the routes that may break it
constexpr std::size_t kMinNameBytes = 3;
constexpr std::int64_t kMaxLinesApart = 6;  // of one route

struct Route {
  std::vector<std::string> path;      // its segments, folded
  std::string host;                   // as it is written
  std::string address_ref, name_ref;  // name_ref: of its name, else of its path
};

// The lines of a document in groups: an address, and the names and paths near it.
std::vector<Route> routes_in(json::View document, const std::string& at) {
  std::vector<Route> out;
  std::int64_t last_line = -kMaxLinesApart;
  Route next;
  auto close = [&] {
    if (!next.host.empty() && !next.name_ref.empty()) out.push_back(next);
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
    if (is_name && type == "word") next.name_ref = ref + ".value";
    if (type == "endpoint") next.host = fact["host"].text(), next.address_ref = ref;
    if (type != "path") continue;
    for (const json::Value& segment : fact["segments"].array()) next.path.push_back(folded(json::View(segment).text()));
    if (next.name_ref.empty()) next.name_ref = ref + ".segments";
  }
  close();
  return out;
}

// The Services of a namespace, by name, and their names folded. Made once for all its documents.
using Names = std::map<std::string, std::string, std::less<>>;

// A segment of the route's path is the Service's name or its end: "/api/orders" speaks of shop-orders.
bool speaks_of(const Route& route, std::string_view folded_name) {
  return std::ranges::any_of(route.path, [&](const std::string& segment) {
    return segment.size() >= kMinNameBytes && segment.size() * 2 >= folded_name.size() &&
           folded_name.ends_with(segment);
  });
}

// What releases of one program are told apart by: progressive delivery, blue-green deployment.
constexpr std::array<std::string_view, 14> kReleases{"canary", "stable", "primary", "preview", "active",
                                                     "blue",   "green",  "beta",    "current", "next",
                                                     "new",    "old",    "main",    "shadow"};

// "v2", "2", "v1beta1"
bool is_version(std::string_view word) {
  if (word.starts_with('v')) word.remove_prefix(1);
  return !word.empty() && word[0] >= '0' && word[0] <= '9';
}

// "store" of "store-v2" and "canary-store".
std::string without_release(std::string_view whole) {
  std::string out;
  for (std::string_view rest = whole; !rest.empty();) {
    std::string_view word = rest.substr(0, rest.find('-'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!is_version(word) && std::ranges::find(kReleases, word) == kReleases.end()) out += folded(word);
  }
  return out.empty() ? folded(whole) : out;
}

class Document {
 public:
  Document(Case& c, const ObjectView& config_map, std::string at, const Names& services)
      : c_(c), config_map_(config_map), at_(std::move(at)), services_(services) {}

  void look() {
    routes_ = routes_in(at_path(config_map_.root(), at_), at_);
    std::set<std::string> reached;
    std::vector<std::pair<const Route*, std::string>> odd;
    std::size_t judged = 0;
    for (const Route& route : routes_) reached.insert(route.host);
    for (const Route& route : routes_) {
      if (!services_.contains(route.host)) continue;
      auto meant = meant_by(route);
      if (!meant) continue;
      ++judged;
      if (without_release(*meant) != without_release(route.host)) odd.emplace_back(&route, *meant);
    }
    std::erase_if(odd, [&](const auto& it) { return reached.contains(it.second); });
    if (judged < kMinRoutes || odd.size() * 100 > judged * kMaxExceptions) return;
    for (const auto& [route, meant] : odd) tell(*route, meant);
  }

 private:
  // The Service that the route speaks of: of several the one of whose name the path leaves out least.
  std::optional<std::string> meant_by(const Route& route) const {
    (void)c_.cluster();  // a look at the clock: documents and namespaces may be long
    const std::string* best = nullptr;
    for (const auto& [name, folded_name] : services_)
      if (speaks_of(route, folded_name) && (best == nullptr || name.size() < best->size())) best = &name;
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
  const Names& services_;
  std::vector<Route> routes_;
};

}  // namespace

void find_gateway_routes(Case& c) {
  std::map<std::string, Names, std::less<>> services;  // by namespace
  for (const ObjectView& service : c.cluster().snapshot().of_kind("Service"))
    services[std::string(service.namespace_name())].emplace(service.name(), folded(service.name()));
  for (const ObjectView& config_map : c.cluster().snapshot().of_kind("ConfigMap")) {
    auto near = services.find(config_map.namespace_name());
    if (near == services.end()) continue;
    for (const auto& file : config_map.root()["data"].object())
      if (json::View(file.value())["type"].text() == "document")
        Document(c, config_map, "data" + member_step(file.key()), near->second).look();
  }
}

}  // namespace ai_ops::diagnosis
