#include "foundation/base/clock.h"

#include <fmt/format.h>

#include <charconv>

namespace foundation {
namespace {

// Reads exactly `digits` digits at `at`; -1 when they are not there.
int number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(WallTime at) {
  using namespace std::chrono;
  auto day = floor<days>(at);
  year_month_day date{day};
  hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  auto bad = [&] { return fail(Code::invalid, "parse time", "not RFC 3339"); };
  int y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
  int h = number(text, 11, 2), mi = number(text, 14, 2), s = number(text, 17, 2);
  if (y < 0 || mo < 1 || d < 1 || h < 0 || mi < 0 || s < 0 || h > 23 || mi > 59 || s > 60) return bad();
  if (text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':') return bad();
  year_month_day date{year(y), month(unsigned(mo)), day(unsigned(d))};
  if (!date.ok()) return bad();
  WallTime at = sys_days(date) + hours(h) + minutes(mi) + seconds(s);
  std::size_t i = 19;
  if (i < text.size() && text[i] == '.') {
    int scale = 100;
    std::size_t begin = ++i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
      at += milliseconds((text[i] - '0') * scale);
    if (i == begin || i - begin > 9) return bad();
  }
  std::string_view zone = text.substr(i);
  if (zone == "Z" || zone == "z") return at;
  int zh = number(zone, 1, 2), zm = number(zone, 4, 2);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || zh < 0 || zm < 0 || zh > 23 ||
      zm > 59)
    return bad();
  auto offset = hours(zh) + minutes(zm);
  return zone[0] == '+' ? at - offset : at + offset;
}

}  // namespace foundation
