// A chat event as contracts/events.schema.json has it: a name and an object. Readers pass over what they do not know.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace cli::events {

namespace json = foundation::json;

struct Event {
  std::string name;
  json::Object data;  // without "event"
  bool is_terminal() const { return name == "done" || name == "error"; }
};

// Of an SSE frame.
foundation::Result<Event> from_frame(std::string name, std::string_view data);
// Of a JSON line: {"event": name, ...}.
foundation::Result<Event> from_line(std::string_view line);
// {"event": name, ...data}, on one line without its line feed.
std::string to_line(const Event& event);

}  // namespace cli::events
