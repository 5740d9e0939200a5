#include "demo-cluster/world/container_log.h"

#include <fmt/format.h>

namespace demo_cluster::world {

void ContainerLog::begin_run() {
  previous_ = std::move(current_);
  current_.clear();
  ++runs_;
}

void ContainerLog::print(WallTime at, std::string_view lines) {
  while (!lines.empty()) {
    auto end = lines.find('\n');
    current_.push_back({at, std::string(lines.substr(0, end))});
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
    if (query.timestamps) out += foundation::to_rfc3339(lines[i].at) + " ";
    out += lines[i].text + "\n";
  }
  if (query.limit_bytes && out.size() > *query.limit_bytes) out.resize(*query.limit_bytes);
  return out;
}

}  // namespace demo_cluster::world
