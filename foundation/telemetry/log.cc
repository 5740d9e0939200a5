#include "foundation/telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log_line.h"

namespace foundation::telemetry {
namespace {

std::atomic<LogFormat> the_format{LogFormat::text};
std::atomic<LogLevel> the_level{LogLevel::info};

spdlog::logger& sink() {
  static auto& logger = *[] {
    auto made = new spdlog::logger("hks", std::make_shared<spdlog::sinks::stderr_sink_mt>());  // outlives all users
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return logger;
}

// Later fields replace earlier ones of the same name: a JSON line has each member once.
std::vector<Field> joined(const std::shared_ptr<const std::vector<Field>>& base, std::initializer_list<Field> more) {
  auto fields = base ? *base : std::vector<Field>();
  for (const auto& field : more) {
    auto same = std::ranges::find(fields, field.name, &Field::name);
    if (same == fields.end()) {
      fields.push_back(field);
    } else {
      *same = field;
    }
  }
  return fields;
}

}  // namespace

void configure_log(LogFormat format, LogLevel at_least) {
  the_format = format;
  the_level = at_least;
}

Log Log::with(std::initializer_list<Field> fields) const {
  Log child;
  child.fields_ = std::make_shared<const std::vector<Field>>(joined(fields_, fields));
  return child;
}

void Log::debug(std::string_view event, std::initializer_list<Field> fields) const {
  write(LogLevel::debug, event, fields);
}
void Log::info(std::string_view event, std::initializer_list<Field> fields) const {
  write(LogLevel::info, event, fields);
}
void Log::warning(std::string_view event, std::initializer_list<Field> fields) const {
  write(LogLevel::warning, event, fields);
}
void Log::error(std::string_view event, std::initializer_list<Field> fields) const {
  write(LogLevel::error, event, fields);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<Field> fields) const {
  if (level < the_level.load()) return;
  auto all = joined(fields_, fields);
  auto at = SystemClock().wall();
  auto line =
      the_format.load() == LogFormat::json ? json_line(at, level, event, all) : text_line(at, level, event, all);
  sink().log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace foundation::telemetry
