// What the well-known servers and runtimes say in a log when one certain thing is wrong. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The strongest one of the lines: what names a cause comes before what names only an effect, then the last one.
std::optional<LogReason> reason_in(const std::vector<std::string>& lines);

}  // namespace ai_ops::diagnosis
