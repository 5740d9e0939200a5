// What the well-known servers and runtimes say in a log when one certain thing is wrong. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "ai-ops/diagnosis/log_excerpt.h"

namespace ai_ops::diagnosis {

// Whose fault it is.
enum class Blames {
  itself,      // the program that logs it
  its_server,  // the server that it talks to
  its_way,     // its address of a server, unless the server is down
};

struct LogReason {
  std::string_view fault;
  std::string_view words;  // "the database refuses its user or password"
  Blames blames = Blames::itself;
  bool always_counts = false;  // also in the log of a program that looks well
  std::string_view server;     // what the words give away of the server's kind: "mysql"; empty: nothing
  std::size_t line = 0;        // index of the line that says it
};

// All words of a row stand in the line that it fits, and not `unless`.
struct ReasonRow {
  std::array<std::string_view, 2> words;  // lower case; "" asks for nothing
  LogReason reason;
  std::string_view unless = {};  // lower case; a line with it means something else
};
std::span<const ReasonRow> reason_rows();  // in order of strength

// The strongest one of the lines: what names a cause comes before what names only an effect, then the last one.
std::optional<LogReason> reason_in(const LogExcerpt& log);

}  // namespace ai_ops::diagnosis
