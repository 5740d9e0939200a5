#include "demo-cluster/world/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "demo-cluster/world/editing.h"
#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes/object.h"
#include "foundation/kubernetes/quantity.h"

namespace demo_cluster::world {
namespace {

using Causes = std::vector<Refusal::Cause>;

struct Checking {
  const ServedKind& kind;
  json::View before;
  json::View after;
  Causes& causes;

  void refuse_value(std::string field, std::string_view value, std::string_view why) {
    causes.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: {}", value, why), std::move(field)});
  }
  void require(std::string field, std::string_view why = "") {
    causes.push_back({"FieldValueRequired", fmt::format("Required value{}{}", why.empty() ? "" : ": ", why), field});
  }
};

std::string_view type_word(const json::Value& value) {
  if (value.is_string()) return "string";
  if (value.is_number()) return "number";
  if (value.is_bool()) return "bool";
  return value.is_array() ? "array" : "object";
}

// The real server decodes into int32 before it validates; its decoder's refusal is a 400.
Outcome<void> decodes_as_int32(const ServedKind& kind, json::View object, std::string_view path) {
  auto member = object.path(path);
  if (member.is_null()) return {};
  auto number = member.integer();
  if (number && *number >= std::numeric_limits<std::int32_t>::min() &&
      *number <= std::numeric_limits<std::int32_t>::max())
    return {};
  std::string what = member.value()->is_number() ? "number " + json::to_text(*member.value())
                                                 : std::string(type_word(*member.value()));
  return bad_request(
      fmt::format("{} in version \"{}\" cannot be handled as a {}: json: cannot unmarshal {} into Go "
                  "struct field {}Spec.{} of type int32",
                  kind.kind.name, kind.kind.version, kind.kind.name, what, kind.kind.name, path));
}

void check_name(Checking& c) {
  auto name = c.after["metadata"]["name"].text();
  if (name.empty()) return c.require("metadata.name", "name or generateName is required");
  if (!kubernetes::is_subdomain(name))
    c.refuse_value("metadata.name", fmt::format("\"{}\"", name),
                   "a lowercase RFC 1123 subdomain must consist of "
                   "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
                   "character");
}

void check_strings(Checking& c, std::string_view member) {
  for (const auto& [name, value] : c.after["metadata"][member].object())
    if (!value.is_string())
      c.refuse_value(fmt::format("metadata.{}", member), json::to_text(value), "must be a string");
}

void check_replicas(Checking& c) {
  auto replicas = c.after["spec"]["replicas"].integer();
  if (replicas && *replicas < 0)
    c.refuse_value("spec.replicas", std::to_string(*replicas), "must be greater than or equal to 0");
}

void check_resources(Checking& c, json::View container, const std::string& path) {
  for (auto list : {"requests", "limits"})
    for (const auto& [name, value] : container["resources"][list].object())
      if (auto quantity = kubernetes::parse_quantity_milli(text_of(json::View(value))); !quantity || *quantity < 0)
        c.refuse_value(fmt::format("{}.resources.{}[{}]", path, list, std::string_view(name)), json::to_text(value),
                       "must be a quantity greater than or equal to 0");
}

void check_pod_spec(Checking& c, json::View spec, const std::string& path) {
  const auto& containers = spec["containers"].array();
  if (containers.empty()) c.require(path + ".containers");
  for (std::size_t i = 0; i < containers.size(); ++i) {
    auto here = fmt::format("{}.containers[{}]", path, i);
    json::View container(containers[i]);
    if (container["name"].text().empty()) c.require(here + ".name");
    if (container["image"].text().empty()) c.require(here + ".image");
    check_resources(c, container, here);
  }
}

void check_workload(Checking& c) {
  check_replicas(c);
  auto spec = c.after["spec"];
  if (!spec["selector"]) {
    c.require("spec.selector");
  } else if (!kubernetes::selector_matches(spec["selector"], spec["template"]["metadata"]["labels"])) {
    c.refuse_value("spec.template.metadata.labels", json::to_text(copy_of(spec["template"]["metadata"]["labels"])),
                   "`selector` does not match template `labels`");
  }
  if (c.before && copy_of(c.before["spec"]["selector"]) != copy_of(spec["selector"]))
    c.refuse_value("spec.selector", json::to_text(copy_of(spec["selector"])), "field is immutable");
  check_pod_spec(c, spec["template"]["spec"], "spec.template.spec");
}

void check_pod(Checking& c) { check_pod_spec(c, c.after["spec"], "spec"); }

void check_service(Checking& c) {
  const auto& ports = c.after["spec"]["ports"].array();
  if (ports.empty() && c.after["spec"]["clusterIP"].text() != "None" &&
      c.after["spec"]["type"].text() != "ExternalName")
    c.require("spec.ports");
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto port = json::View(ports[i])["port"].integer();
    if (!port || *port < 1 || *port > 65'535)
      c.refuse_value(fmt::format("spec.ports[{}].port", i), text_of(json::View(ports[i])["port"]),
                     "must be between 1 and 65535, inclusive");
  }
}

void check_autoscaler(Checking& c) {
  auto spec = c.after["spec"];
  if (spec["scaleTargetRef"]["name"].text().empty()) c.require("spec.scaleTargetRef.name");
  if (spec["maxReplicas"].integer_or(0) < std::max<std::int64_t>(1, spec["minReplicas"].integer_or(1)))
    c.refuse_value("spec.maxReplicas", text_of(spec["maxReplicas"]), "must be greater than or equal to `minReplicas`");
}

struct Row {
  std::string_view kind;
  void (*check)(Checking&);
};

constexpr Row kRows[] = {
    {"Deployment", check_workload},
    {"ReplicaSet", check_workload},
    {"StatefulSet", check_workload},
    {"DaemonSet", check_workload},
    {"Pod", check_pod},
    {"Service", check_service},
    {"HorizontalPodAutoscaler", check_autoscaler},
};

}  // namespace

Outcome<void> check_types(const ServedKind& kind, json::View object) {
  for (auto path : {"spec.replicas", "spec.minReplicas", "spec.maxReplicas"})
    if (auto ok = decodes_as_int32(kind, object, path); !ok) return ok;
  for (auto path : {"spec", "metadata.labels", "metadata.annotations"})
    if (auto member = object.path(path); !member.is_null() && !member.value()->is_object())
      return bad_request(fmt::format("{}: {} is not an object", kind.kind.name, path));
  return {};
}

Outcome<void> check_patched(const ServedKind& kind, json::View before, json::View after) {
  if (auto ok = check_types(kind, after); !ok)
    return refuse(422, "Invalid", fmt::format("\"\" is invalid: patch: Invalid value: {}", ok.error().message));
  auto uid = after["metadata"]["uid"].text();
  if (!before || uid.empty() || uid == before["metadata"]["uid"].text()) return {};
  return invalid(
      kind, before["metadata"]["name"].text(),
      {{"FieldValueInvalid", fmt::format("Invalid value: \"{}\": field is immutable", uid), "metadata.uid"}});
}

Outcome<void> validate(const ServedKind& kind, json::View before, json::View after) {
  Causes causes;
  Checking checking{kind, before, after, causes};
  check_name(checking);
  check_strings(checking, "labels");
  check_strings(checking, "annotations");
  for (const auto& row : kRows)
    if (row.kind == kind.kind.name) row.check(checking);
  if (!causes.empty()) return invalid(kind, after["metadata"]["name"].text(), std::move(causes));
  return {};
}

}  // namespace demo_cluster::world
