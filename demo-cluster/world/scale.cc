#include "demo-cluster/world/scale.h"

#include <fmt/format.h>

#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/registry.h"
#include "demo-cluster/world/server_side_apply.h"
#include "demo-cluster/world/validation.h"

namespace demo_cluster::world {
namespace {

constexpr ServedKind kScaleKind{{"Scale", "autoscaling", "v1", "scales", true, ""}, 0};

// As in a query: "app=web,tier=front".
std::string selector_text(json::View labels) {
  std::string text;
  for (const auto& [name, value] : labels.object())
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", std::string_view(name), json::View(value).text());
  return text;
}

// What a Scale says of its workload.
json::Value workload_of(const ServedKind& kind, const json::Value& scale) {
  json::View view(scale);
  json::Value workload = scale;
  auto& out = workload.as_object();
  out["apiVersion"] = kubernetes::api_version(kind.kind);
  out["kind"] = kind.kind.name;
  out["spec"] = {{"replicas", view["spec"]["replicas"].integer_or(0)}};
  return workload;
}

}  // namespace

json::Value scale_of(const json::Value& workload) {
  json::View view(workload);
  json::Object metadata;
  for (auto name : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    metadata[name] = copy_of(view["metadata"][name]);
  json::Object spec, status;
  if (auto replicas = view["spec"]["replicas"].integer_or(0); replicas != 0) spec["replicas"] = replicas;
  status["replicas"] = view["status"]["replicas"].integer_or(0);
  status["selector"] = selector_text(view["spec"]["selector"]["matchLabels"]);
  return json::Object{{"kind", "Scale"},
                      {"apiVersion", "autoscaling/v1"},
                      {"metadata", std::move(metadata)},
                      {"spec", std::move(spec)},
                      {"status", std::move(status)}};
}

Outcome<void> check_scale(const json::Value& scale) {
  json::View view(scale);
  if (!scale.is_object() || view["kind"].text("Scale") != "Scale" ||
      view["apiVersion"].text("autoscaling/v1") != "autoscaling/v1")
    return bad_request("the body is not an autoscaling/v1 Scale");
  if (auto ok = check_types(kScaleKind, view); !ok) return ok;
  auto replicas = view["spec"]["replicas"].integer_or(0);
  if (replicas >= 0) return {};
  auto why = fmt::format("Invalid value: {}: must be greater than or equal to 0", replicas);
  return invalid(kScaleKind, view["metadata"]["name"].text(), {{"FieldValueInvalid", why, "spec.replicas"}});
}

Outcome<json::Value> Registry::read_scale(const ServedKind& kind, const Key& key) const {
  auto found = read(kind, key);
  if (!found) return std::unexpected(found.error());
  return scale_of(**found);
}

Outcome<json::Value> Registry::commit_scale(const ServedKind& kind, const Key& key, const Stored& before,
                                            const json::Value& scale, const WriteOptions& options) {
  if (auto ok = check_scale(scale); !ok) return std::unexpected(ok.error());
  json::Value after = *before;
  auto sent = json::View(scale)["metadata"];
  auto& metadata = object_at(after, {"metadata"});
  for (auto name : {"resourceVersion", "uid"})
    if (!sent[name].text().empty()) metadata[name] = *sent[name].value();
  object_at(after, {"spec"})["replicas"] = json::View(scale)["spec"]["replicas"].integer_or(0);
  auto stored = commit({kind, key, before, Part::spec, "scale", nullptr, options}, std::move(after));
  if (!stored) return std::unexpected(stored.error());
  return scale_of(**stored);
}

Outcome<json::Value> Registry::replace_scale(const ServedKind& kind, const Key& key, const json::Value& scale,
                                             const WriteOptions& options) {
  auto before = read(kind, key);
  if (!before) return std::unexpected(before.error());
  return commit_scale(kind, key, *before, scale, options);
}

Outcome<json::Value> Registry::apply_scale(const ServedKind& kind, const Key& key, const Stored& before,
                                           const json::Value& scale, const WriteOptions& options) {
  if (auto ok = check_configuration(scale); !ok) return std::unexpected(ok.error());
  if (auto ok = check_scale(scale); !ok) return std::unexpected(ok.error());
  json::Value configuration = workload_of(kind, scale);
  FieldWriter writer{options.manager, true, kubernetes::api_version(kind.kind), "scale"};
  auto after = apply_configuration(*before, configuration, writer, options.force);
  if (!after) return std::unexpected(after.error());
  auto stored = commit({kind, key, before, Part::spec, "scale", &configuration, options}, std::move(*after));
  if (!stored) return std::unexpected(stored.error());
  return scale_of(**stored);
}

Outcome<json::Value> Registry::patch_scale(const ServedKind& kind, const Key& key, PatchKind how,
                                           const json::Value& patch, const WriteOptions& options) {
  auto before = read(kind, key);
  if (!before) return std::unexpected(before.error());
  if (how == PatchKind::apply) return apply_scale(kind, key, *before, patch, options);
  json::Value scale = scale_of(**before);
  if (auto ok = apply_patch(how, scale, patch); !ok) return std::unexpected(ok.error());
  if (auto ok = check_patched(kScaleKind, {}, scale); !ok) return std::unexpected(ok.error());
  return commit_scale(kind, key, *before, scale, options);
}

}  // namespace demo_cluster::world
