// Never a crash: a text whose reader throws is left out, and nothing else is.
#pragma once
#include <fmt/format.h>

#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace ai_ops::bundle {

// Runs the reader of one text; why it did not read, when it throws.
inline std::optional<std::string> failure_of(const std::function<void()>& read) {
  try {
    read();
  } catch (const std::exception& error) {
    return fmt::format("its reader failed: {}", error.what());
  }
  return std::nullopt;
}

}  // namespace ai_ops::bundle
