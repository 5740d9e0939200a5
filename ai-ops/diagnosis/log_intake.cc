#include "ai-ops/diagnosis/log_intake.h"

#include <algorithm>
#include <utility>

#include "ai-ops/diagnosis/log_pattern.h"
#include "foundation/base/unicode.h"

namespace ai_ops::diagnosis {
namespace {

LogLine line_of(std::string_view text, std::size_t number, std::size_t count) {
  LogLine out(foundation::visible_text(text));
  out.number = number;
  out.count = count;
  return out;
}

}  // namespace

void LogIntake::take(std::string_view piece) {
  while (!piece.empty()) {
    std::size_t end = std::min(piece.find('\n'), piece.size());
    add_to_line(piece.substr(0, end));
    if (end < piece.size()) end_line();
    piece.remove_prefix(std::min(end + 1, piece.size()));
  }
}

// Its place in the ring is the oldest line's, which goes.
LogIntake::Kept& LogIntake::open_line() {
  if (std::exchange(is_open_, true)) return last_[(begun_ - 1) % kMaxLogLines];
  if (last_.size() < kMaxLogLines)
    last_.emplace_back();
  else
    let_go(last_[begun_ % kMaxLogLines]);
  Kept& line = last_[begun_ % kMaxLogLines];
  line.text.clear();
  line.number = ++begun_;
  return line;
}

void LogIntake::add_to_line(std::string_view part) {
  std::string& text = open_line().text;
  text += part.substr(0, kMaxLogLineBytes - std::min(kMaxLogLineBytes, text.size()));
}

void LogIntake::end_line() {
  std::string& text = open_line().text;
  if (text.ends_with('\r')) text.pop_back();
  is_open_ = false;
}

void LogIntake::let_go(const Kept& line) {
  LineMeaning says = meaning_of(line.text);
  if (!says.tells_of_failure && !says.reason) return;
  Earlier& earlier = earlier_[pattern_of(line.text)];
  earlier.line = line.text;
  earlier.number = line.number;
  ++earlier.count;
  if (earlier_.size() > kMaxEarlierPatterns) forget_the_oldest();
}

void LogIntake::forget_the_oldest() {
  earlier_.erase(std::ranges::min_element(earlier_, {}, [](const auto& each) { return each.second.number; }));
}

LogExcerpt LogIntake::finish() && {
  LogExcerpt out;
  for (const auto& [pattern, each] : earlier_) out.lines.push_back(line_of(each.line, each.number, each.count));
  std::ranges::sort(out.lines, {}, &LogLine::number);
  out.earlier = out.lines.size();
  std::ranges::sort(last_, {}, &Kept::number);
  while (!last_.empty() && last_.back().text.empty()) last_.pop_back();
  for (const Kept& line : last_) out.lines.push_back(line_of(line.text, line.number, 1));
  return out;
}

LogExcerpt excerpt_of(std::string_view log) {
  LogIntake intake;
  intake.take(log);
  return std::move(intake).finish();
}

}  // namespace ai_ops::diagnosis
