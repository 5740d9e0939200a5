// The advisor's part of the chat events (contracts/events.schema.json) and where they go.
#pragma once
#include <cstdint>
#include <string>

#include "foundation/async/task.h"
#include "foundation/json/value.h"

namespace ai_ops::chat {

namespace async = foundation::async;
namespace json = foundation::json;

class EventWriter {
 public:
  virtual ~EventWriter() = default;
  // `data` is complete: seq, turn_id, at and the event's own members. Returns when the reader has room for more.
  virtual async::Task<void> write(std::int64_t seq, std::string name, json::Object data) = 0;
};

}  // namespace ai_ops::chat
