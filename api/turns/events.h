// The chat events (contracts/events.schema.json): which exist, and who may send which.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/json/value.h"

namespace api::turns {

inline constexpr std::string_view kAdvisorWorkload = "spiffe://hks/ai-ops";

enum class From { advisor, control_plane };

// The members of an event beside seq, turn_id and at, space-separated. A name alone is text; name{} an object, name[]
// an array, name# a whole number from 0, name? text or null. Members that a row does not name are left out.
struct EventRow {
  std::string_view name;
  From from;
  std::string_view required;
  std::string_view optional;
};

// Of the advisor's events exactly what the schema says (events_test.cc reads it). An `error` of the advisor ends the
// forward; the terminal event is still our own, and so is its request_id.
inline constexpr std::array<EventRow, 11> kEvents{{
    {"agent", From::advisor, "name task", ""},
    {"tool", From::advisor, "id name state", "arguments{} duration_ms# summary"},
    {"finding", From::advisor, "id severity object{} title evidence[] causes[]", "fault check operation"},
    {"checked", From::advisor, "version objects# workloads# skipped[]", ""},
    {"delta", From::advisor, "text", ""},
    {"usage", From::advisor, "model? input_tokens# output_tokens# duration_ms#", ""},
    {"error", From::advisor, "code text", ""},
    {"turn", From::control_plane, "", ""},
    {"proposal", From::control_plane, "", ""},
    {"operation", From::control_plane, "", ""},
    {"done", From::control_plane, "", ""},
}};

const EventRow* find_event(std::string_view name);  // null when there is none

struct Event {
  std::string name;
  foundation::json::Object data;  // without seq, turn_id and at
};

// What the advisor's frame becomes: the event with its allowed members, all text cleaned; or why it is dropped.
struct Accepted {
  std::optional<Event> event;
  std::string dropped;   // "" | "forged" | "unknown" | "malformed"
  bool cleaned = false;  // it carried characters that are never shown
};
Accepted accept_from_advisor(std::string_view name, std::string_view data);

// Every string inside, member names too, through visible_text.
foundation::json::Value cleaned(const foundation::json::Value& data);

}  // namespace api::turns
