// JSON values. The rest of the house says foundation::json::Value; only this folder names Boost.JSON.
#pragma once
#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

struct ParseLimits {
  std::size_t bytes = 1 << 20;
  std::size_t depth = 32;
};

// For input of our own contracts (requests, tokens, configuration): refuses duplicate members (escaped-equal too),
// numbers that are not finite or that a double or 64-bit integer cannot hold, invalid UTF-8, lone surrogates, NUL in
// names, a BOM, trailing bytes, and anything over a limit. The error names the byte offset.
Result<Value> parse_strict(std::string_view text, ParseLimits limits = {});

// For foreign JSON (Kubernetes, model servers): duplicates keep the last; limits and trailing bytes still refuse.
Result<Value> parse_tolerant(std::string_view text, ParseLimits limits = {.bytes = 64 << 20, .depth = 64});

std::string to_text(const Value& value);    // compact
std::string to_pretty(const Value& value);  // two spaces, one member a line, for people and golden files

// RFC 8785 for the subset that we sign: integers within +-(2^53-1), strings, booleans, null, arrays, objects;
// anything else is Code::invalid. Members are sorted by UTF-16 code units.
Result<std::string> canonical(const Value& value);

// True when every member of `part` is in `whole` with an equal value, recursively (arrays: element by element, same
// length).
bool is_subset(const Value& part, const Value& whole);

}  // namespace foundation::json
