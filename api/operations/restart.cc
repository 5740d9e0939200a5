#include "api/operations/restart.h"

#include <fmt/core.h>

#include <array>
#include <charconv>

#include "api/operations/guards.h"
#include "api/operations/rollout.h"
#include "api/operations/target.h"

namespace api::operations {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"Deployment", "StatefulSet", "DaemonSet"};
constexpr std::array<std::string_view, 2> kForms{"restart [kind] <target>", "rollout restart [kind] <target>"};
constexpr const char* kAnnotationPointer = "/spec/template/metadata/annotations/hexabase.io~1restarts";

json::Value arguments_schema() {
  return json::Object{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", json::Array{"project", "kind", "name"}},
                      {"properties", target_schema(kKinds)}};
}

Result<json::Object> validate(const json::Value& arguments) {
  json::Fields fields(arguments, "$.arguments");
  json::Object target = read_target(fields, kKinds);
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return target;
}

json::View annotation(const ObjectView& object) { return object.root().pointer(kAnnotationPointer); }

// Whatever somebody else wrote there counts as none.
std::int64_t restarts_so_far(const ObjectView& object) {
  std::string_view text = annotation(object).text();
  std::int64_t count = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  bool is_count = error == std::errc() && end == text.data() + text.size() && count >= 0 && count < 1'000'000'000;
  return is_count ? count : 0;
}

Result<Plan> plan(const json::Object& arguments, const ObjectView& object, const Surroundings&) {
  auto target = live_target(arguments, object);
  if (!target) return std::unexpected(target.error());
  std::int64_t before = restarts_so_far(object);
  std::string after = std::to_string(before + 1);
  json::View now = annotation(object);
  Plan out;
  out.target = std::move(*target);
  out.fields_read = {{kAnnotationPointer, now ? *now.value() : json::Value(nullptr)}};
  out.patch = {{"spec", {{"template", {{"metadata", {{"annotations", {{kRestartAnnotation, after}}}}}}}}}};
  out.before = {{"restarts", before}};
  out.after = {{"restarts", before + 1}};
  out.diff = fmt::format("- restarts: {}\n+ restarts: {}\n", before, after);
  out.risk = Risk::low;
  return out;
}

std::optional<Refusal> guard(const Plan&, const ObjectView& object, const Surroundings&) {
  if (auto no = refuse_paused_rollout(object)) return no;
  return refuse_manual_updates(object);
}

bool applied(const Plan& plan, const ObjectView& object) {
  return object.uid() == plan.target.uid &&
         restarts_so_far(object) == json::View(plan.after.if_contains("restarts")).integer_or(-1) &&
         is_observed(object);
}

bool settled(const Plan& plan, const ObjectView& object) { return applied(plan, object) && is_rolled_out(object); }

json::Object undo(const Plan&) { return {}; }

}  // namespace

constinit const Operation kRestart{
    .name = "restart",
    .summary = "Replace all pods of a Deployment, StatefulSet or DaemonSet by its update strategy",
    .permission = tenancy::Permission::workloads_restart,
    .kinds = kKinds,
    .command_forms = kForms,
    .undoable = false,
    .arguments_schema = arguments_schema,
    .validate = validate,
    .plan = plan,
    .guard = guard,
    .applied = applied,
    .settled = settled,
    .undo = undo,
};

}  // namespace api::operations
