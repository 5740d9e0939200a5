#include "api/turns/events.h"

#include <algorithm>

#include "foundation/base/unicode.h"

namespace api::turns {

using foundation::visible_text;
namespace json = foundation::json;

namespace {

template <class Visit>
void each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    std::size_t end = std::min(words.find(' '), words.size());
    visit(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

struct Type {
  std::string_view mark;  // at the end of a member's word in kEvents
  bool (*fits)(const json::Value&);
};
constexpr Type kTypes[] = {
    {"{}", [](const json::Value& value) { return value.is_object(); }},
    {"[]", [](const json::Value& value) { return value.is_array(); }},
    {"#", [](const json::Value& value) { return value.is_int64() && value.get_int64() >= 0; }},
    {"?", [](const json::Value& value) { return value.is_string() || value.is_null(); }},
    {"", [](const json::Value& value) { return value.is_string(); }},  // last: every word ends with it
};

const Type& type_of(std::string_view word) {
  return *std::ranges::find_if(kTypes, [&](const Type& type) { return word.ends_with(type.mark); });
}

// The members of the row that the object has; none when it lacks a required one, or one has another type.
std::optional<json::Object> members_of(const EventRow& row, const json::Object& said) {
  json::Object kept;
  bool fits = true;
  auto take = [&](std::string_view word, bool required) {
    const Type& type = type_of(word);
    std::string_view name = word.substr(0, word.size() - type.mark.size());
    const auto* value = said.if_contains(name);
    fits = fits && (value ? type.fits(*value) : !required);
    if (value) kept[name] = *value;
  };
  each_word(row.required, [&](std::string_view word) { take(word, true); });
  each_word(row.optional, [&](std::string_view word) { take(word, false); });
  if (!fits) return std::nullopt;
  return kept;
}

}  // namespace

const EventRow* find_event(std::string_view name) {
  for (const auto& row : kEvents)
    if (row.name == name) return &row;
  return nullptr;
}

Accepted accept_from_advisor(std::string_view name, std::string_view data) {
  const EventRow* row = find_event(name);
  if (!row) return {.event = {}, .dropped = "unknown"};
  if (row->from != From::advisor) return {.event = {}, .dropped = "forged"};
  auto value = json::parse_strict(data);
  if (!value || !value->is_object()) return {.event = {}, .dropped = "malformed"};
  auto kept = members_of(*row, value->get_object());
  if (!kept) return {.event = {}, .dropped = "malformed"};
  json::Value shown = cleaned(*kept);
  bool changed = shown != json::Value(*kept);
  return {.event = Event{std::string(name), std::move(shown.get_object())}, .dropped = {}, .cleaned = changed};
}

json::Value cleaned(const json::Value& data) {
  if (const auto* text = data.if_string()) return json::Value(visible_text({text->data(), text->size()}));
  if (const auto* array = data.if_array()) {
    json::Array out;
    for (const auto& item : *array) out.push_back(cleaned(item));
    return out;
  }
  if (const auto* object = data.if_object()) {
    json::Object out;
    for (const auto& [name, value] : *object) out[visible_text({name.data(), name.size()})] = cleaned(value);
    return out;
  }
  return data;
}

}  // namespace api::turns
