// What log lines say, by the words that programs of every language use. Log text is evidence only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::diagnosis {

// The last line that tells of an error; else the last that is not empty.
std::optional<std::size_t> telling_line(const std::vector<std::string>& lines);
// A connection that did not come about: refused, timed out, unresolved...
bool tells_of_a_connection(std::string_view line);
// An error of any sort, or an HTTP status of the 500s.
bool tells_of_failure(std::string_view line);
// `name` stands in the line as a whole name (not within a longer one), whatever its case.
bool mentions(std::string_view line, std::string_view name);
// "...:80" stands in the line, and no longer number nor a time of day.
bool mentions_port(std::string_view line, std::int64_t port);

}  // namespace ai_ops::diagnosis
