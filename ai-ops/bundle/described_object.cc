#include "ai-ops/bundle/described_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "ai-ops/bundle/described_kinds.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

struct Kind {
  std::string_view name;
  // That all are there, and at no kind further down; "Status/Current": below Status; "" counts as there.
  std::array<std::string_view, 3> fields;
  void (*put)(json::Object&, const Entry&);
};

// The first that fits. Fields of several kinds stand with the kind that has the most of its own.
constexpr std::array kKinds{
    Kind{"Pod", {"Node", "IP", "Containers"}, put_pod},
    Kind{"Node", {"Roles", "Capacity", "Allocatable"}, put_node},
    Kind{"Deployment", {"StrategyType", "Pod Template", ""}, put_workload},
    Kind{"StatefulSet", {"Update Strategy", "Pod Template", ""}, put_workload},
    Kind{"DaemonSet", {"Desired Number of Nodes Scheduled", "Pod Template", ""}, put_workload},
    Kind{"CronJob", {"Schedule", "Concurrency Policy", "Pod Template"}, put_workload},
    Kind{"Job", {"Parallelism", "Completions", "Pod Template"}, put_workload},
    Kind{"ReplicaSet", {"Replicas", "Pods Status", "Pod Template"}, put_workload},
    Kind{"Service", {"Session Affinity", "Type", "Selector"}, put_service},
    Kind{"EndpointSlice", {"AddressType", "Ports", "Endpoints"}, put_endpoint_slice},
    Kind{"Endpoints", {"Subsets", "", ""}, put_endpoints},
    Kind{"PersistentVolumeClaim", {"StorageClass", "Volume", "Access Modes"}, put_claim},
    Kind{"PersistentVolume", {"StorageClass", "Claim", "Reclaim Policy"}, put_volume},
    Kind{"StorageClass", {"Provisioner", "ReclaimPolicy", "VolumeBindingMode"}, put_storage_class},
    Kind{"ServiceAccount", {"Image pull secrets", "Mountable secrets", "Tokens"}, put_service_account},
    Kind{"HorizontalPodAutoscaler", {"Reference", "Min replicas", "Max replicas"}, put_autoscaler},
    Kind{"PodDisruptionBudget", {"Status/Allowed disruptions", "Selector", ""}, put_disruption_budget},
    Kind{"Ingress", {"Rules", "Default backend", "Address"}, put_ingress},
    Kind{"RoleBinding", {"Role", "Subjects", ""}, put_role_binding},
    Kind{"IngressClass", {"Controller", "Labels", "Annotations"}, put_ingress_class},
};

void put_nothing_more(json::Object&, const Entry&) {}

bool has(const Entry& described, std::string_view field) {
  std::size_t slash = field.find('/');
  const Entry* found = described.find(field.substr(0, slash));
  if (found == nullptr || slash == field.npos) return found != nullptr;
  return found->find(field.substr(slash + 1)) != nullptr;
}

bool fits(const Kind& kind, const Entry& described) {
  return std::ranges::all_of(kind.fields,
                             [&](std::string_view field) { return field.empty() || has(described, field); });
}

void put_metadata(json::Object& object, const Entry& described) {
  put(object, "metadata.name", json::Value(described.value("Name")));
  put(object, "metadata.namespace", json::Value(described.value("Namespace")));
  put(object, "metadata.creationTimestamp", time(described.value("CreationTimestamp")));
  if (const Entry* labels = described.find("Labels")) put(object, "metadata.labels", pairs(labels->values));
  std::string_view owner = described.value("Controlled By");
  std::size_t slash = owner.find('/');
  if (slash == owner.npos) return;
  json::Object reference{{"kind", owner.substr(0, slash)}, {"name", owner.substr(slash + 1)}, {"controller", true}};
  put(object, "metadata.ownerReferences", json::Array{std::move(reference)});
}

