#include <fmt/format.h>

#include <algorithm>

#include "demo-cluster/world/step.h"

namespace demo_cluster::world {
namespace {

std::string namespace_of(json::View about) {
  auto name = about["metadata"]["namespace"].text();
  return name.empty() ? "default" : std::string(name);
}

json::Object reference_to(json::View about, const std::string& field_path) {
  json::Object out{{"kind", copy_of(about["kind"])},
                   {"namespace", namespace_of(about)},
                   {"name", copy_of(about["metadata"]["name"])},
                   {"uid", copy_of(about["metadata"]["uid"])},
                   {"apiVersion", copy_of(about["apiVersion"])},
                   {"resourceVersion", copy_of(about["metadata"]["resourceVersion"])}};
  if (!field_path.empty()) out["fieldPath"] = field_path;
  return out;
}

json::Value fresh(json::View about, const EventBook::Event& event, const std::string& name, WallTime now) {
  json::Object source{{"component", event.component}};
  auto node = about["spec"]["nodeName"].text();
  if (event.component == "kubelet" && !node.empty()) source["host"] = node;
  return json::Object{{"kind", "Event"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{{"name", name}, {"namespace", namespace_of(about)}}},
                      {"involvedObject", reference_to(about, event.field_path)},
                      {"type", event.type},
                      {"reason", event.reason},
                      {"message", event.message},
                      {"source", std::move(source)},
                      {"firstTimestamp", time_text(now)},
                      {"lastTimestamp", time_text(now)},
                      {"count", 1},
                      {"eventTime", nullptr},
                      {"reportingComponent", event.component},
                      {"reportingInstance", node}};
}

std::string id_of(json::View about, const EventBook::Event& event) {
  return fmt::format("{}\n{}\n{}\n{}", about["metadata"]["uid"].text(), event.field_path, event.reason, event.message);
}

}  // namespace

WallTime EventBook::last(const Store& store, json::View about, const Event& event) const {
  auto standing = standing_.find(id_of(about, event));
  auto found = standing == standing_.end() ? nullptr : store.find(standing->second);
  return found ? time_of(json::View(*found)["lastTimestamp"]) : WallTime{};
}

void EventBook::record(Store& store, Registry& registry, Random& random, WallTime now, json::View about,
                       const Event& event) {
  WriteOptions options{.manager = {}, .dry_run = false, .now = now};
  auto& standing = standing_[id_of(about, event)];
  if (auto before = store.find(standing)) {
    json::Value after = *before;
    after.as_object()["count"] = json::View(*before)["count"].integer_or(1) + 1;
    after.as_object()["lastTimestamp"] = time_text(now);
    (void)registry.replace(*served_kind("Event"), standing, std::move(after), Part::all, options);
    return;
  }
  auto name = fmt::format("{}.{}", about["metadata"]["name"].text(), random.hex(16));
  standing = {"Event", namespace_of(about), name};
  // A namespace that is going takes no events: nothing is lost that anyone could read.
  (void)registry.create(*served_kind("Event"), standing.namespace_name, fresh(about, event, name, now), options);
}

void EventBook::expire(Store& store, WallTime now) {
  if (now - looked_at_ < std::chrono::seconds(10)) return;
  looked_at_ = now;
  std::vector<std::pair<WallTime, Key>> events;
  for (const auto& event : store.list("Event"))
    events.emplace_back(time_of(json::View(*event)["lastTimestamp"]), key_of(*event));
  std::ranges::sort(events);
  std::size_t surplus = events.size() > kEvents ? events.size() - kEvents : 0;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (i < surplus || now - events[i].first > kLifetime) store.erase(events[i].second);
  std::erase_if(standing_, [&](const auto& entry) { return store.find(entry.second) == nullptr; });
}

}  // namespace demo_cluster::world
