#include "cli/commands/ids.h"

#include <fmt/format.h>

#include <vector>

namespace cli::commands {
namespace {

constexpr std::string_view kEllipsis = "…";

}  // namespace

foundation::Result<std::string> unique_id(std::string_view what, std::string_view typed, foundation::json::View items,
                                          std::string_view member) {
  using foundation::Code;
  if (typed.ends_with(kEllipsis)) typed.remove_suffix(kEllipsis.size());
  std::vector<std::string> found;
  for (const auto& item : items.array()) {
    auto id = foundation::json::View(item)[member].text();
    if (id.empty() || typed.empty()) continue;
    if (id == typed) return std::string(id);
    if (id.starts_with(typed)) found.emplace_back(id);
  }
  if (found.size() == 1) return found.front();
  auto doing = fmt::format("find {} {}", what, typed);
  if (found.empty()) return foundation::fail(Code::not_found, doing, "none here begins so");
  return foundation::fail(Code::invalid, doing, fmt::format("several begin so: {}", fmt::join(found, ", ")));
}

}  // namespace cli::commands
