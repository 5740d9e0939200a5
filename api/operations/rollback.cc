#include "api/operations/rollback.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "api/operations/container_resources.h"
#include "api/operations/guards.h"
#include "api/operations/revisions.h"
#include "api/operations/rollout.h"
#include "api/operations/target.h"
#include "api/operations/template_diff.h"
#include "foundation/redaction/patterns.h"

namespace api::operations {
namespace {

constexpr std::array<std::string_view, 1> kKinds{"Deployment"};
constexpr std::array<std::string_view, 1> kPlanLooksAt{"ReplicaSet"};
constexpr std::array<std::string_view, 2> kGuardLooksAt{"ResourceQuota", "LimitRange"};
constexpr std::array<std::string_view, 4> kForms{
    "roll back [kind] <target>",
    "rollback [kind] <target>",
    "roll back [kind] <target> to revision <revision>",
    "rollback [kind] <target> to revision <revision>",
};
constexpr const char* kTemplatePointer = "/spec/template";
constexpr std::string_view kDirective = "$patch";

json::Value arguments_schema() {
  json::Object properties = target_schema(kKinds);
  properties["revision"] = {{"type", "integer"},
                            {"minimum", 1},
                            {"maximum", kMaxRevision},
                            {"description", "the revision to go back to; left out: the one before the present one"}};
  return json::Object{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", json::Array{"project", "kind", "name"}},
                      {"properties", std::move(properties)}};
}

Result<json::Object> validate(const json::Value& arguments) {
  json::Fields fields(arguments, "$.arguments");
  json::Object out = read_target(fields, kKinds);
  if (auto revision = fields.optional_integer("revision", 1, kMaxRevision)) out["revision"] = *revision;
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return out;
}

// "1, 2 and 5"
std::string numbers_of(const std::vector<Revision>& revisions) {
  std::string out;
  for (std::size_t i = 0; i < revisions.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == revisions.size() ? " and " : ", ", revisions[i].number);
  return out;
}

// Where a rollback begins and where it would end.
struct Way {
  const Revision* from = nullptr;
  const Revision* to = nullptr;
  std::optional<Refusal> refusal{};
};

Refusal no_revision(std::string text) { return {"no_revision", std::move(text)}; }

Way way_of(const ObjectView& object, const std::vector<Revision>& revisions, std::optional<std::int64_t> wanted) {
  const json::Value present = plain_template(object.spec()["template"]);
  std::string name = object.ref().text();
  auto from = std::ranges::find(revisions, present, &Revision::pod_template);
  if (from == revisions.end() || revision_number(object) != from->number)
    return {.refusal = no_revision(fmt::format(
                "The controller of {} has not recorded its present template yet, so there would be no way back. Ask "
                "again in a moment.",
                name))};
  auto others = revisions | std::views::reverse | std::views::filter([&](const Revision& r) { return &r != &*from; });
  if (!wanted && others.empty())
    return {.refusal = no_revision(
                fmt::format("{} has no earlier revision: {} is the only one that is kept.", name, from->number))};
  if (!wanted) return {.from = &*from, .to = &*others.begin()};
  auto to = std::ranges::find(revisions, *wanted, &Revision::number);
  if (to == revisions.end())
    return {.refusal =
                no_revision(fmt::format("{} has no revision {}; it has {}.", name, *wanted, numbers_of(revisions)))};
  return {.from = &*from, .to = &*to};
}

// What a person knows a revision by, beside its ReplicaSet: its image, where there is one and the other has another.
json::Object known_by(const Revision& one, const Revision& other) {
  auto image_of = [](const Revision& revision) {
    json::View containers = json::View(revision.pod_template).path("spec.containers");
    return containers.array().size() == 1 ? containers[0]["image"].text() : std::string_view();
  };
  json::Object out{{"template", one.replica_set}};
  bool tells = !image_of(one).empty() && !image_of(other).empty() && image_of(one) != image_of(other);
  foundation::redaction::Pseudonyms pseudonyms;
  if (tells) out["image"] = foundation::redaction::redact_text(image_of(one), pseudonyms).str();
  return out;
}

std::string diff_of(const Way& way) {
  return fmt::format("- revision: {} ({})\n+ revision: the template of {} ({})\n{}", way.from->number,
                     way.from->replica_set, way.to->number, way.to->replica_set,
                     template_diff(way.from->pod_template, way.to->pod_template));
}

Result<Plan> plan(const json::Object& arguments, const ObjectView& object, const Surroundings& around) {
  auto target = live_target(arguments, object);
  if (!target) return std::unexpected(target.error());
  Plan out;
  out.target = std::move(*target);
  out.risk = Risk::medium;
  out.form = PatchForm::strategic;
  std::vector<Revision> revisions = revisions_of(object, around.replica_sets);
  Way way = way_of(object, revisions, json::View(arguments.if_contains("revision")).integer());
  out.refusal = way.refusal;
  if (out.refusal) return out;
  for (const char* pointer : {kTemplatePointer, kRevisionPointer})
    out.fields_read[pointer] = *object.root().pointer(pointer).value();
  out.before = known_by(*way.from, *way.to);
  out.after = known_by(*way.to, *way.from);
  out.already_so = way.from == way.to;
  if (out.already_so) return out;
  json::Value wanted = way.to->pod_template;
  wanted.as_object()[kDirective] = "replace";
  out.patch = {{"spec", {{"template", std::move(wanted)}}}};
  out.diff = diff_of(way);
  return out;
}

json::Value template_in(const Plan& plan) {
  json::Value wanted = json::View(plan.patch.if_contains("spec"))["template"].object();
  wanted.as_object().erase(kDirective);
  return wanted;
}

std::optional<Refusal> guard(const Plan& plan, const ObjectView& object, const Surroundings& around) {
  if (auto no = refuse_paused_rollout(object)) return no;
  const json::Value wanted = template_in(plan);
  json::View pods = json::View(wanted)["spec"];
  if (auto no = refuse_outside_limit_range(object, pods, {}, kResources, around)) return no;
  return refuse_template_over_quota(object, pods, around);
}

bool applied(const Plan& plan, const ObjectView& object) {
  if (object.uid() != plan.target.uid || !is_observed(object)) return false;
  return plan.already_so || plain_template(object.spec()["template"]) == template_in(plan);
}

bool settled(const Plan& plan, const ObjectView& object) { return applied(plan, object) && is_rolled_out(object); }

// The revision that was left keeps its number; the one that was restored gets the next one.
json::Object undo(const Plan& plan) {
  json::Object arguments = target_arguments(plan.target);
  auto left = revision_number(json::View(plan.fields_read.if_contains(kRevisionPointer)).text());
  if (left) arguments["revision"] = *left;
  return arguments;
}

}  // namespace

constinit const Operation kRollback{
    .name = "rollback",
    .summary = "Take a Deployment's pod template back to the revision before, or to the one given",
    .permission = tenancy::Permission::workloads_rollback,
    .kinds = kKinds,
    .command_forms = kForms,
    .undoable = true,
    .plan_looks_at = kPlanLooksAt,
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
