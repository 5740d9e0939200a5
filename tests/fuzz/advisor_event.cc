// An event that the advisor sends in a user's stream: its name, a line feed, its data. What is taken has a name of the
// advisor's, the members of its row and no others, and only visible text.
#include <string>

#include "api/turns/events.h"
#include "foundation/base/unicode.h"
#include "foundation/json/view.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace turns = api::turns;
namespace json = foundation::json;

void visible(const json::Value& value) {
  if (value.is_string()) {
    std::string_view text = value.get_string();
    must(foundation::visible_text(text) == text, "what is shown is visible", text);
  }
  for (const auto& item : json::View(value).array()) visible(item);
  for (const auto& member : json::View(value).object()) {
    must(foundation::visible_text(member.key()) == member.key(), "what is shown is visible", member.key());
    visible(member.value());
  }
}

bool is_member_of(const turns::EventRow& row, std::string_view name) {
  auto members = std::string(row.required) + " " + std::string(row.optional) + " ";
  for (std::string_view mark : {" ", "# ", "{} ", "[] ", "? "})
    if ((" " + members).contains(" " + std::string(name) + std::string(mark))) return true;
  return false;
}

}  // namespace

void advisor_event(std::string_view input) {
  auto [name, data] = first_line(input);
  auto accepted = turns::accept_from_advisor(name, data);
  must(accepted.event.has_value() == accepted.dropped.empty(), "an event is taken, or dropped for a reason");
  if (!accepted.event) return;
  const auto* row = turns::find_event(accepted.event->name);
  must(row && row->from == turns::From::advisor, "the advisor sends its own events only", name);
  for (const auto& member : accepted.event->data)
    must(is_member_of(*row, member.key()), "no other member", member.key());
  visible(accepted.event->data);
  auto text = json::to_text(accepted.event->data);
  auto again = turns::accept_from_advisor(name, text);
  must(again.event && !again.cleaned && again.event->data == accepted.event->data, "what is taken is taken again",
       text);
}

}  // namespace fuzz
