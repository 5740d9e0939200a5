// Takes a container's log as it comes and keeps what the engine can use. What it holds does not grow with the log: the
// last lines, and of those before them one of each pattern that tells of a failure. One pass; any bytes. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ai-ops/diagnosis/log_excerpt.h"

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxLogLines = 2000;        // the last ones that are not blank
inline constexpr std::size_t kMaxLogLineBytes = 4096;    // of a line, the first ones
inline constexpr std::size_t kMaxEarlierPatterns = 200;  // those that were seen last, counted since

class LogIntake {
 public:
  void take(std::string_view piece);  // cut anywhere
  LogExcerpt finish() &&;             // of visible text; whose log it is the caller knows

 private:
  struct Earlier {
    std::string line;
    std::size_t number = 0, count = 0;
  };
  struct Kept {
    std::string text;
    std::size_t number = 0;
  };

  Kept& open_line();
  void add_to_line(std::string_view part);
  void end_line();
  void let_go(const Kept& line);
  void forget_old_ones();

  std::vector<Kept> last_;  // a ring; the line that is being read is its newest
  std::size_t kept_ = 0;    // lines that were given a place in it
  std::size_t begun_ = 0;   // lines of the log
  bool is_open_ = false;
  std::unordered_map<std::string, Earlier> earlier_;  // by pattern
};

LogExcerpt excerpt_of(std::string_view log);  // the same of a log that is here whole

}  // namespace ai_ops::diagnosis
