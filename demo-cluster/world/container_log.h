// What a container has printed: the lines of the run that stands and of the one before. Bounded; not kept over a
// restart of the program (the kubelet writes them anew). Pure.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"

namespace demo_cluster::world {

using foundation::WallTime;

struct LogQuery {
  std::string container;  // empty: the only one
  bool previous = false;
  bool timestamps = false;
  std::optional<std::size_t> tail_lines;
  std::optional<std::int64_t> since_seconds;
  std::optional<std::size_t> limit_bytes;
};

// How far a follower has read: `lines` of the run with that number.
struct LogPosition {
  int run = 0;
  std::uint64_t lines = 0;
};

struct LogNews {
  std::string text;
  LogPosition upto;
  bool over = false;  // nothing more will come: that run has ended
};

class ContainerLog {
 public:
  static constexpr std::size_t kLines = 500;  // a run keeps its last ones

  void begin_run();  // what stood becomes the previous run
  void print(WallTime at, std::string_view lines);
  bool has_run() const { return runs_ > 0; }
  bool has_previous() const { return runs_ > 1; }
  std::string text(const LogQuery& query, bool of_previous, WallTime now) const;
  // What the run has printed since; `over` once another run has begun. A position of run 0 is the end as it is now.
  LogNews after(const LogPosition& seen, bool timestamps) const;

 private:
  struct Line {
    WallTime at;
    std::string text;
  };
  std::deque<Line> current_;
  std::deque<Line> previous_;
  int runs_ = 0;
  std::uint64_t printed_ = 0;  // lines of the run that stands, those that it no longer keeps included
  std::uint64_t printed_before_ = 0;
};

}  // namespace demo_cluster::world
