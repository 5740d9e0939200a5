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
// integers that int64 cannot hold, other numbers that a double cannot hold (1e400, 1e-400), invalid UTF-8, lone
// surrogates, NUL in names, a BOM, trailing bytes, and anything over a limit. The error names the byte offset.
Result<Value> parse_strict(std::string_view text, ParseLimits limits = {});

// For foreign JSON (Kubernetes, model servers): duplicates keep the last, 1e400 is infinite; invalid UTF-8, limits and
// trailing bytes still refuse.
Result<Value> parse_tolerant(std::string_view text, ParseLimits limits = {.bytes = 64 << 20, .depth = 64});

// A double keeps its point or exponent (0.9, 1.0, 1e+22); one that is not finite becomes null.
std::string to_text(const Value& value);    // compact
std::string to_pretty(const Value& value);  // two spaces, one member a line, for people and golden files

// RFC 8785 for the subset that we sign: integers within +-(2^53-1), strings, booleans, null, arrays, objects;
// anything else is Code::invalid. Members are sorted by UTF-16 code units.
Result<std::string> canonical(const Value& value);

// True when every member of `part` is in `whole` with an equal value, recursively (arrays: element by element, same
// length).
bool is_subset(const Value& part, const Value& whole);

}  // namespace foundation::json
