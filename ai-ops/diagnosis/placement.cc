#include "ai-ops/diagnosis/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/pod_claims.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kControlPlaneTaint = "node-role.kubernetes.io/control-plane";
constexpr std::string_view kCordonTaint = "node.kubernetes.io/unschedulable";

json::View terms_of(const ObjectView& pod) {
  return pod.spec()["affinity"]["nodeAffinity"][kRequired]["nodeSelectorTerms"];
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// v1.NodeSelectorRequirement
bool requirement_fits(json::View requirement, json::View found) {
  std::string_view op = requirement["operator"].text();
  const json::Array& values = requirement["values"].array();
  bool is_among =
      found && std::ranges::any_of(values, [&](const json::Value& v) { return json::View(v).text() == found.text(); });
  if (op == "In") return is_among;
  if (op == "NotIn") return !is_among;
  if (op == "Exists") return static_cast<bool>(found);
  if (op == "DoesNotExist") return !found;
  auto have = number_of(found.text()), wanted = values.empty() ? std::nullopt : number_of(json::View(values[0]).text());
  if (!have || !wanted) return false;
  return op == "Gt" ? *have > *wanted : op == "Lt" && *have < *wanted;
}

bool selector_takes(const ObjectView& pod, const ObjectView& node) {
  json::View labels = node.metadata()["labels"];
  return std::ranges::all_of(pod.spec()["nodeSelector"].object(), [&](const auto& wanted) {
    json::View found = labels[wanted.key()];
    return found && found.text() == json::View(wanted.value()).text();  // many labels have an empty value
  });
}

// v1.Toleration: no key with Exists tolerates everything; no effect tolerates every effect.
bool tolerates(const ObjectView& pod, json::View taint) {
  return std::ranges::any_of(pod.spec()["tolerations"].array(), [&](const json::Value& value) {
    json::View toleration(value);
    std::string_view key = toleration["key"].text(), effect = toleration["effect"].text();
    bool exists = toleration["operator"].text() == "Exists";
    if (!effect.empty() && effect != taint["effect"].text()) return false;
    if (key.empty()) return exists;
    return key == taint["key"].text() && (exists || toleration["value"].text() == taint["value"].text());
  });
}

bool is_control_plane(const ObjectView& node) {
  json::View labels = node.metadata()["labels"];
  bool is_labelled = labels["node-role.kubernetes.io/control-plane"] || labels["node-role.kubernetes.io/master"] ||
                     labels["kubernetes.io/role"].text() == "master";
  return is_labelled || std::ranges::any_of(node.spec()["taints"].array(), [](const json::Value& taint) {
           return is_control_plane_taint(json::View(taint)["key"].text());
         });
}

// The cluster's own components run there: a pod that would not tolerate their taint was never meant for it.
bool is_kept_from(const ObjectView& pod, const ObjectView& node) {
  if (!is_control_plane(node)) return false;
  auto taint = untolerated_taint(node, pod);
  if (taint) return is_control_plane_taint(json::View(node.spec()["taints"].array()[*taint])["key"].text());
  return !cordon_path(node).empty() &&
         !tolerates(pod, json::Value{{"key", kControlPlaneTaint}, {"effect", "NoSchedule"}});
}

// Pods of a DaemonSet tolerate a cordon.
bool is_cordoned_for(const ObjectView& pod, const ObjectView& node) {
  return !cordon_path(node).empty() && !tolerates(pod, json::Value{{"key", kCordonTaint}, {"effect", "NoSchedule"}});
}

json::View reach_of(const ObjectView& volume) { return volume.spec()["nodeAffinity"]["required"]["nodeSelectorTerms"]; }

bool is_reached(const ObjectView& node, const std::vector<ObjectView>& volumes) {
  return std::ranges::all_of(volumes, [&](const ObjectView& it) { return node_selector_takes(reach_of(it), node); });
}

// A node that tells of nothing that it has may have all of it.
bool is_large_enough(const ObjectView& node, const PodRequests& requests) {
  json::View has = node.status()["allocatable"];
  return has.object().empty() || std::ranges::all_of(requests, [&](const auto& request) {
           return request.second.milli <= quantity_of(has[request.first]);
         });
}

}  // namespace

