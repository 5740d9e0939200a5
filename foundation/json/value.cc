#include "foundation/json/value.h"

#include <fmt/format.h>

#include <algorithm>

#include "foundation/json/pool.h"
#include "foundation/json/refusal.h"

namespace foundation::json {

std::unexpected<Error> over_bytes(std::size_t limit) {
  return fail(Code::too_large, "read JSON", fmt::format("more than {} bytes", limit));
}

std::unexpected<Error> refused_at(std::size_t offset, std::string why) {
  return fail(Code::invalid, "read JSON", fmt::format("{} at byte {}", why, offset));
}

std::unexpected<Error> refused_at(std::size_t offset, boost::json::error_code why) {
  return refused_at(offset, why.message());
}

namespace {

Result<Value> parse_into(boost::json::storage_ptr storage, std::string_view text, ParseLimits limits) {
  if (text.size() > limits.bytes) return over_bytes(limits.bytes);
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::stream_parser parser({}, options);
  parser.reset(std::move(storage));
  boost::json::error_code ec;
  std::size_t read = parser.write_some(text.data(), text.size(), ec);
  if (!ec && read < text.size()) return refused_at(read, boost::json::error::extra_data);
  if (!ec) parser.finish(ec);
  if (ec) return refused_at(read, ec);
  return parser.release();
}

}  // namespace

Result<Value> parse_tolerant(std::string_view text, ParseLimits limits) { return parse_into({}, text, limits); }

Result<Value> parse_tolerant(std::string_view text, ParseLimits limits, Pool& pool) {
  return parse_into(&pool, text, limits);
}

bool is_subset(const Value& part, const Value& whole) {
  if (part.is_object() && whole.is_object()) {
    return std::ranges::all_of(part.get_object(), [&](const auto& member) {
      const Value* other = whole.get_object().if_contains(member.key());
      return other && is_subset(member.value(), *other);
    });
  }
  if (part.is_array() && whole.is_array()) return std::ranges::equal(part.get_array(), whole.get_array(), is_subset);
  return part == whole;
}

}  // namespace foundation::json
