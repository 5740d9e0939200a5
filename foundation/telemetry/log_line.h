// One log line as text, without the line's end. Field values may be hostile: control characters, line breaks and
// malformed UTF-8 never reach the line as they are.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log.h"

namespace foundation::telemetry {

std::string_view to_string(LogLevel level);
// 2026-01-02T03:04:05.006Z info turn_opened turn="..." left_ms=5
std::string text_line(WallTime at, LogLevel level, std::string_view event, std::span<const Field> fields);
// {"time":"...","level":"info","event":"turn_opened","turn":"...","left_ms":5}
std::string json_line(WallTime at, LogLevel level, std::string_view event, std::span<const Field> fields);

}  // namespace foundation::telemetry
