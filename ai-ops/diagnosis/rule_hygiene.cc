// What is not broken and worth a look: at most kMaxHygiene findings, info but for the first.
// Faults: several-default-classes (warning), runs-privileged, config-map-unused.
// Evidence: the annotation is-default-class, securityContext.privileged, a ConfigMap's keys that no pod template names.
// How Kubernetes works: of two default StorageClasses a claim gets the newer one, which surprises whoever made the
// other. A privileged container has every right of its node. A ConfigMap may also be read through the API, so that one
// is unused is said only of those that nothing owns, labels or manages.
// Source: kubernetes documentation, "Storage Classes" (default StorageClass), "Pod Security Standards".
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxHygiene = 10;  // findings
constexpr auto kUnusedFor = 24h;         // what is younger may have been made for what is to come

void tell_default_classes(Case& c) {
  constexpr std::string_view kAnnotation = "storageclass.kubernetes.io/is-default-class";
  auto classes = c.cluster().snapshot().of_kind("StorageClass");
  std::erase_if(classes,
                [&](const ObjectView& one) { return one.metadata()["annotations"][kAnnotation].text() != "true"; });
  if (classes.size() < 2) return;
  Draft& draft = c.symptom(classes.front().ref(), "several-default-classes", Severity::warning,
                           "is not the only default storage class");
  for (const ObjectView& one : classes) {
    if (one.name() != classes.front().name())
      draft.detail += fmt::format("{}{}", draft.detail.empty() ? "" : ", ", one.name());
    draft.cite(one, "metadata.annotations" + member_step(kAnnotation));
  }
  draft.detail = quote(fmt::format("so is {}", draft.detail));
}

// What a cluster itself consists of is privileged by trade.
bool is_of_the_system(std::string_view namespace_name) { return namespace_name.starts_with("kube-"); }

void tell_privileged(Case& c, const Workload& workload) {
  if (is_of_the_system(workload.ref.namespace_name) || workload.ref.kind == "DaemonSet") return;
  std::string path = pod_spec_path(workload.ref.kind) + ".containers";
  const json::Array& containers = at_path(workload.object.root(), path).array();
  for (std::size_t i = 0; i < containers.size(); ++i) {
    json::View container(containers[i]);
    if (!container["securityContext"]["privileged"].boolean_or(false)) continue;
    Draft& draft = c.symptom(workload.ref, "runs-privileged", Severity::info, "runs privileged");
    draft.detail = fmt::format("container {} has every right of its node", quote(container["name"].text()));
    draft.cite(workload.object, fmt::format("{}[{}].securityContext.privileged", path, i));
    return;
  }
}

// ---- ConfigMaps

using Unused = std::map<std::pair<std::string, std::string>, ObjectView>;  // by namespace and name

// Whatever a pod template names anywhere is used: volumes, variables, their sources. A name is a name in all of them.
void strike_named(const json::Value& value, const std::string& home, Unused& unused) {
  if (value.is_string()) unused.erase({home, std::string(json::View(value).text())});
  if (value.is_array())
    for (const json::Value& item : value.get_array()) strike_named(item, home, unused);
  if (value.is_object())
    for (const auto& member : value.get_object()) strike_named(member.value(), home, unused);
}

bool is_old(const Case& c, const ObjectView& config) {
  auto made = time_of(config.metadata()["creationTimestamp"]);
  return made && c.now() - *made > kUnusedFor;
}

bool may_be_read_otherwise(const ObjectView& config) {
  return is_of_the_system(config.namespace_name()) || config.name() == "kube-root-ca.crt" ||
         config.name().ends_with("ca-root-cert") || !config.metadata()["ownerReferences"].array().empty() ||
         !config.metadata()["labels"].object().empty() || !config.metadata()["annotations"].object().empty();
}

void tell_unused(Case& c, const ObjectView& config) {
  Draft& draft = c.symptom(config.ref(), "config-map-unused", Severity::info, "is named by no pod");
  draft.cite(config, "metadata.name");
  draft.cite(config, "metadata.creationTimestamp");
}

json::View pod_spec_of(const Workload& workload) {
  return at_path(workload.object.root(), pod_spec_path(workload.ref.kind));
}

// Namespaces all of whose pod templates are seen in full: the API server writes these members into each, and what
// kubectl tells in words has not all of a template.
std::set<std::string, std::less<>> homes_in_full(const Cluster& cluster) {
  std::set<std::string, std::less<>> homes, in_part;
  for (const Workload& workload : cluster.workloads()) {
    json::View spec = pod_spec_of(workload);
    bool is_whole = spec["restartPolicy"] && spec["dnsPolicy"];
    (is_whole ? homes : in_part).insert(workload.ref.namespace_name);
  }
  for (const std::string& home : in_part) homes.erase(home);
  return homes;
}

void find_unused(Case& c, std::size_t most) {
  auto homes = homes_in_full(c.cluster());
  Unused unused;
  for (const ObjectView& config : c.cluster().snapshot().of_kind("ConfigMap"))
    if (homes.contains(config.namespace_name()) && is_old(c, config) && !may_be_read_otherwise(config))
      unused.emplace(std::pair(std::string(config.namespace_name()), std::string(config.name())), config);
  for (const Workload& workload : c.cluster().workloads()) {
    if (unused.empty()) return;
    if (json::View spec = pod_spec_of(workload)) strike_named(*spec.value(), workload.ref.namespace_name, unused);
  }
  // What a rollback would start again.
  for (const ObjectView& set : c.cluster().snapshot().of_kind("ReplicaSet"))
    strike_named(*set.spec().value(), std::string(set.namespace_name()), unused);
  for (const auto& [name, config] : unused) {
    if (most-- == 0) return;
    tell_unused(c, config);
  }
}

}  // namespace

void find_hygiene(Case& c) {
  std::size_t first = c.drafts().size();
  tell_default_classes(c);
  for (const Workload& workload : c.cluster().workloads()) {
    if (c.drafts().size() - first >= kMaxHygiene) break;
    tell_privileged(c, workload);
  }
  find_unused(c, kMaxHygiene - (c.drafts().size() - first));
}

}  // namespace ai_ops::diagnosis
