#include "ai-ops/diagnosis/cron_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "foundation/base/ascii.h"

namespace ai_ops::diagnosis {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

struct Field {
  std::string_view name;
  int low, high;
  std::string_view words;  // three letters each, from `low` on
};
constexpr Field kMinute{"minute", 0, 59, ""}, kHour{"hour", 0, 23, ""}, kDay{"day", 1, 31, ""},
    kMonth{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"}, kWeekday{"weekday", 0, 6, "sunmontuewedthufrisat"};

struct Named {
  std::string_view name, schedule;
};
constexpr Named kNamed[] = {{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
                            {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
                            {"@hourly", "0 * * * *"}};

constexpr std::string_view kSpace = " \t\n\v\f\r";
constexpr std::uint64_t kStar = std::uint64_t{1} << 63;  // among the bits of a field: no value of any is so large

std::vector<std::string_view> split(std::string_view text, std::string_view marks) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find_first_of(marks, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text, std::string_view marks) {
  auto out = split(text, marks);
  std::erase(out, std::string_view());
  return out;
}

// What is too large for any field is as good as the largest int.
std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return static_cast<int>(std::min<std::int64_t>(value, std::numeric_limits<int>::max()));
}

std::optional<int> number_or_word(std::string_view text, const Field& field) {
  if (auto value = number(text)) return value;
  std::string lowered = foundation::lowered(text);
  std::size_t at = lowered.size() == 3 ? field.words.find(lowered) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return field.low + static_cast<int>(at / 3);
}

// "1-5", "*/15", "mon", "3/2"; none when it is no range of the field. A step makes it no star any more: "*/2" is every
// second day, whatever the weekday.
std::optional<std::uint64_t> bits_of(std::string_view part, const Field& field) {
  auto steps = split(part, "/");
  auto ends = split(steps[0], "-");
  bool is_star = ends[0] == "*" || ends[0] == "?";
  if (steps.size() > 2 || (ends.size() > 2 && !is_star)) return std::nullopt;
  auto first = is_star ? field.low : number_or_word(ends[0], field);
  auto last = is_star || (steps.size() == 2 && ends.size() == 1) ? field.high : number_or_word(ends.back(), field);
  auto step = steps.size() == 2 ? number(steps[1]) : 1;
  if (!first || !last || !step || *step < 1 || *first < field.low || *last > field.high || *first > *last)
    return std::nullopt;
  std::uint64_t bits = is_star && *step == 1 ? kStar : 0;
  int stride = std::min(*step, field.high - field.low + 1);  // one that leaves the field leaves it as well
  for (int at = *first; at <= *last; at += stride) bits |= std::uint64_t{1} << at;
  return bits;
}

// Empty, or why the field cannot be read. Commas that separate nothing are passed over.
std::string read_field(std::string_view text, const Field& field, std::uint64_t& bits) {
  for (std::string_view part : words_of(text, ",")) {
    auto some = bits_of(part, field);
    if (!some) return fmt::format("\"{}\" is no {} ({} to {})", text, field.name, field.low, field.high);
    bits |= *some;
  }
  return {};
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr Unit kUnits[] = {{"h", 3600e9}, {"m", 60e9},      {"s", 1e9},       {"ms", 1e6},
                           {"us", 1e3},   {"\u00b5s", 1e3}, {"\u03bcs", 1e3}, {"ns", 1}};

// A time of "@every" as Go reads it: "1h30m", "1.5h"; and as cron takes it: in whole seconds, one at least.
std::optional<seconds> duration(std::string_view text) {
  constexpr double kMostNanoseconds = 0x1p63;            // Go refuses what it cannot hold
  constexpr seconds kLongest = std::chrono::years(100);  // no cluster sees the end of it
  bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return seconds(1);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    constexpr std::string_view kNumber = ".0123456789";
    double value = 0;
    if (!kNumber.contains(text[0])) return std::nullopt;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::string_view name = text.substr(0, text.find_first_of(kNumber));
    const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
    if (unit == std::end(kUnits)) return std::nullopt;
    text.remove_prefix(name.size());
    total += value * unit->nanoseconds;
    if (total >= kMostNanoseconds) return std::nullopt;
  }
  if (is_negative) return seconds(1);
  auto whole = std::chrono::floor<seconds>(std::chrono::nanoseconds(std::llround(total)));
  return std::clamp(whole, seconds(1), kLongest);
}

// Schedules that were made before the API server refused it may begin with a time zone, and run.
std::string_view without_time_zone(std::string_view text) {
  if (!text.starts_with("TZ=") && !text.starts_with("CRON_TZ=")) return text;
  std::size_t begin = text.find_first_not_of(kSpace, std::min(text.find(' '), text.size()));
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

bool runs_on(const CronSchedule& schedule, std::chrono::sys_days day) {
  std::chrono::year_month_day date(day);
  auto has = [](std::uint64_t bits, unsigned at) { return (bits >> at & 1) != 0; };
  bool by_day = has(schedule.days, unsigned(date.day()));
  bool by_weekday = has(schedule.weekdays, std::chrono::weekday(day).c_encoding());
  bool day_fits = schedule.any_day || schedule.any_weekday ? by_day && by_weekday : by_day || by_weekday;
  return has(schedule.months, unsigned(date.month())) && day_fits;
}

struct OfADay {
  minutes first, last, widest;  // of its runs, and between two of them
};

OfADay runs_of_a_day(const CronSchedule& schedule) {
  std::optional<minutes> first;
  minutes last{}, widest{};
  for (int at = 0; at < 24 * 60; ++at) {
    if ((schedule.hours >> (at / 60) & 1) == 0 || (schedule.minutes >> (at % 60) & 1) == 0) continue;
    if (first) widest = std::max(widest, minutes(at) - last);
    last = minutes(at);
    if (!first) first = last;
  }
  return {first.value_or(minutes(0)), last, widest};
}

}  // namespace

std::expected<CronSchedule, std::string> read_schedule(std::string_view text) {
  CronSchedule out;
  text = without_time_zone(text);
  constexpr std::string_view kEvery = "@every ";
  if (text.starts_with(kEvery)) {
    auto every = duration(text.substr(kEvery.size()));
    if (!every) return std::unexpected("its @every names no duration");
    out.every = *every;
    return out;
  }
  if (text.starts_with('@')) {
    const auto* known = std::ranges::find(kNamed, text, &Named::name);
    if (known == std::end(kNamed)) return std::unexpected(fmt::format("\"{}\" is none of its words", text));
    text = known->schedule;
  }
  auto fields = words_of(text, kSpace);
  if (fields.size() != 5) return std::unexpected(fmt::format("it has {} fields, not 5", fields.size()));
  std::array<std::pair<const Field*, std::uint64_t*>, 5> into{{{&kMinute, &out.minutes},
                                                               {&kHour, &out.hours},
                                                               {&kDay, &out.days},
                                                               {&kMonth, &out.months},
                                                               {&kWeekday, &out.weekdays}}};
  for (std::size_t i = 0; i < into.size(); ++i)
    if (std::string why = read_field(fields[i], *into[i].first, *into[i].second); !why.empty())
      return std::unexpected(why);
  out.any_day = (out.days & kStar) != 0;
  out.any_weekday = (out.weekdays & kStar) != 0;
  for (const auto& [field, bits] : into) *bits &= ~kStar;
  return out;
}

std::optional<seconds> longest_gap(const CronSchedule& schedule) {
  using namespace std::chrono_literals;
  if (schedule.every > 0s) return schedule.every;
  if (schedule.minutes == 0 || schedule.hours == 0) return std::nullopt;
  constexpr std::chrono::sys_days kFrom = 2020y / 1 / 1;
  constexpr days kLong{9 * 366};  // twice from one 29 February to the next
  OfADay runs = runs_of_a_day(schedule);
  constexpr std::uint64_t kEveryMonth = 0b1'1111'1111'1110;
  bool is_daily = schedule.any_day && schedule.any_weekday && schedule.months == kEveryMonth;
  std::optional<std::chrono::sys_days> before;
  days apart{};
  for (std::chrono::sys_days day = kFrom; day < kFrom + (is_daily ? days(2) : kLong); day += days(1)) {
    if (!runs_on(schedule, day)) continue;
    if (before) apart = std::max(apart, day - *before);
    before = day;
  }
  if (!before) return std::nullopt;
  return std::max<seconds>(runs.widest, apart - (runs.last - runs.first));
}

}  // namespace ai_ops::diagnosis
