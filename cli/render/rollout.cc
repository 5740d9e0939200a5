#include "cli/render/rollout.h"

#include <fmt/format.h>

#include <chrono>

namespace cli::render {
namespace {

using namespace std::chrono_literals;
using foundation::Milliseconds;
using foundation::json::View;

constexpr std::string_view kMargin = "   ";
constexpr std::string_view kWipeLine = "\r\x1b[2K";

std::string seconds(Milliseconds time) { return fmt::format("{} s", (time + 999ms) / 1s); }

}  // namespace

std::string rollout_progress(const Look& look, View record, Milliseconds since) {
  if (look.columns == 0) return {};
  auto words = fmt::format("{} is rolling out, {}", one_line(record["target"]["name"].text()), seconds(since));
  Flow flow({.color = look.color, .columns = 0}, std::string(kMargin), "");
  std::string line = flow.add(shortened(words, look.columns - 6) + " …", Ink::dim).end();
  line.pop_back();
  return std::string(kWipeLine) + line;
}

std::string rollout_end(const Look& look, View record, Milliseconds since, bool undoable) {
  Flow flow(look, std::string(kMargin), std::string(kMargin));
  auto readiness = record["readiness"].text();
  if (readiness == "settled") {
    flow.add("ready after " + seconds(since), Ink::good);
  } else if (readiness == "not_settled") {
    flow.add("did not become ready; ask why", Ink::warning);
  } else {
    flow.add(fmt::format("not ready after {}; it goes on, /operations shows it", seconds(since)), Ink::warning);
  }
  if (undoable) flow.add("   undo: /undo", Ink::dim);
  return (look.columns == 0 ? "" : std::string(kWipeLine)) + flow.end();
}

}  // namespace cli::render
