// get_logs: the last lines of one container, {"lines": [...]}, oldest first.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/tools/arguments.h"
#include "ai-ops/tools/tool.h"

namespace ai_ops::tools {
namespace {

constexpr std::int64_t kUsualLines = 50;

json::Value schema() {
  return object_schema({{"project", text_schema("the pod's project")},
                        {"pod", text_schema("the pod's name")},
                        {"container", text_schema("needed when the pod has more than one")},
                        {"previous", json::Object{{"type", "boolean"}, {"description", "of the container's last run"}}},
                        {"tail_lines", count_schema("how many of the last lines", kMaxLogLines)}},
                       {"project", "pod"});
}

// The newest lines that fit.
json::Array bounded(const std::vector<std::string>& lines, std::size_t most) {
  std::size_t first = lines.size(), bytes = 0;
  while (first > 0 && lines.size() - first < most) {
    bytes += json::to_text(json::Value(lines[first - 1])).size() + 1;
    if (bytes > kMaxResultBytes) break;
    --first;
  }
  json::Array out;
  for (; first < lines.size(); ++first) out.emplace_back(lines[first]);
  return out;
}

async::Task<Outcome> run(async::Context& ctx, control_plane::Reads& reads, const control_plane::Caller& caller,
                         json::Object arguments) {
  json::Value given(std::move(arguments));
  json::Fields fields(given);
  control_plane::LogQuery query;
  query.project = project_of(fields);
  query.pod = name_of(fields, "pod");
  query.container = optional_name_of(fields, "container").value_or("");
  query.previous = fields.optional_boolean("previous").value_or(false);
  query.tail_lines = static_cast<int>(fields.optional_integer("tail_lines", 1, kMaxLogLines).value_or(kUsualLines));
  if (auto done = fields.finish(); !done) co_return std::unexpected(done.error());
  auto lines = co_await reads.logs(ctx, caller, query);
  if (!lines) co_return std::unexpected(lines.error());
  json::Array kept = bounded(*lines, static_cast<std::size_t>(query.tail_lines));
  std::string summary = fmt::format("{} line{}", kept.size(), kept.size() == 1 ? "" : "s");
  co_return Outcome{json::Object{{"lines", std::move(kept)}}, std::move(summary)};
}

}  // namespace

Tool get_logs_tool() { return {"get_logs", "Reads the last lines of a container's log.", &schema, &run}; }

}  // namespace ai_ops::tools