// "2m21s (x2 over 5m)", "69s"
void put_times(json::Object& event, std::string_view age, foundation::WallTime now) {
  std::size_t times = age.find("(x");
  json::Value count(1);
  if (times != age.npos) count = integer(age.substr(times + 2));
  put(event, "count", std::move(count));
  if (auto last = ago(age, now)) event["lastTimestamp"] = foundation::to_rfc3339(*last);
  std::size_t over = age.find(" over ");
  auto first = ago(over == age.npos ? age : age.substr(over + 6), now);
  if (first) event["firstTimestamp"] = foundation::to_rfc3339(*first);
}

std::vector<json::Object> events_of(const Entry& described, const json::Object& about, foundation::WallTime now) {
  const Entry* entry = described.find("Events");
  if (entry == nullptr || entry->entries.empty()) return {};
  Table table(rows_of(entry->entries));
  std::vector<json::Object> out;
  const json::Object& metadata = about.at("metadata").as_object();
  json::Object involved{{"kind", about.at("kind")}, {"name", metadata.at("name")}};
  if (const auto* home = metadata.if_contains("namespace")) involved["namespace"] = *home;
  for (std::size_t row = 0; row < table.size(); ++row) {
    json::Object event{{"kind", "Event"}};
    std::string name = fmt::format("{}.{}-described-{}", std::string_view(metadata.at("name").as_string()),
                                   std::string_view(about.at("kind").as_string()), row + 1);
    put(event, "metadata.name", json::Value(name));
    if (const auto* home = metadata.if_contains("namespace")) put(event, "metadata.namespace", *home);
    event["involvedObject"] = involved;
    put(event, "type", json::Value(table.cell(row, "Type")));
    put(event, "reason", json::Value(table.cell(row, "Reason")));
    put(event, "message", json::Value(table.cell(row, "Message")));
    put(event, "source.component", json::Value(table.cell(row, "From")));
    put_times(event, table.cell(row, "Age"), now);
    out.push_back(std::move(event));
  }
  return out;
}

// Those whose text has no fields of their own but a table or a block.
const Kind* by_block(std::string_view text) {
  struct Block {
    std::string_view line;
    Kind kind;
  };
  static constexpr std::array kBlocks{
      Block{"\nPolicy Types:", {"NetworkPolicy", {}, put_network_policy}},
      Block{"\n  Policy Types:", {"NetworkPolicy", {}, put_network_policy}},
      Block{"\nResource Quotas", {"Namespace", {}, put_namespace}},
      Block{"\nNo resource quota.", {"Namespace", {}, put_namespace}},
      Block{"\nBinaryData\n====", {"ConfigMap", {}, put_nothing_more}},
      Block{"  Max Limit/Request Ratio", {"LimitRange", {}, put_limit_range}},
      Block{"\n\nType:", {"Secret", {}, put_secret}},
      Block{"\nResource ", {"ResourceQuota", {}, put_quota}},
  };
  auto found = std::ranges::find_if(kBlocks, [&](const Block& block) { return text.find(block.line) != text.npos; });
  return found == kBlocks.end() ? nullptr : &found->kind;
}

// kubectl prints kinds that it has no form for alike: their members in order, lists and objects not told apart.
bool is_of_no_form(const Entry& described) {
  return described.find("API Version") != nullptr && described.find("Kind") != nullptr;
}

const Kind* kind_of(const Entry& described, std::string_view text) {
  if (is_of_no_form(described)) return nullptr;
  auto found = std::ranges::find_if(kKinds, [&](const Kind& kind) { return fits(kind, described); });
  return found != kKinds.end() ? &*found : by_block(text);
}

}  // namespace

foundation::Result<DescribedObject> read_described(std::string_view text, foundation::WallTime now) {
  Entry described = parse_described(text);
  const Kind* kind = kind_of(described, text);
  if (kind == nullptr || described.value("Name").empty())
    return foundation::fail(foundation::Code::invalid, "read a description", "it is of no kind that is known");
  DescribedObject out;
  out.object["kind"] = kind->name;
  put_metadata(out.object, described);
  kind->put(out.object, described);
  if (kind->name == "ConfigMap") put_config_map(out.object, text);
  out.events = events_of(described, out.object, now);
  return out;
}

}  // namespace ai_ops::bundle
