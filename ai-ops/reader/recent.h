// What the last turns of a conversation were about, so that "and cart?", "the other one", "its logs" and "undo that"
// can be read. References only: what is there now is the snapshot's to say.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/reader/reader.h"

namespace ai_ops::reader {

// What the control plane answered to an operation. waiting: as a proposal; whether it still does is not known here.
// unknown: no answer came, or one that cannot tell.
enum class Became { executed, waiting, refused, unknown };
std::string_view to_string(Became became);

struct Done {
  std::string operation;  // "scale"
  foundation::json::Object arguments = {};
  foundation::json::Object before = {};  // of the control plane's reply: {"replicas": 3}
  bool undoable = false;
  Became became = Became::executed;
};

ObjectRef target_of(const foundation::json::Object& arguments);  // of an operation

struct Recent {
  Intent intent = Intent::unknown;   // of the last turn that was understood
  std::vector<ObjectRef> subjects;   // what it was about
  std::vector<Done> asked;           // the operations that it asked for
  std::vector<ObjectRef> mentioned;  // what was named besides, in that turn or the last one that named any; in order
  std::optional<Done> last_done;     // the last operation of the conversation that was not refused
};

inline constexpr std::size_t kMaxFollowUpBytes = 200;  // a longer message stands for itself

// Reads the message as a follow-up of what was recent. None: it stands for itself. A reference that no longer exists,
// or that two could be meant by, is a reading with `missing`.
std::optional<Reading> read_follow_up(std::string_view message, const Recent& recent,
                                      const foundation::kubernetes::Snapshot& snapshot);

}  // namespace ai_ops::reader
