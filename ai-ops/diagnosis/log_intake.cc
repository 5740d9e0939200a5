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
  if (is_open_) return last_[(kept_ - 1) % kMaxLogLines];
  if (kept_ >= kMaxLogLines)
    let_go(last_[kept_ % kMaxLogLines]);
  else if (last_.size() == kept_)
    last_.emplace_back();
  Kept& line = last_[kept_++ % kMaxLogLines];
  line.text.clear();
  line.number = ++begun_;
  is_open_ = true;
  return line;
}

void LogIntake::add_to_line(std::string_view part) {
  if (part.empty()) return;
  std::string& text = open_line().text;
  text += part.substr(0, kMaxLogLineBytes - std::min(kMaxLogLineBytes, text.size()));
}

// A blank line is counted and takes no place.
void LogIntake::end_line() {
  if (!std::exchange(is_open_, false)) {
    ++begun_;
    return;
  }
  std::string& text = last_[(kept_ - 1) % kMaxLogLines].text;
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) --kept_;
}

void LogIntake::let_go(const Kept& line) {
  LineMeaning says = meaning_of(line.text);
  if (!says.tells_of_failure && !says.reason) return;
  Earlier& earlier = earlier_[pattern_of(line.text)];
  earlier.line = line.text;
  earlier.number = line.number;
  ++earlier.count;
  if (earlier_.size() > 2 * kMaxEarlierPatterns) forget_old_ones();
}

// Many at a time, so that a log of nothing but patterns costs no more than another.
void LogIntake::forget_old_ones() {
  if (earlier_.size() <= kMaxEarlierPatterns) return;
  std::vector<std::size_t> numbers;
  for (const auto& [pattern, each] : earlier_) numbers.push_back(each.number);
  auto first_kept = numbers.end() - static_cast<std::ptrdiff_t>(kMaxEarlierPatterns);
  std::ranges::nth_element(numbers, first_kept);
  std::erase_if(earlier_, [oldest = *first_kept](const auto& each) { return each.second.number < oldest; });
}

LogExcerpt LogIntake::finish() && {
  LogExcerpt out;
  forget_old_ones();
  for (const auto& [pattern, each] : earlier_) out.lines.push_back(line_of(each.line, each.number, each.count));
  std::ranges::sort(out.lines, {}, &LogLine::number);
  out.earlier = out.lines.size();
  std::ranges::sort(last_, {}, &Kept::number);
  for (const Kept& line : last_)
    if (!line.text.empty()) out.lines.push_back(line_of(line.text, line.number, 1));
  return out;
}

LogExcerpt excerpt_of(std::string_view log) {
  LogIntake intake;
  intake.take(log);
  return std::move(intake).finish();
}

}  // namespace ai_ops::diagnosis
