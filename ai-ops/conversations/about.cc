#include "ai-ops/conversations/about.h"

#include <algorithm>
#include <array>

#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace ai_ops::conversations {
namespace {

using json::View;
using reader::Became;
using reader::Intent;

constexpr std::array kIntents{Intent::overview, Intent::diagnose, Intent::status, Intent::events,
                              Intent::logs,     Intent::operate,  Intent::help,   Intent::unknown};
constexpr std::array kBecame{Became::executed, Became::waiting, Became::refused, Became::unknown};

// The one whose word it is; the last one of the list stands for words of another version.
template <class All>
auto of_word(const All& all, std::string_view word) {
  auto found = std::ranges::find_if(all, [&](auto one) { return reader::to_string(one) == word; });
  return found == all.end() ? all.back() : *found;
}

json::Array refs_json(const std::vector<ObjectRef>& refs) {
  json::Array out;
  for (const ObjectRef& ref : refs)
    out.push_back(json::Object{{"kind", ref.kind}, {"project", ref.namespace_name}, {"name", ref.name}});
  return out;
}

std::vector<ObjectRef> refs_of(View list) {
  std::vector<ObjectRef> out;
  for (const auto& item : list.array()) {
    View ref(item);
    out.push_back(
        {std::string(ref["kind"].text()), std::string(ref["project"].text()), std::string(ref["name"].text()), {}});
  }
  return out;
}

json::Object done_json(const reader::Done& done) {
  return {{"operation", done.operation},
          {"arguments", done.arguments},
          {"before", done.before},
          {"undoable", done.undoable},
          {"became", reader::to_string(done.became)}};
}

reader::Done done_of(View done) {
  return {.operation = std::string(done["operation"].text()),
          .arguments = done["arguments"].object(),
          .before = done["before"].object(),
          .undoable = done["undoable"].boolean_or(false),
          .became = of_word(kBecame, done["became"].text())};
}

}  // namespace

std::string refs_text(const std::vector<ObjectRef>& refs) { return json::to_text(refs_json(refs)); }

std::vector<ObjectRef> refs_of(const std::string& text) {
  auto value = json::parse_strict(text);
  return value ? refs_of(View(*value)) : std::vector<ObjectRef>();
}

std::string about_text(const Entry& entry) {
  json::Array done;
  for (const auto& one : entry.done) done.push_back(done_json(one));
  return json::to_text(json::Object{{"intent", reader::to_string(entry.intent)},
                                    {"subjects", refs_json(entry.subjects)},
                                    {"mentioned", refs_json(entry.mentioned)},
                                    {"done", std::move(done)}});
}

void read_about(const std::string& text, Entry& into) {
  auto value = json::parse_strict(text);
  if (!value) return;
  View about(*value);
  into.intent = of_word(kIntents, about["intent"].text());
  into.subjects = refs_of(about["subjects"]);
  into.mentioned = refs_of(about["mentioned"]);
  for (const auto& one : about["done"].array()) into.done.push_back(done_of(View(one)));
}

}  // namespace ai_ops::conversations
