#include "ai-ops/diagnosis/servers.h"

#include <algorithm>
#include <array>
#include <set>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/phrases.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::size_t kMinNameBytes = 3;

struct Image {
  std::string_view kind;
  std::string_view word;  // of the image's or the workload's own name
};
constexpr std::array kImages{Image{"mysql", "mysql"},       Image{"mysql", "mariadb"}, Image{"mysql", "percona"},
                             Image{"postgres", "postgres"}, Image{"redis", "redis"},   Image{"redis", "valkey"},
                             Image{"mongo", "mongo"}};

// "registry/team/mysql:8" -> "mysql:8"
std::string_view base_of(std::string_view image) { return image.substr(image.rfind('/') + 1); }

// Those whose configuration names a Service before the workload.
std::set<const Workload*> known_callers(const Cluster& cluster, const Workload& server) {
  std::set<const Workload*> out;
  for (const Workload& caller : cluster.workloads()) {
    if (&caller == &server) continue;
    for (const Endpoint& endpoint : endpoints_of(caller)) {
      Resolved resolved = resolve(cluster, caller, endpoint.host);
      if (resolved.meaning != Meaning::service) continue;
      auto behind = cluster.behind(*resolved.service);
      if (std::ranges::find(behind, &server) != behind.end()) out.insert(&caller);
    }
  }
  return out;
}

// "wiki-mysql" belongs to "wiki", if there is such a workload and it is not the caller.
bool belongs_to_another(const Cluster& cluster, const Workload& server, const Workload& caller) {
  return std::ranges::any_of(cluster.workloads(), [&](const Workload& other) {
    return &other != &server && &other != &caller && other.ref.namespace_name == server.ref.namespace_name &&
           other.ref.name.size() >= kMinNameBytes && other.ref.name != caller.ref.name &&
           server.ref.name.starts_with(other.ref.name);
  });
}

}  // namespace

bool is_server(const Workload& workload, std::string_view kind) {
  json::View spec = at_path(workload.object.root(), pod_spec_path(workload.ref.kind));
  return std::ranges::any_of(kImages, [&](const Image& image) {
    if (image.kind != kind) return false;
    return std::ranges::any_of(spec["containers"].array(), [&](const json::Value& container) {
      std::string_view base = base_of(json::View(container)["image"].text());
      return base.starts_with(image.word) && !contains_words(base, "exporter");
    });
  });
}

std::vector<const Workload*> servers_of(const Cluster& cluster, const Workload& caller, std::string_view kind) {
  std::vector<const Workload*> out;
  for (const Workload& workload : cluster.workloads())
    if (workload.ref.namespace_name == caller.ref.namespace_name && &workload != &caller && is_server(workload, kind))
      out.push_back(&workload);
  return out;
}

const Workload* server_of(const Cluster& cluster, const Workload& caller, std::string_view kind) {
  std::vector<const Workload*> candidates = servers_of(cluster, caller, kind);
  auto leave_out = [&](auto unfit) {
    if (candidates.size() > 1) std::erase_if(candidates, unfit);
  };
  leave_out([&](const Workload* server) {
    auto callers = known_callers(cluster, *server);
    return !callers.empty() && !callers.contains(&caller);
  });
  leave_out([&](const Workload* server) { return belongs_to_another(cluster, *server, caller); });
  return candidates.size() == 1 ? candidates.front() : nullptr;
}

}  // namespace ai_ops::diagnosis
