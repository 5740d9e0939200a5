#include "foundation/telemetry/log_line.h"

#include <fmt/format.h>

#include "foundation/base/unicode.h"

namespace foundation::telemetry {
namespace {

// A JSON string literal. visible_text leaves only tab and line feed of the control characters.
std::string quoted(std::string_view raw) {
  std::string out = "\"";
  for (char c : visible_text(raw)) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  return out += '"';
}

std::string value_of(const Field& field) { return field.quoted ? quoted(field.value) : field.value; }

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

std::string text_line(WallTime at, LogLevel level, std::string_view event, std::span<const Field> fields) {
  auto line = fmt::format("{} {} {}", to_rfc3339(at), to_string(level), event);
  for (const auto& field : fields) line += fmt::format(" {}={}", field.name, value_of(field));
  return line;
}

std::string json_line(WallTime at, LogLevel level, std::string_view event, std::span<const Field> fields) {
  auto line = fmt::format(R"({{"time":"{}","level":"{}","event":{})", to_rfc3339(at), to_string(level), quoted(event));
  for (const auto& field : fields) line += fmt::format(",{}:{}", quoted(field.name), value_of(field));
  return line += '}';
}

}  // namespace foundation::telemetry
