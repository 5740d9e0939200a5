// For tests: what is read in a message, as one line: "scale [Kind:]target 5; restart target". Empty: no command.
#pragma once
#include <fmt/format.h>

#include <string>

#include "api/operations/command_reader.h"

namespace api::operations {

inline std::string reading(std::string_view message) {
  std::string out;
  for (const CommandText& command : read_commands(message)) {
    if (!out.empty()) out += "; ";
    std::string kind = command.kind.empty() ? "" : command.kind + ":";
    out += fmt::format("{} {}{}", command.operation->name, kind, command.target);
    for (const auto& [name, value] : command.slots)
      out += value.is_string() ? fmt::format(" {}={}", std::string_view(name), json::View(value).text())
                               : fmt::format(" {}", value.as_int64());
  }
  return out;
}

}  // namespace api::operations
