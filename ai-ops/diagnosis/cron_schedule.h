// A CronJob's schedule, read as its controller reads it: five fields of numbers, names, ranges, steps and lists, or
// "@daily" and its like, or "@every 1h30m". What the controller takes is taken, however odd: such a CronJob runs. Pure.
// Source: github.com/robfig/cron v3, ParseStandard; a day matches by both its fields when one of them is a star, by
// either otherwise.
#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ai_ops::diagnosis {

struct CronSchedule {
  std::uint64_t minutes = 0, hours = 0, days = 0, months = 0, weekdays = 0;  // bits; Sunday is 0
  bool any_day = false, any_weekday = false;                                 // the field is a star
  std::chrono::seconds every{};                                              // not zero: of "@every", and no more
};

// The error says what of it cannot be read.
std::expected<CronSchedule, std::string> read_schedule(std::string_view text);

// The longest time between two runs, whatever the time zone; none when it names no day that ever comes.
std::optional<std::chrono::seconds> longest_gap(const CronSchedule& schedule);

}  // namespace ai_ops::diagnosis
