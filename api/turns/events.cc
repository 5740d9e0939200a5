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
  bool complete = true;
  each_word(row->required, [&](std::string_view member) {
    const auto* found = value->get_object().if_contains(member);
    complete = complete && found && found->is_string();
  });
  if (!complete) return {.event = {}, .dropped = "malformed"};
  json::Object kept;
  each_word(row->allowed, [&](std::string_view member) {
    if (const auto* found = value->get_object().if_contains(member)) kept[member] = *found;
  });
  json::Value shown = cleaned(kept);
  bool changed = shown != json::Value(kept);
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
