#include "demo-cluster/world/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "demo-cluster/world/reviews.h"
#include "foundation/base/ascii.h"

namespace demo_cluster::world {
namespace {

struct GroupVersion {
  std::string_view group, version;
  friend bool operator==(const GroupVersion&, const GroupVersion&) = default;

  std::string text() const { return group.empty() ? std::string(version) : fmt::format("{}/{}", group, version); }
};

std::vector<GroupVersion> group_versions() {
  std::vector<GroupVersion> out;
  for (const auto& row : served_kinds())
    if (GroupVersion gv{row.kind.group, row.kind.version}; std::ranges::find(out, gv) == out.end()) out.push_back(gv);
  for (const auto& row : review_kinds())
    if (GroupVersion gv{row.group, row.version}; std::ranges::find(out, gv) == out.end()) out.push_back(gv);
  return out;
}

json::Array words(std::initializer_list<std::string_view> list) {
  json::Array out;
  for (auto word : list) out.push_back(json::Value(word));
  return out;
}

json::Object group_object(const GroupVersion& gv) {
  json::Object version{{"groupVersion", gv.text()}, {"version", gv.version}};
  return {{"name", gv.group}, {"versions", json::Array{version}}, {"preferredVersion", version}};
}

json::Object resource(const ServedKind& row) {
  json::Object out{
      {"name", row.kind.plural},
      {"singularName", foundation::lowered(row.kind.name)},
      {"namespaced", row.kind.namespaced},
      {"kind", row.kind.name},
      {"verbs", words({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})}};
  if (!row.kind.short_name.empty()) out["shortNames"] = words({row.kind.short_name});
  if (row.has(kAll)) out["categories"] = words({"all"});
  return out;
}

json::Object subresource(const ServedKind& row, std::string_view name) {
  json::Object out{{"name", fmt::format("{}/{}", row.kind.plural, name)},
                   {"singularName", ""},
                   {"namespaced", row.kind.namespaced},
                   {"kind", row.kind.name},
                   {"verbs", words({"get", "patch", "update"})}};
  if (name == "scale") {
    out["kind"] = "Scale";
    out["group"] = "autoscaling";
    out["version"] = "v1";
  }
  if (name == "log") out["verbs"] = words({"get"});
  if (name == "eviction") {
    out["kind"] = "Eviction";
    out["group"] = "policy";
    out["version"] = "v1";
    out["verbs"] = words({"create"});
  }
  return out;
}

json::Object review_resource(const ReviewKind& row) {
  return {{"name", row.plural},
          {"singularName", foundation::lowered(row.kind)},
          {"namespaced", false},
          {"kind", row.kind},
          {"verbs", words({"create"})}};
}

json::Object patch_operation(const ServedKind& row) {
  json::Object parameter{{"name", "fieldValidation"}, {"in", "query"}, {"schema", json::Object{{"type", "string"}}}};
  return {{"x-kubernetes-action", "patch"},
          {"x-kubernetes-group-version-kind",
           json::Object{{"group", row.kind.group}, {"version", row.kind.version}, {"kind", row.kind.name}}},
          {"parameters", json::Array{std::move(parameter)}},
          {"responses", json::Object{{"200", json::Object{{"description", "OK"}}}}}};
}

std::string root_path(const GroupVersion& gv) { return (gv.group.empty() ? "api/" : "apis/") + gv.text(); }

}  // namespace

json::Value version_object() {
  return json::Object{{"major", "1"},        {"minor", "34"},       {"gitVersion", "v1.34.4+hks-demo"},
                      {"gitCommit", ""},     {"gitTreeState", ""},  {"buildDate", "1970-01-01T00:00:00Z"},
                      {"goVersion", "none"}, {"compiler", "clang"}, {"platform", "linux/amd64"}};
}

json::Value api_versions() {
  return json::Object{
      {"kind", "APIVersions"}, {"versions", words({"v1"})}, {"serverAddressByClientCIDRs", json::Array{}}};
}

json::Value api_groups() {
  json::Array groups;
  for (const auto& gv : group_versions())
    if (!gv.group.empty()) groups.push_back(group_object(gv));
  return json::Object{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

json::Value api_group(std::string_view group) {
  for (const auto& gv : group_versions()) {
    if (gv.group != group || group.empty()) continue;
    auto out = group_object(gv);
    out["kind"] = "APIGroup";
    out["apiVersion"] = "v1";
    return out;
  }
  return nullptr;
}

json::Value api_resources(std::string_view group, std::string_view version) {
  json::Array resources;
  for (const auto& row : served_kinds()) {
    if (row.kind.group != group || row.kind.version != version) continue;
    resources.push_back(resource(row));
    if (row.has(kStatus)) resources.push_back(subresource(row, "status"));
    if (row.has(kScale)) resources.push_back(subresource(row, "scale"));
    if (row.kind.name != "Pod") continue;
    for (auto name : {"log", "eviction"}) resources.push_back(subresource(row, name));
  }
  for (const auto& row : review_kinds())
    if (row.group == group && row.version == version) resources.push_back(review_resource(row));
  if (resources.empty()) return nullptr;
  return json::Object{{"kind", "APIResourceList"},
                      {"apiVersion", "v1"},
                      {"groupVersion", GroupVersion{group, version}.text()},
                      {"resources", std::move(resources)}};
}

json::Value openapi_index() {
  json::Object paths;
  for (const auto& gv : group_versions())
    paths[root_path(gv)] = json::Object{{"serverRelativeURL", fmt::format("/openapi/v3/{}?hash=1", root_path(gv))}};
  return json::Object{{"paths", std::move(paths)}};
}

json::Value openapi_document(std::string_view group, std::string_view version) {
  json::Object paths;
  GroupVersion gv{group, version};
  for (const auto& row : served_kinds()) {
    if (row.kind.group != group || row.kind.version != version) continue;
    auto path = fmt::format("/{}/{}{}/{{name}}", root_path(gv), row.kind.namespaced ? "namespaces/{namespace}/" : "",
                            row.kind.plural);
    paths[path] = json::Object{{"patch", patch_operation(row)}};
  }
  if (paths.empty()) return nullptr;
  return json::Object{{"openapi", "3.0.0"},
                      {"info", json::Object{{"title", "HKS demo cluster"}, {"version", "v1.34.4"}}},
                      {"paths", std::move(paths)},
                      {"components", json::Object{}}};
}

}  // namespace demo_cluster::world
