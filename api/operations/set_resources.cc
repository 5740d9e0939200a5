#include "api/operations/set_resources.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "api/operations/container_resources.h"
#include "api/operations/guards.h"
#include "api/operations/rollout.h"
#include "api/operations/target.h"
#include "foundation/kubernetes/names.h"

namespace api::operations {
namespace {

constexpr std::size_t kMaxContainerBytes = 63;

constexpr std::array<std::string_view, 3> kKinds{"Deployment", "StatefulSet", "DaemonSet"};
constexpr std::array<std::string_view, 1> kPlanLooksAt{"HorizontalPodAutoscaler"};
constexpr std::array<std::string_view, 2> kGuardLooksAt{"ResourceQuota", "LimitRange"};

// One quantity a command. A container is named in none: where a pod has several, the command waits to be told which.
constexpr std::array<std::string_view, 4> kForms{
    "set cpu request of [kind] <target> to <cpu_request>",
    "set cpu limit of [kind] <target> to <cpu_limit>",
    "set memory request of [kind] <target> to <memory_request>",
    "set memory limit of [kind] <target> to <memory_limit>",
};

json::Value arguments_schema() {
  json::Object properties = target_schema(kKinds);
  properties["container"] = {{"type", "string"},
                             {"maxLength", kMaxContainerBytes},
                             {"description", "the container's name; may be left out where there is only one"}};
  for (const ResourceSlot& slot : kResourceSlots)
    properties[slot.name] = {{"type", "string"},
                             {"format", slot.resource},
                             {"maxLength", kMaxQuantityBytes},
                             {"description", fmt::format("the {}, such as {}; none takes it away", slot.words,
                                                         slot.resource == "cpu" ? "500m" : "512Mi")}};
  return json::Object{{"type", "object"},
                      {"additionalProperties", false},
                      {"required", json::Array{"project", "kind", "name"}},
                      {"minProperties", 4},
                      {"properties", std::move(properties)}};
}

std::string_view text_in(const json::Object& object, std::string_view member) {
  return json::View(object.if_contains(member)).text();
}

const ResourceSlot& slot_of(std::string_view resource, std::string_view section) {
  return *std::ranges::find_if(
      kResourceSlots, [&](const ResourceSlot& slot) { return slot.resource == resource && slot.section == section; });
}

bool is_above(std::string_view request, std::string_view limit) {
  auto asked = milli_of(request), bound = milli_of(limit);
  return asked && bound && *asked > *bound;
}

Result<json::Object> validate(const json::Value& arguments) {
  json::Fields fields(arguments, "$.arguments");
  json::Object out = read_target(fields, kKinds);
  const std::size_t before = out.size();
  auto container = fields.optional_text("container", kMaxContainerBytes);
  if (container && !foundation::kubernetes::is_label(*container)) fields.refuse("container", "not a container's name");
  for (const ResourceSlot& slot : kResourceSlots) {
    auto asked = fields.optional_text(slot.name, kMaxQuantityBytes);
    if (!asked) continue;
    auto quantity = normal_quantity(slot.resource, *asked);
    if (!quantity) fields.refuse(slot.name, quantity.error().cause);
    if (quantity) out[slot.name] = *quantity;
  }
  if (out.size() == before) fields.refuse(kResourceSlots[0].name, "one quantity at least must be said");
  for (std::string_view resource : kResources) {
    const ResourceSlot& request = slot_of(resource, "requests");
    if (is_above(text_in(out, request.name), text_in(out, slot_of(resource, "limits").name)))
      fields.refuse(request.name, "must not be above the limit");
  }
  if (container) out["container"] = *container;
  if (auto done = fields.finish(); !done) return std::unexpected(done.error());
  return out;
}

// A container of the template and where it stands in its list.
struct Place {
  json::View container{};
  std::size_t index = 0;
  std::optional<Refusal> refusal{};
  std::string_view name() const { return container["name"].text(); }
};

Place place_of(const ObjectView& object, std::string_view wanted) {
  const json::Array& containers = object.spec().path("template.spec.containers").array();
  bool is_one = containers.size() == 1 && !json::View(containers[0])["name"].text().empty();
  if (wanted.empty() && is_one) return {.container = {containers[0]}};
  std::string names;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    Place place{.container = {containers[i]}, .index = i};
    if (!wanted.empty() && place.name() == wanted) return place;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", place.name());
  }
  if (wanted.empty())
    return {.refusal = Refusal{"which_container", fmt::format("{} has several containers ({}). Say of which one.",
                                                              object.ref().text(), names)}};
  return {.refusal = Refusal{"no_container",
                             fmt::format("{} has no container {}; it has {}.", object.ref().text(), wanted, names)}};
}

// The request and the limit that would stand together then.
std::optional<Refusal> refuse_above_limit(const ObjectView& object, const Place& place, const json::Object& after) {
  for (std::string_view resource : kResources) {
    const ResourceSlot &request = slot_of(resource, "requests"), &limit = slot_of(resource, "limits");
    auto then = [&](const ResourceSlot& slot) {
      return after.contains(slot.name) ? std::string(text_in(after, slot.name)) : quantity_of(place.container, slot);
    };
    if (!is_above(then(request), then(limit))) continue;
    return Refusal{
        "request_above_limit",
        fmt::format("Of container {} of {} the {} would be {} and the {} only {}. Set both together.", place.name(),
                    object.ref().text(), request.words, then(request), limit.words, then(limit))};
  }
  return std::nullopt;
}

std::string pointer_to(const Place& place, std::string_view below) {
  return fmt::format("/spec/template/spec/containers/{}/{}", place.index, below);
}

json::Value at(const ObjectView& object, const std::string& pointer) {
  json::View held = object.root().pointer(pointer);
  return held ? *held.value() : json::Value(nullptr);
}

// Of a resource that is touched, what stands beside it counts as well: a request is judged by its limit.
json::Object fields_read(const ObjectView& object, const Place& place, const json::Object& after) {
  json::Object out;
  auto read = [&](const std::string& pointer) { out[pointer] = at(object, pointer); };
  read(pointer_to(place, "name"));
  for (const ResourceSlot& slot : kResourceSlots) {
    bool is_touched = std::ranges::any_of(kResourceSlots, [&](const ResourceSlot& other) {
      return other.resource == slot.resource && after.contains(other.name);
    });
    if (is_touched) read(pointer_to(place, fmt::format("resources/{}/{}", slot.section, slot.resource)));
  }
  return out;
}

// The list of containers is merged by name, so that nothing else of it is written.
json::Object patch_of(const Place& place, const json::Object& after) {
  json::Object resources;
  for (const ResourceSlot& slot : kResourceSlots) {
    if (!after.contains(slot.name)) continue;
    if (!resources.contains(slot.section)) resources[slot.section] = json::Object();
    std::string_view asked = text_in(after, slot.name);
    resources[slot.section].as_object()[slot.resource] =
        asked == kNoQuantity ? json::Value(nullptr) : json::Value(asked);
  }
  json::Object container{{"name", place.name()}, {"resources", std::move(resources)}};
  json::Object pod{{"containers", json::Array{std::move(container)}}};
  return {{"spec", {{"template", {{"spec", std::move(pod)}}}}}};
}

// An autoscaler that measures a resource measures it against its request.
std::string measured_by(const ObjectRef& target, const json::Object& after, const Surroundings& around) {
  std::string out;
  for (const json::Value& value : around.autoscalers) {
    ObjectView autoscaler{json::View(value)};
    json::View owned = autoscaler.spec()["scaleTargetRef"];
    if (owned["kind"].text() != target.kind || owned["name"].text() != target.name) continue;
    for (const json::Value& one : autoscaler.spec()["metrics"].array()) {
      json::View metric(one);
      json::View measured = metric[metric["type"].text() == "ContainerResource" ? "containerResource" : "resource"];
      std::string_view resource = measured["name"].text();
      bool is_share = measured["target"]["type"].text() == "Utilization";
      if (is_share && after.contains(fmt::format("{}_request", resource)))
        out += fmt::format("  HorizontalPodAutoscaler/{} scales by {} as a share of this request\n", autoscaler.name(),
                           resource);
    }
  }
  return out;
}

std::string diff_of(const ObjectView& object, const Place& place, const Plan& plan, const Surroundings& around) {
  std::string out;
  if (object.spec().path("template.spec.containers").array().size() > 1)
    out += fmt::format("  container {}\n", place.name());
  for (const ResourceSlot& slot : kResourceSlots) {
    std::string_view was = text_in(plan.before, slot.name), will = text_in(plan.after, slot.name);
    if (was != will) out += fmt::format("- {0}: {1}\n+ {0}: {2}\n", slot.words, was, will);
  }
  return out + measured_by(plan.target, plan.after, around);
}

Result<Plan> plan(const json::Object& arguments, const ObjectView& object, const Surroundings& around) {
  auto target = live_target(arguments, object);
  if (!target) return std::unexpected(target.error());
  Plan out;
  out.target = std::move(*target);
  out.risk = Risk::medium;
  out.form = PatchForm::strategic;
  Place place = place_of(object, text_in(arguments, "container"));
  out.refusal = place.refusal;
  if (out.refusal) return out;
  for (const ResourceSlot& slot : kResourceSlots) {
    if (!arguments.contains(slot.name)) continue;
    out.before[slot.name] = quantity_of(place.container, slot);
    out.after[slot.name] = text_in(arguments, slot.name);
  }
  out.fields_read = fields_read(object, place, out.after);
  out.patch = patch_of(place, out.after);
  out.already_so = out.before == out.after;
  if (out.already_so) return out;
  out.refusal = refuse_above_limit(object, place, out.after);
  out.diff = diff_of(object, place, out, around);
  return out;
}

// The container that the patch names.
std::string_view container_in(const Plan& plan) {
  return json::View(plan.patch.if_contains("spec")).path("template.spec.containers")[0]["name"].text();
}

std::optional<Refusal> guard(const Plan& plan, const ObjectView& object, const Surroundings& around) {
  if (auto no = refuse_paused_rollout(object)) return no;
  if (auto no = refuse_manual_updates(object)) return no;
  std::string_view container = container_in(plan);
  json::Value pods = with_resources(object.spec()["template"]["spec"], container, plan.after);
  std::vector<std::string_view> touched;
  for (std::string_view resource : kResources)
    if (plan.after.contains(fmt::format("{}_request", resource)) ||
        plan.after.contains(fmt::format("{}_limit", resource)))
      touched.push_back(resource);
  if (auto no = refuse_outside_limit_range(object, pods, container, touched, around)) return no;
  return refuse_template_over_quota(object, pods, around);
}

bool applied(const Plan& plan, const ObjectView& object) {
  if (object.uid() != plan.target.uid || !is_observed(object)) return false;
  Place place = place_of(object, container_in(plan));
  return !place.refusal && std::ranges::all_of(kResourceSlots, [&](const ResourceSlot& slot) {
    return !plan.after.contains(slot.name) || quantity_of(place.container, slot) == text_in(plan.after, slot.name);
  });
}

bool settled(const Plan& plan, const ObjectView& object) { return applied(plan, object) && is_rolled_out(object); }

json::Object undo(const Plan& plan) {
  json::Object arguments = target_arguments(plan.target);
  arguments["container"] = container_in(plan);
  for (const auto& [slot, quantity] : plan.before) arguments[slot] = quantity;
  return arguments;
}

}  // namespace

constinit const Operation kSetResources{
    .name = "set-resources",
    .summary = "Set cpu and memory requests and limits of a container of a Deployment, StatefulSet or DaemonSet",
    .permission = tenancy::Permission::workloads_set_resources,
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
