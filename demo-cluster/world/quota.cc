#include "demo-cluster/world/quota.h"

#include <fmt/format.h>

#include "demo-cluster/world/controllers.h"
#include "demo-cluster/world/pod_facts.h"
#include "foundation/kubernetes/quantity.h"

namespace demo_cluster::world {
namespace {

// What a pod counts in a quota's row, in thousandths; nothing for rows that we do not know.
std::optional<std::int64_t> share_of(json::View pod, std::string_view row) {
  if (row == "pods" || row == "count/pods") return 1'000;
  if (row == "cpu" || row == "memory") return share_of(pod, fmt::format("requests.{}", row));
  auto dot = row.find('.');
  auto list = row.substr(0, dot);
  if (dot == std::string_view::npos || (list != "requests" && list != "limits")) return std::nullopt;
  std::int64_t sum = 0;
  for (const auto& container : pod["spec"]["containers"].array())
    sum += milli(json::View(container)["resources"][list][row.substr(dot + 1)]);
  return sum;
}

std::string amount(std::string_view row, std::int64_t thousandths) {
  return row.ends_with("memory") ? std::to_string(thousandths / 1'000) : kubernetes::cpu_text(thousandths);
}

std::int64_t used(const Store& store, std::string_view space, std::string_view row) {
  std::int64_t sum = 0;
  for (const auto& pod : store.list("Pod", space))
    if (!is_finished_pod(*pod)) sum += share_of(*pod, row).value_or(0);
  return sum;
}

}  // namespace

json::Object used_of(const Store& store, json::View quota) {
  json::Object out;
  for (const auto& [row, hard] : quota["spec"]["hard"].object())
    if (share_of({}, row)) out[row] = amount(row, used(store, quota["metadata"]["namespace"].text(), row));
  return out;
}

Outcome<void> within_quota(const Store& store, json::View object) {
  if (object["kind"].text() != "Pod") return {};
  auto space = object["metadata"]["namespace"].text();
  for (const auto& quota : store.list("ResourceQuota", space)) {
    json::View view(*quota);
    for (const auto& [row, hard] : view["spec"]["hard"].object()) {
      auto asked = share_of(object, row);
      if (!asked) continue;
      auto stands = used(store, space, row);
      if (stands + *asked <= milli(hard)) continue;
      return refuse(
          403, "Forbidden",
          fmt::format("pods \"{}\" is forbidden: exceeded quota: {}, requested: {}={}, used: {}={}, limited: {}={}",
                      object["metadata"]["name"].text(), view["metadata"]["name"].text(), std::string_view(row),
                      amount(row, *asked), std::string_view(row), amount(row, stands), std::string_view(row),
                      text_of(hard)));
    }
  }
  return {};
}

void step_quotas(Step& step) {
  for (const auto& quota : step.store.list("ResourceQuota")) {
    json::View view(*quota);
    step.write_status(quota, {{"hard", copy_of(view["spec"]["hard"])}, {"used", used_of(step.store, view)}});
  }
}

}  // namespace demo_cluster::world
