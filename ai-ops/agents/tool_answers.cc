#include "ai-ops/agents/tool_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/agents/sentences.h"
#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/quote.h"
#include "foundation/json/view.h"

namespace ai_ops::agents {
namespace {

using diagnosis::Cluster;
using diagnosis::ObjectRef;
using diagnosis::ObjectView;
using diagnosis::quote;
using foundation::WallTime;
using foundation::json::Value;
using foundation::json::View;

constexpr int kEventsAsked = 100;
constexpr std::size_t kEventsTold = 10;
constexpr int kLogLines = 20;
constexpr std::size_t kMaxLogLineBytes = 300;

const foundation::json::Array& items_of(const Value& result, std::string_view member) {
  return result.is_array() ? result.get_array() : View(result)[member].array();
}

// An object that is gone is told by its name: pods and replica sets begin with that of their workload.
bool is_about(const Cluster& cluster, const ObjectRef& subject, View object) {
  if (object["namespace"].text() != subject.namespace_name && !subject.namespace_name.empty()) return false;
  if (object["kind"].text() == subject.kind && object["name"].text() == subject.name) return true;
  auto live = cluster.snapshot().find(object["kind"].text(), object["namespace"].text(), object["name"].text());
  const diagnosis::Workload* workload = live ? cluster.workload_of(*live) : nullptr;
  if (workload != nullptr) return workload->ref == subject;
  bool is_owned_kind = object["kind"].text() == "Pod" || object["kind"].text() == "ReplicaSet";
  return !live && is_owned_kind && object["name"].text().starts_with(subject.name + "-");
}

View object_of(View event) { return event["involvedObject"] ? event["involvedObject"] : event["regarding"]; }

std::string event_line(View event, WallTime now) {
  auto when = diagnosis::time_of_event(ObjectView(event));
  std::int64_t count = std::max(event["count"].integer_or(1), event["series"]["count"].integer_or(1));
  return fmt::format("\n  {}{} {} on {} {}{}: {}", when ? ago(*when, now) + "  " : "",
                     quote(event["type"].text("Normal")), quote(event["reason"].text()),
                     quote(object_of(event)["kind"].text()), quote(object_of(event)["name"].text()),
                     count > 1 ? fmt::format(" ({} times)", count) : "", quote(event["message"].text()));
}

ToolWanted logs_of(const ObjectView& pod, const std::string& container, bool previous) {
  ToolWanted out{
      "get_logs", {{"project", pod.namespace_name()}, {"pod", pod.name()}, {"tail_lines", kLogLines}}, {}, {}};
  if (!container.empty()) out.arguments["container"] = container;
  if (previous) out.arguments["previous"] = true;
  out.about =
      fmt::format("{}{}{}{}", pod.name(), container.empty() ? "" : "/", container, previous ? " (its last run)" : "");
  return out;
}

// The first that is no init container; the API asks for a name when there are several.
std::string main_container(const ObjectView& pod) {
  return quote(View(pod.spec()["containers"])[std::size_t{0}]["name"].text());
}

}  // namespace

ToolWanted events_wanted(const ObjectRef& subject, std::string_view project) {
  ToolWanted out{"list_events", {{"limit", kEventsAsked}}, subject.name, {}};
  std::string_view of = subject.name.empty() ? project : std::string_view(subject.namespace_name);
  if (!of.empty()) out.arguments["project"] = of;
  return out;
}

ToolWanted logs_wanted_of(const Cluster& cluster, const ObjectRef& subject, WallTime now) {
  auto object = cluster.snapshot().find(subject.kind, subject.namespace_name, subject.name);
  if (object && subject.kind == "Pod") {
    for (const diagnosis::Container& container : diagnosis::containers_of(*object))
      if (auto crash = diagnosis::crash_of(container, now)) return logs_of(*object, container.name, crash->previous);
    return logs_of(*object, main_container(*object), false);
  }
  const diagnosis::Workload* workload = object ? cluster.workload_of(*object) : nullptr;
  if (workload == nullptr || workload->pods.empty())
    return {{}, {}, {}, fmt::format("{} has no running pod, so there are no logs to show", subject.name)};
  auto crashes = diagnosis::crashes_of(*workload, now);
  if (crashes.empty()) return logs_of(workload->pods.front(), main_container(workload->pods.front()), false);
  return logs_of(crashes.front().container.pod, crashes.front().container.name, crashes.front().previous);
}

std::string events_answer(const Cluster& cluster, const ObjectRef& subject, const Value& result, WallTime now) {
  std::vector<View> events;
  for (const Value& value : items_of(result, "items"))
    if (subject.name.empty() || is_about(cluster, subject, object_of(value))) events.emplace_back(value);
  std::string of = subject.name.empty() ? std::string() : fmt::format(" about {}", subject.name);
  if (events.empty()) return fmt::format("There are no events{}. Kubernetes keeps them for about an hour.", of);
  std::ranges::sort(events, std::ranges::greater(),
                    [](View event) { return diagnosis::time_of_event(ObjectView(event)); });
  std::string out = fmt::format("Events{}, newest first:", of);
  for (std::size_t i = 0; i < events.size() && i < kEventsTold; ++i) out += event_line(events[i], now);
  if (events.size() > kEventsTold) out += fmt::format("\n  and {} older ones", events.size() - kEventsTold);
  return out;
}

std::string logs_answer(const std::string& about, const Value& result) {
  const foundation::json::Array& lines = items_of(result, "lines");
  if (lines.empty()) return fmt::format("{} has logged nothing.", about);
  std::string out = fmt::format("Last {} of {}:", counted(static_cast<std::int64_t>(lines.size()), "line"), about);
  for (const Value& line : lines) out += "\n  " + quote(View(line).text(), kMaxLogLineBytes);
  return out;
}

}  // namespace ai_ops::agents
