// Reads a whole message as commands, or as nothing. What it reads may run without approval, so it is narrow on purpose:
// only the anchored forms of the catalogue, a fixed list of courtesies around them, joined by "and", "then", ";" or
// ",". No quotes, no line breaks, no question, no negation, no other word. Everything else is not a command.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/operations/operation.h"
#include "foundation/kubernetes/object.h"

namespace api::operations {

inline constexpr std::size_t kMaxCommandBytes = 512;
inline constexpr std::size_t kMaxCommandsPerMessage = 5;

// A command as the words say it, before the live objects are known.
struct CommandText {
  const Operation* operation = nullptr;
  std::string kind;    // "Deployment"; empty when no kind word was said
  std::string target;  // the name as said, or "project/name"
  json::Object slots;  // {"replicas": 5}, {"cpu_request": "500m"}
};

// Empty: the message is not a command. Pure ASCII text of at most kMaxCommandBytes only: a homoglyph is another word.
std::vector<CommandText> read_commands(std::string_view message);

// A command with every argument known; what a submitted operation must equal.
struct Command {
  const Operation* operation = nullptr;
  json::Object arguments;  // validated form
};

// Fills kind and project from the one object among `visible` that the target names. None when no object or more than
// one does, or when the arguments do not validate.
std::optional<Command> resolve(const CommandText& text, const std::vector<ObjectRef>& visible);

}  // namespace api::operations
