#include "demo-cluster/world/container_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace demo_cluster::world {
namespace {

std::string line_text(WallTime at, std::string_view text, bool timestamps) {
  return timestamps ? fmt::format("{} {}\n", foundation::to_rfc3339(at), text) : fmt::format("{}\n", text);
}

}  // namespace

void ContainerLog::begin_run() {
  previous_ = std::move(current_);
  current_.clear();
  ++runs_;
  printed_before_ = std::exchange(printed_, 0);
}

void ContainerLog::print(WallTime at, std::string_view lines) {
  while (!lines.empty()) {
    auto end = lines.find('\n');
    current_.push_back({at, std::string(lines.substr(0, end))});
    ++printed_;
    if (current_.size() > kLines) current_.pop_front();
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
}

std::string ContainerLog::text(const LogQuery& query, bool of_previous, WallTime now) const {
  const auto& lines = of_previous ? previous_ : current_;
  std::size_t skip = query.tail_lines && *query.tail_lines < lines.size() ? lines.size() - *query.tail_lines : 0;
  std::string out;
  for (std::size_t i = skip; i < lines.size(); ++i) {
    if (query.since_seconds && now - lines[i].at > std::chrono::seconds(*query.since_seconds)) continue;
    out += line_text(lines[i].at, lines[i].text, query.timestamps);
  }
  if (query.limit_bytes && out.size() > *query.limit_bytes) out.resize(*query.limit_bytes);
  return out;
}

LogNews ContainerLog::after(const LogPosition& seen, bool timestamps) const {
  LogNews out{{}, {runs_, printed_}, false};
  if (seen.run == 0) return out;
  out.over = seen.run != runs_;
  const auto& lines = out.over ? previous_ : current_;
  auto printed = out.over ? printed_before_ : printed_;
  auto unread = std::min<std::uint64_t>(printed - std::min(printed, seen.lines), lines.size());
  for (auto i = lines.size() - unread; i < lines.size(); ++i)
    out.text += line_text(lines[i].at, lines[i].text, timestamps);
  return out;
}

}  // namespace demo_cluster::world
