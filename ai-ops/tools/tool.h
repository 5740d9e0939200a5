// A tool: one read that an agent may ask for by name. Tools see Reads only, so none can name a change. Adding one is a
// file and a row of the table (tools.cc).
#pragma once
#include <string>
#include <string_view>

#include "ai-ops/control_plane/control_plane.h"

namespace ai_ops::tools {

namespace async = foundation::async;
namespace json = foundation::json;

// What goes back to the agent, as JSON text; longer logs and lists lose their oldest items, a longer object is refused.
inline constexpr std::size_t kMaxResultBytes = 64 << 10;
inline constexpr std::int64_t kMaxLogLines = 500;
inline constexpr std::int64_t kMaxEvents = 500;

struct Outcome {
  json::Value result;
  std::string summary;  // for the `tool` event: "20 lines"
};

struct Tool {
  std::string_view name;
  std::string_view summary;           // for a model
  json::Value (*arguments_schema)();  // JSON Schema, what a model is offered
  // Code::invalid when the arguments are not exactly the schema's; the error names the member.
  async::Task<Outcome> (*run)(async::Context& ctx, control_plane::Reads& reads, const control_plane::Caller& caller,
                              json::Object arguments);
};

}  // namespace ai_ops::tools
