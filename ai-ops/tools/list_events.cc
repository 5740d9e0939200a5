// list_events: cluster events, newest first. The result has the form of Kubernetes events, {"items": [Event...]}, as
// those of the snapshot have, so that whoever reads events reads one form.
#include <fmt/format.h>

#include "ai-ops/tools/arguments.h"
#include "ai-ops/tools/tool.h"
#include "foundation/json/view.h"

namespace ai_ops::tools {
namespace {

constexpr std::int64_t kUsualEvents = 50;

json::Value schema() {
  return object_schema({{"project", text_schema("only of this project")},
                        {"kind", text_schema("only about objects of this kind")},
                        {"name", text_schema("only about objects of this name")},
                        {"limit", count_schema("how many at most", kMaxEvents)}},
                       {});
}

json::Value as_kubernetes(json::View event) {
  json::View object = event["object"];
  return json::Object{
      {"kind", "Event"},
      {"involvedObject",
       {{"kind", object["kind"].text()}, {"namespace", object["project"].text()}, {"name", object["name"].text()}}},
      {"type", event["type"].text()},
      {"reason", event["reason"].text()},
      {"message", event["text"].text()},
      {"count", event["count"].integer_or(1)},
      {"firstTimestamp", event["first_at"].text()},
      {"lastTimestamp", event["last_at"].text()}};
}

async::Task<Outcome> run(async::Context& ctx, control_plane::Reads& reads, const control_plane::Caller& caller,
                         json::Object arguments) {
  json::Value given(std::move(arguments));
  json::Fields fields(given);
  control_plane::EventQuery query;
  query.project = optional_project_of(fields).value_or("");
  query.kind = optional_kind_of(fields).value_or("");
  query.name = optional_name_of(fields, "name").value_or("");
  query.limit = static_cast<int>(fields.optional_integer("limit", 1, kMaxEvents).value_or(kUsualEvents));
  if (auto done = fields.finish(); !done) co_return std::unexpected(done.error());
  auto reply = co_await reads.events(ctx, caller, query);
  if (!reply) co_return std::unexpected(reply.error());
  json::Array items;
  std::size_t bytes = 0;
  for (const auto& event : json::View(*reply)["events"].array()) {
    json::Value item = as_kubernetes(event);
    bytes += json::to_text(item).size() + 1;
    if (bytes > kMaxResultBytes || items.size() >= static_cast<std::size_t>(query.limit)) break;
    items.push_back(std::move(item));
  }
  std::string summary = fmt::format("{} event{}", items.size(), items.size() == 1 ? "" : "s");
  co_return Outcome{json::Object{{"items", std::move(items)}}, std::move(summary)};
}

}  // namespace

Tool list_events_tool() { return {"list_events", "Lists cluster events, newest first.", &schema, &run}; }

}  // namespace ai_ops::tools
