// Checking that entries follow from each other. Pure.
#include <fmt/format.h>

#include "api/audit/audit.h"
#include "foundation/json/view.h"

namespace api::audit {
namespace {

namespace json = foundation::json;

// Why `leaf` does not follow `head`; empty when it does. The text must be the one canonical form: another spelling of
// the same members would be another leaf.
std::string why_not_after(const ChainHead& head, const std::string& leaf) {
  auto value = json::parse_strict(leaf, {.bytes = kMaxLeafBytes});
  if (!value) return "not JSON: " + value.error().cause;
  auto canonical = json::canonical(*value);
  if (!canonical || *canonical != leaf) return "not in canonical form";
  json::View entry(*value);
  if (entry["seq"].integer() != head.seq + 1) return fmt::format("seq is not {}", head.seq + 1);
  if (entry["previous"].text() != head.hash) return "does not name the entry before it";
  return {};
}

}  // namespace

std::expected<ChainHead, BadEntry> verify(std::span<const std::string> leaves, const ChainHead& from,
                                          const std::optional<ChainHead>& until) {
  ChainHead head = from;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (auto why = why_not_after(head, leaves[i]); !why.empty()) return std::unexpected(BadEntry{i, std::move(why)});
    head = {head.seq + 1, leaf_hash(leaves[i])};
  }
  if (!until || head == *until) return head;
  if (head.seq < until->seq) return std::unexpected(BadEntry{leaves.size(), "entries are missing at the end"});
  if (leaves.empty()) return std::unexpected(BadEntry{0, "the head is another one"});
  return std::unexpected(BadEntry{leaves.size() - 1, "is not what the head names"});
}

}  // namespace api::audit
