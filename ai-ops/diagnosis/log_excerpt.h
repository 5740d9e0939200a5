// What the engine has of a container's log. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ai-ops/diagnosis/log_line.h"

namespace ai_ops::diagnosis {

struct LogWanted {
  std::string project;
  std::string pod;
  std::string container;
  bool previous = false;  // of the container's last run
  friend bool operator==(const LogWanted&, const LogWanted&) = default;
};

struct LogExcerpt {
  LogWanted of;
  std::vector<LogLine> lines;  // oldest first: some of what came earlier, then the last ones whole
  std::size_t earlier = 0;     // lines, the first ones: each the last of its pattern, of those that tell of a failure
};

// The first line that counts: what came earlier tells only where none of the last lines tells of an error.
std::size_t first_telling(const LogExcerpt& log);
std::span<const LogLine> telling_lines(const LogExcerpt& log);  // from there on

// From 1.
std::size_t number_of(const LogExcerpt& log, std::size_t index);
std::optional<std::size_t> index_of(const LogExcerpt& log, std::size_t number);

// The line that says best why: the first cause of the last trace, else the last that tells of an error, else the last.
std::optional<std::size_t> cause_line(const LogExcerpt& log);

// How many lines of the log are the same as this one but for what varies; 1: it stands alone.
std::size_t lines_alike(const LogExcerpt& log, std::size_t index);

}  // namespace ai_ops::diagnosis
