// The JSON reader and writers: what is read is written so that it reads the same, by every writer and both readers.
#include "foundation/base/unicode.h"
#include "foundation/json/value.h"
#include "tests/fuzz/alike.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace json = foundation::json;

void strict_laws(std::string_view input, const json::Value& value) {
  auto tolerant = json::parse_tolerant(input);
  must(tolerant && alike(*tolerant, value), "what the strict reader takes, the tolerant one reads alike");
  for (const auto& text : {json::to_text(value), json::to_pretty(value)}) {
    auto again = json::parse_strict(text);
    must(again && *again == value, "what is written reads the same", text);
  }
  must(json::is_subset(value, value), "a value is a part of itself");
  auto canonical = json::canonical(value);
  if (!canonical) return;
  auto again = json::parse_strict(*canonical);
  must(again && *again == value, "the canonical text is the value", *canonical);
  must(json::canonical(*again).value() == *canonical, "a canonical text is its own canonical text", *canonical);
}

// Foreign JSON may hold what we never write (1e400, NUL in a name): what we make of it stays as it is from then on.
void tolerant_laws(const json::Value& value) {
  auto text = json::to_text(value);
  must(foundation::is_utf8(text), "what is written is UTF-8", text);
  auto again = json::parse_tolerant(text);
  must(again && alike(value, *again), "what is written reads the same", text);
}

}  // namespace

void json_text(std::string_view input) {
  if (auto value = json::parse_strict(input)) strict_laws(input, *value);
  if (auto value = json::parse_tolerant(input)) tolerant_laws(*value);
}

}  // namespace fuzz
