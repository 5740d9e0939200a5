#include "cli/render/moments.h"

#include <fmt/format.h>

#include <chrono>

namespace cli::render {
namespace {

using namespace std::chrono_literals;

// Of more than a second.
std::string duration_words(foundation::Milliseconds time) {
  if (time < 1min) return fmt::format("{} s", time / 1s);
  if (time < 1h) return fmt::format("{} min", time / 1min);
  if (time < 48h) return fmt::format("{} h", time / 1h);
  return fmt::format("{} days", time / 24h);
}

}  // namespace

std::string absolute_moment(std::string_view at) {
  if (at.size() < 19) return one_line(at);
  return one_line(fmt::format("{} {} UTC", at.substr(0, 10), at.substr(11, 8)));
}

std::string moment(const Look& look, std::string_view at, foundation::WallTime now) {
  auto time = foundation::parse_rfc3339(at);
  if (look.columns == 0 || !time) return absolute_moment(at);
  if (*time > now + 1s) return "in " + duration_words(*time - now);
  return *time > now - 1s ? "now" : duration_words(now - *time) + " ago";
}

}  // namespace cli::render
