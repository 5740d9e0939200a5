// Reads a whole message as operations on live objects, or as nothing. Anchored: every word must have its place in a
// form, so that a question, a negation or a story about the past is never an operation.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ai-ops/reader/names.h"
#include "ai-ops/reader/reader.h"
#include "ai-ops/reader/words.h"

namespace ai_ops::reader {

inline constexpr std::size_t kMaxOperateBytes = 512;
inline constexpr std::size_t kMaxOperations = 5;  // in one message

struct Wanted {
  std::vector<ObjectRef> targets;
  std::vector<OperationWanted> operations;  // empty when something is missing
  std::string missing;
};

// "restart web?" only asks; "could you restart web?" and "restart web, please?" are requests.
bool only_asks(const Message& message);
// An operation that was only asked about becomes an answer that says how to command it.
Reading commanded(const Message& message, Reading reading);

// None: the message is no operation.
std::optional<Wanted> operations_in(const Message& message, const Names& names, const Snapshot& snapshot);

}  // namespace ai_ops::reader
