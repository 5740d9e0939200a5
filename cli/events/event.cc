#include "cli/events/event.h"

#include <utility>

#include "foundation/json/view.h"

namespace cli::events {

using foundation::Code;
using foundation::fail;
using foundation::Result;

Result<Event> from_frame(std::string name, std::string_view data) {
  auto value = json::parse_strict(data);
  if (!value) return foundation::fail_with("read event " + name, value.error());
  if (!value->is_object()) return fail(Code::corrupt, "read event " + name, "its data is no object");
  Event event{std::move(name), std::move(value->as_object())};
  event.data.erase("event");  // the frame has named it
  return event;
}

Result<Event> from_line(std::string_view line) {
  auto value = json::parse_strict(line);
  if (!value) return foundation::fail_with("read event", value.error());
  std::string name(json::View(*value)["event"].text());
  if (name.empty()) return fail(Code::corrupt, "read event", "it has no name");
  Event event{std::move(name), std::move(value->as_object())};
  event.data.erase("event");
  return event;
}

std::string to_line(const Event& event) {
  json::Object line{{"event", event.name}};
  for (const auto& [name, value] : event.data)
    if (name != "event") line.emplace(name, value);
  return json::to_text(line);
}

}  // namespace cli::events