Wants wants_of(const Cluster& cluster, const ObjectView& pod) {
  Wants out{pod, requests_of(pod), volumes_of(cluster, pod)};
  std::erase_if(out.volumes, [](const ObjectView& volume) { return reach_of(volume).array().empty(); });
  return out;
}

std::string cordon_path(const ObjectView& node) {
  if (node.spec()["unschedulable"].boolean_or(false)) return "spec.unschedulable";
  const json::Array& taints = node.spec()["taints"].array();
  for (std::size_t i = 0; i < taints.size(); ++i)
    if (json::View(taints[i])["key"].text() == kCordonTaint) return fmt::format("spec.taints[{}]", i);
  return {};
}

bool node_selector_takes(json::View terms, const ObjectView& node) {
  json::View labels = node.metadata()["labels"];
  return std::ranges::any_of(terms.array(), [&](const json::Value& value) {
    json::View term(value);
    const json::Array& expressions = term["matchExpressions"].array();
    const json::Array& fields = term["matchFields"].array();
    if (expressions.empty() && fields.empty()) return false;
    auto by_label = [&](const json::Value& it) { return requirement_fits(it, labels[json::View(it)["key"].text()]); };
    auto by_name = [&](const json::Value& it) { return requirement_fits(it, node.metadata()["name"]); };
    return std::ranges::all_of(expressions, by_label) && std::ranges::all_of(fields, by_name);
  });
}

bool is_control_plane_taint(std::string_view words) {
  return words.contains(kControlPlaneTaint) || words.contains("node-role.kubernetes.io/master");
}

bool has_node_affinity(const ObjectView& pod) { return !terms_of(pod).array().empty(); }
bool has_node_selector(const ObjectView& pod) { return !pod.spec()["nodeSelector"].object().empty(); }

std::optional<std::size_t> untolerated_taint(const ObjectView& node, const ObjectView& pod) {
  const json::Array& taints = node.spec()["taints"].array();
  for (std::size_t i = 0; i < taints.size(); ++i) {
    json::View taint(taints[i]);
    bool keeps_away = taint["effect"].text() == "NoSchedule" || taint["effect"].text() == "NoExecute";
    if (keeps_away && taint["key"].text() != kCordonTaint && !tolerates(pod, taint)) return i;
  }
  return std::nullopt;
}

Placement placement_of(const Cluster& cluster, const Wants& wants) {
  const ObjectView& pod = wants.pod;
  Placement out;
  std::vector<ObjectView> nodes = cluster.snapshot().of_kind("Node");
  bool has_others = !std::ranges::all_of(nodes, [&](const ObjectView& node) { return is_kept_from(pod, node); });
  for (const ObjectView& node : nodes) {
    if (has_others && is_kept_from(pod, node)) continue;
    if (!node.metadata()["labels"].object().empty()) out.sees_labels = true;
    bool by_selector = selector_takes(pod, node);
    bool by_affinity = !has_node_affinity(pod) || node_selector_takes(terms_of(pod), node);
    out.by_selector += by_selector ? 1 : 0;
    out.by_affinity += by_affinity ? 1 : 0;
    if (!by_selector || !by_affinity) continue;
    out.eligible.push_back(node);
    if (!is_reached(node, wants.volumes) || !is_large_enough(node, wants.requests)) continue;
    out.able.push_back(node);
    if (is_cordoned_for(pod, node)) {
      out.cordoned.push_back(node);
    } else if (untolerated_taint(node, pod)) {
      out.tainted.push_back(node);
    }
  }
  return out;
}

}  // namespace ai_ops::diagnosis
