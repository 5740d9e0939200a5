// One command form of the catalogue against the words of one part of a message. Own of operations; pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/operations/command_reader.h"

namespace api::operations {

// All of `words` must be used. Slots but <target> are counts or quantities within the bounds of the operation's schema.
std::optional<CommandText> match_form(const Operation& operation, std::string_view form,
                                      std::span<const std::string> words);

}  // namespace api::operations
