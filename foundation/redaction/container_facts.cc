#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "foundation/base/unicode.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/plain_word.h"
#include "foundation/redaction/typed_fact.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMaxFlagBytes = 64;
constexpr std::size_t kMaxReferenceBytes = 512;  // the path of an annotation with the longest key

// The fields of each kind of reference that an environment variable may hold.
struct Reference {
  std::string_view kind;
  std::array<std::string_view, 3> fields;
};
constexpr std::array<Reference, 4> kReferences{{
    {"secretKeyRef", {"name", "key", "optional"}},
    {"configMapKeyRef", {"name", "key", "optional"}},
    {"fieldRef", {"fieldPath", "", ""}},
    {"resourceFieldRef", {"containerName", "resource", ""}},
}};

// A name or a path, or whether it is optional; nothing else, whoever plays the API server that checks them.
bool is_reference_field(json::View field) {
  if (field && field.value()->is_bool()) return true;
  std::string_view text = field.text();
  return !text.empty() && text.size() <= kMaxReferenceBytes && visible_text(text) == text &&
         text.find_first_of(" \t\n") == std::string_view::npos && !holds_secret(text);
}

json::Object reference_fact(json::View value_from) {
  for (const Reference& reference : kReferences) {
    json::View held = value_from[reference.kind];
    if (!held) continue;
    json::Object fact{{"type", "reference"}, {"kind", reference.kind}};
    for (std::string_view field : reference.fields)
      if (json::View value = held[field]; !field.empty() && is_reference_field(value)) fact[field] = *value.value();
    return fact;
  }
  return {{"type", "opaque"}, {"length", 0}};
}

// "--db-password", "-v": a name that may be shown. One dash and several letters may be a flag with its value in one
// ("-psecret").
bool is_flag(std::string_view argument) {
  std::size_t dashes = argument.starts_with("--") ? 2 : 1;
  if (!argument.starts_with('-') || argument.size() <= dashes || argument.size() > kMaxFlagBytes) return false;
  std::string_view name = argument.substr(dashes);
  if (dashes == 1 && name.size() > 1) return false;
  for (std::size_t at = 0; at <= name.size();) {
    std::size_t end = std::min(name.find_first_of("-_.", at), name.size());
    if (!is_plain_word(name.substr(at, end - at))) return false;
    at = end + 1;
  }
  return !holds_secret(name);
}

// After a flag of one letter nobody can tell what kind of value follows ("-p"), so no word is shown.
json::Object value_fact(std::string_view flag, std::string_view value) {
  json::Object fact = typed_fact(flag, value);
  bool unclear = flag.size() == 2 && fact.at("type") == "word";
  return unclear ? typed_fact("secret", value) : fact;
}

json::Object argument_fact(std::string_view argument, std::string_view last_flag) {
  std::size_t equals = std::min(argument.find('='), argument.size());
  std::string_view flag = argument.substr(0, equals);
  if (equals < argument.size() && is_flag(flag))
    return {{"flag", flag}, {"fact", value_fact(flag, argument.substr(equals + 1))}};
  if (is_flag(argument)) return {{"flag", argument}};
  return {{"fact", value_fact(last_flag, argument)}};
}

}  // namespace

json::Object env_fact(json::View variable) {
  std::string name = visible_text(variable["name"].text());
  if (holds_secret(name)) name = "<secret>";
  if (json::View from = variable["valueFrom"]) return {{"name", name}, {"fact", reference_fact(from)}};
  return {{"name", name}, {"fact", typed_fact(name, variable["value"].text())}};
}

json::Array argument_facts(json::View arguments) {
  json::Array out;
  std::string_view last_flag;
  for (const json::Value& value : arguments.array()) {
    std::string_view argument = json::View(value).text();
    out.push_back(argument_fact(argument, last_flag));
    last_flag = is_flag(argument) ? argument : std::string_view();
  }
  return out;
}

}  // namespace foundation::redaction
