// kubectl logs: what a container has printed, and what it prints while somebody follows.
#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/container_turn.h"

namespace demo_cluster::world {
namespace {

// The container that is meant; "" when the pod has several and none is named.
std::string_view container_of(json::View pod, const LogQuery& query) {
  const auto& containers = pod["spec"]["containers"].array();
  if (!query.container.empty()) return query.container;
  return containers.size() == 1 ? json::View(containers[0])["name"].text() : std::string_view();
}

std::string_view waits_for(json::View status) { return status["state"]["waiting"]["reason"].text(); }

std::unexpected<Refusal> not_started(std::string_view container, std::string_view pod, std::string_view waits) {
  bool pulls = waits.ends_with("Pull") || waits.starts_with("ImagePull");
  return bad_request(fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}", container, pod,
                                 pulls           ? "trying and failing to pull image"
                                 : waits.empty() ? "ContainerCreating"
                                                 : waits));
}

}  // namespace

std::string memory_id(json::View pod, std::string_view container) {
  return fmt::format("{}/{}", pod["metadata"]["uid"].text(), container);
}

const json::Value* status_in(json::View pod, std::string_view container) {
  for (const auto& status : pod["status"]["containerStatuses"].array())
    if (json::View(status)["name"].text() == container) return &status;
  return nullptr;
}

Outcome<std::string> Kubelet::log(const Store& store, const Key& key, const LogQuery& query, WallTime now) const {
  auto pod = store.find(key);
  if (!pod) return not_found(*served_kind("Pod"), key.name);
  json::View view(*pod);
  auto name = container_of(view, query);
  if (name.empty()) return bad_request(fmt::format("a container name must be specified for pod {}", key.name));
  bool known = std::ranges::any_of(view["spec"]["containers"].array(),
                                   [&](const json::Value& c) { return json::View(c)["name"].text() == name; });
  if (!known) return bad_request(fmt::format("container {} is not valid for pod {}", name, key.name));
  auto memory = memories_.find(memory_id(view, name));
  bool has_run = memory != memories_.end() && memory->second.log.has_run();
  auto waits = waits_for(json::View(status_in(view, name)));
  // Between two runs the one that has just ended is both the latest and the previous one.
  bool between = !waits.empty() && has_run;
  if (query.previous && (!has_run || (!between && !memory->second.log.has_previous())))
    return bad_request(fmt::format("previous terminated container \"{}\" in pod \"{}\" not found", name, key.name));
  if (!has_run) return not_started(name, key.name, waits);
  return memory->second.log.text(query, query.previous && !between, now);
}

LogNews Kubelet::log_after(const Store& store, const Key& key, const LogQuery& query, const LogPosition& seen) const {
  LogNews gone{{}, seen, true};
  auto pod = store.find(key);
  if (!pod) return gone;
  json::View view(*pod);
  auto name = container_of(view, query);
  auto memory = memories_.find(memory_id(view, name));
  if (memory == memories_.end()) return gone;
  auto news = memory->second.log.after(seen, query.timestamps);
  news.over = news.over || !json::View(status_in(view, name))["state"]["running"];
  return news;
}

}  // namespace demo_cluster::world
