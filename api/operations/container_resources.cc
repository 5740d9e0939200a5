#include "api/operations/container_resources.h"

#include <fmt/core.h>

#include "foundation/kubernetes/quantity.h"

namespace api::operations {

using foundation::Code;
using foundation::Result;
using foundation::kubernetes::cpu_text;
using foundation::kubernetes::memory_text;
using foundation::kubernetes::parse_quantity_milli;

namespace {

constexpr std::int64_t kMilli = 1000;

// A memory of a fraction of a byte is rounded up, as Kubernetes does.
std::string text_of(std::string_view resource, std::int64_t milli) {
  return resource == "cpu" ? cpu_text(milli) : memory_text((milli + kMilli - 1) / kMilli);
}

// A hand-written manifest may have a number in the place of a text.
std::string raw_text(json::View quantity) {
  if (auto count = quantity.integer()) return std::to_string(*count);
  return std::string(quantity.text());
}

// The member as an object, made where it is none.
json::Object& object_in(json::Object& parent, std::string_view member) {
  json::Value& value = parent[member];
  if (!value.is_object()) value = json::Object();
  return value.get_object();
}

}  // namespace

Result<std::string> normal_quantity(std::string_view resource, std::string_view asked) {
  if (asked == kNoQuantity) return std::string(kNoQuantity);
  auto milli = parse_quantity_milli(asked);
  if (!milli) return foundation::fail(Code::invalid, "read a quantity", "must be a quantity such as 500m or 512Mi");
  bool is_cpu = resource == "cpu";
  std::int64_t least = is_cpu ? kLeastCpuMilli : kLeastMemoryBytes * kMilli;
  std::int64_t most = is_cpu ? kMostCpuMilli : kMostMemoryBytes * kMilli;
  if (*milli >= least && *milli <= most) return text_of(resource, *milli);
  bool is_small = !is_cpu && asked.ends_with('m');
  return foundation::fail(Code::invalid, "read a quantity",
                          fmt::format("must be {} to {}{}", text_of(resource, least), text_of(resource, most),
                                      is_small ? "; an m is a thousandth of a byte, Mi is meant" : ""));
}

std::string quantity_of(json::View container, const ResourceSlot& slot) {
  json::View held = container["resources"][slot.section][slot.resource];
  if (held.is_null()) return std::string(kNoQuantity);
  std::string raw = raw_text(held);
  auto milli = parse_quantity_milli(raw);
  return milli && *milli >= 0 ? text_of(slot.resource, *milli) : raw;
}

std::optional<std::int64_t> milli_of(std::string_view quantity) {
  auto milli = parse_quantity_milli(quantity);
  return milli ? std::optional(*milli) : std::nullopt;
}

json::Value with_resources(json::View pod_spec, std::string_view container, const json::Object& quantities) {
  json::Value copy = pod_spec.value() != nullptr ? *pod_spec.value() : json::Value(json::Object());
  if (json::View(copy)["containers"].array().empty()) return copy;
  for (json::Value& one : copy.at("containers").as_array()) {
    if (json::View(one)["name"].text() != container) continue;
    json::Object& resources = object_in(one.as_object(), "resources");
    for (const ResourceSlot& slot : kResourceSlots) {
      const json::Value* asked = quantities.if_contains(slot.name);
      if (asked == nullptr) continue;
      json::Object& section = object_in(resources, slot.section);
      if (json::View(asked).text() == kNoQuantity)
        section.erase(slot.resource);
      else
        section[slot.resource] = *asked;
    }
  }
  return copy;
}

}  // namespace api::operations
