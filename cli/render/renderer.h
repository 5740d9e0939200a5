// Events -> what is printed. Pure: it is given events and gives text. Owner: one answer. Text of the server passes
// visible_text here again, whoever has cleaned it before.
#pragma once
#include <memory>
#include <string>

#include "cli/events/event.h"
#include "cli/render/flow.h"

namespace cli::render {

namespace json = foundation::json;

class Renderer {
 public:
  virtual ~Renderer() = default;
  virtual std::string event(const events::Event& event) = 0;
  // After the last event, or after the stream broke off: ends what is half printed.
  virtual std::string end() = 0;
};

// Left out where the program itself shows them, from the approvals route, and asks.
enum class Proposals { told, left_out };

// For people. On a terminal (look.columns) one line tells what is being done and is wiped before anything else.
std::unique_ptr<Renderer> for_people(const Look& look, Proposals proposals = Proposals::told);
// For programs: one JSON line an event, {"event": name, ...data}.
std::unique_ptr<Renderer> for_programs();

// The value with every string of it cleaned.
json::Value visible_value(const json::Value& value);

}  // namespace cli::render
