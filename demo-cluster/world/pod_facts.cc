#include "demo-cluster/world/pod_facts.h"

#include <algorithm>

#include "demo-cluster/world/random.h"
#include "demo-cluster/world/step.h"
#include "foundation/kubernetes/object.h"
#include "foundation/kubernetes/quantity.h"

namespace demo_cluster::world {
namespace {

// Members in order of their names, so that the order in which a client wrote them does not matter.
json::Value in_order(const json::Value& value) {
  if (value.is_array()) {
    json::Array out;
    for (const auto& item : value.as_array()) out.push_back(in_order(item));
    return out;
  }
  if (!value.is_object()) return value;
  std::vector<std::string> names;
  for (const auto& member : value.as_object()) names.emplace_back(member.key());
  std::ranges::sort(names);
  json::Object out;
  for (const auto& name : names) out[name] = in_order(value.as_object().at(name));
  return out;
}

}  // namespace

bool is_ready(json::View pod) {
  return kubernetes::ObjectView(pod).condition("Ready")["status"].text() == "True" && !is_going(pod);
}

bool is_available(json::View pod, std::int64_t min_ready_seconds, WallTime now) {
  if (!is_ready(pod)) return false;
  auto since = time_of(kubernetes::ObjectView(pod).condition("Ready")["lastTransitionTime"]);
  return min_ready_seconds == 0 || now - since >= std::chrono::seconds(min_ready_seconds);
}

bool is_finished_pod(json::View pod) {
  auto phase = pod["status"]["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

bool is_active(json::View pod) { return !is_finished_pod(pod) && !is_going(pod); }

std::string_view annotation(json::View object, std::string_view name) {
  return object["metadata"]["annotations"][name].text();
}

std::int64_t milli(json::View quantity) { return kubernetes::parse_quantity_milli(text_of(quantity)).value_or(0); }

Demand& Demand::operator+=(const Demand& more) {
  cpu += more.cpu;
  memory += more.memory;
  return *this;
}

Demand demand_of(json::View pod) {
  Demand sum;
  for (const auto& container : pod["spec"]["containers"].array()) {
    auto requests = json::View(container)["resources"]["requests"];
    sum += {milli(requests["cpu"]), milli(requests["memory"])};
  }
  return sum;
}

json::Value pod_from_template(json::View owner, json::View pod_template, std::string name) {
  json::Object metadata;
  for (auto member : {"labels", "annotations"})
    if (auto value = pod_template["metadata"][member]) metadata[member] = *value.value();
  metadata["name"] = std::move(name);
  metadata["namespace"] = copy_of(owner["metadata"]["namespace"]);
  metadata["ownerReferences"] = json::Array{owner_reference(owner)};
  return json::Object{{"kind", "Pod"},
                      {"apiVersion", "v1"},
                      {"metadata", std::move(metadata)},
                      {"spec", copy_of(pod_template["spec"])}};
}

std::string template_hash(json::View pod_template) { return name_hash(json::to_text(in_order(copy_of(pod_template)))); }

PodCounts count(const std::vector<Stored>& pods, std::int64_t min_ready_seconds, WallTime now) {
  PodCounts out;
  for (const auto& pod : pods) {
    if (!is_active(*pod)) continue;
    ++out.all;
    if (is_ready(*pod)) ++out.ready;
    if (is_available(*pod, min_ready_seconds, now)) ++out.available;
  }
  return out;
}

void put_count(json::Object& status, std::string_view name, std::int64_t value) {
  if (value != 0)
    status[name] = value;
  else
    status.erase(name);
}

}  // namespace demo_cluster::world
