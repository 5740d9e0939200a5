// The four quantities of a container that an operation sets, as a table: their names, how they are read, checked and
// written. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace api::operations {

namespace json = foundation::json;

struct ResourceSlot {
  std::string_view name;      // of the argument: "cpu_request"
  std::string_view words;     // "cpu request"
  std::string_view section;   // of resources: "requests"
  std::string_view resource;  // "cpu"
};
inline constexpr std::array<ResourceSlot, 4> kResourceSlots{{
    {"cpu_request", "cpu request", "requests", "cpu"},
    {"cpu_limit", "cpu limit", "limits", "cpu"},
    {"memory_request", "memory request", "requests", "memory"},
    {"memory_limit", "memory limit", "limits", "memory"},
}};
inline constexpr std::array<std::string_view, 2> kResources{"cpu", "memory"};

inline constexpr std::string_view kNoQuantity = "none";  // not set; as an argument: to be taken away
inline constexpr std::size_t kMaxQuantityBytes = 32;
inline constexpr std::int64_t kLeastCpuMilli = 1;
inline constexpr std::int64_t kMostCpuMilli = 1'000'000;
inline constexpr std::int64_t kLeastMemoryBytes = 1 << 20;  // "512m" is half a byte: nobody means that
inline constexpr std::int64_t kMostMemoryBytes = std::int64_t{64} << 40;

// What somebody asks for, in its one normal form ("0.5" -> "500m", "1024Mi" -> "1Gi"); "none" stays. Code::invalid,
// with the reason as cause: no quantity, or out of the bounds above.
foundation::Result<std::string> normal_quantity(std::string_view resource, std::string_view asked);

// Of a live container, in the same form; kNoQuantity when it is not set.
std::string quantity_of(json::View container, const ResourceSlot& slot);

// In thousandths; nothing for kNoQuantity and what does not read.
std::optional<std::int64_t> milli_of(std::string_view quantity);

// A copy of the pod spec in which that container has these quantities, by slot name.
json::Value with_resources(json::View pod_spec, std::string_view container, const json::Object& quantities);

}  // namespace api::operations
