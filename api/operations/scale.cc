#include "api/operations/scale.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "api/operations/guards.h"
#include "api/operations/target.h"

namespace api::operations {
namespace {

using foundation::Code;

constexpr std::int64_t kDefaultReplicas = 1;  // what Kubernetes takes for an absent spec.replicas

constexpr std::array<std::string_view, 2> kKinds{"Deployment", "StatefulSet"};
constexpr std::array<std::string_view, 3> kGuardLooksAt{"HorizontalPodAutoscaler", "PodDisruptionBudget",
                                                        "ResourceQuota"};

// Not "up to" and "down to": they also say what the user believes the count to be now (and "up to 5" may mean at most
// 5), which nobody would check.
constexpr std::array<std::string_view, 4> kForms{
    "scale [kind] <target> to <replicas> [replicas]",
    "scale [kind] <target> to <replicas> replica",
    "set [kind] <target> to <replicas> replicas",
    "set [kind] <target> to <replicas> replica",
};

json::Value arguments_schema() {
  json::Object properties = target_schema(kKinds);
  properties["replicas"] = {{"type", "integer"},
                            {"minimum", 0},
                            {"maximum", kMaxReplicas},
                            {"description", "how many replicas are wanted; 0 stops the workload"}};
  return json::Object{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", json::Array{"project", "kind", "name", "replicas"}},
                      {"properties", std::move(properties)}};
}

Result<json::Object> validate(const json::Value& arguments) {
  json::Fields fields(arguments, "$.arguments");
  json::Object out = read_target(fields, kKinds);
  out["replicas"] = fields.integer("replicas", 0, kMaxReplicas);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return out;
}

// Nothing when the field is there and is not a count.
std::optional<std::int64_t> wanted_replicas(const ObjectView& object) {
  json::View replicas = object.spec()["replicas"];
  if (replicas.is_null()) return kDefaultReplicas;
  auto count = replicas.integer();
  return count && *count >= 0 ? count : std::nullopt;
}

std::int64_t replicas_in(const json::Object& fields) {
  const json::Value* replicas = fields.if_contains("replicas");
  return json::View(replicas).integer_or(-1);
}

Result<Plan> plan(const json::Object& arguments, const ObjectView& object, const Surroundings&) {
  auto target = live_target(arguments, object);
  if (!target) return std::unexpected(target.error());
  auto now = wanted_replicas(object);
  if (!now)
    return foundation::fail(Code::corrupt, "plan a change of " + target->text(), "spec.replicas is not a count");
  std::int64_t wanted = replicas_in(arguments);

  Plan out;
  out.target = std::move(*target);
  out.subresource = "scale";
  out.fields_read = {{"/spec/replicas", *now}};
  out.patch = {{"spec", {{"replicas", wanted}}}};
  out.before = {{"replicas", *now}};
  out.after = {{"replicas", wanted}};
  out.risk = wanted == 0 ? Risk::high : Risk::low;
  out.already_so = wanted == *now;
  if (!out.already_so) out.diff = fmt::format("- replicas: {}\n+ replicas: {}\n", *now, wanted);
  return out;
}

std::optional<Refusal> guard(const Plan& plan, const ObjectView& object, const Surroundings& around) {
  ReplicaChange change{.from = replicas_in(plan.before), .to = replicas_in(plan.after)};
  if (auto no = refuse_autoscaled(plan.target, around)) return no;
  if (auto no = refuse_paused_rollout(object)) return no;
  if (auto no = refuse_over_quota(object, change, around)) return no;
  return refuse_below_disruption_budget(object, change, around);
}

bool applied(const Plan& plan, const ObjectView& object) {
  return object.uid() == plan.target.uid && wanted_replicas(object) == replicas_in(plan.after) &&
         object.status()["observedGeneration"].integer_or(0) >= object.generation();
}

bool settled(const Plan& plan, const ObjectView& object) {
  static constexpr std::array<std::string_view, 4> kCounts{"replicas", "readyReplicas", "updatedReplicas",
                                                           "availableReplicas"};
  std::int64_t wanted = replicas_in(plan.after);
  return applied(plan, object) && std::ranges::all_of(kCounts, [&](std::string_view count) {
           return object.status()[count].integer_or(0) == wanted;
         });
}

json::Object undo(const Plan& plan) {
  json::Object arguments = target_arguments(plan.target);
  arguments["replicas"] = replicas_in(plan.before);
  return arguments;
}

}  // namespace

constinit const Operation kScale{
    .name = "scale",
    .summary = "Set the number of replicas of a Deployment or StatefulSet",
    .permission = tenancy::Permission::workloads_scale,
    .kinds = kKinds,
    .command_forms = kForms,
    .undoable = true,
    .guard_looks_at = kGuardLooksAt,
    .arguments_schema = arguments_schema,
    .validate = validate,
    .plan = plan,
    .guard = guard,
    .applied = applied,
    .settled = settled,
    .undo = undo,
};

}  // namespace api::operations
