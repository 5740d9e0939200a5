#include "ai-ops/app/route_tables.h"

#include "ai-ops/app/handlers.h"

namespace ai_ops::app {
namespace {

using http::Method;
using std::chrono_literals::operator""s;

constexpr std::size_t kNoBody = 0, kTurnBody = 64 << 10, kFindingsBody = 4 << 10;

const RouteRow kChat[] = {
    {Method::post, "/v1/chat", kTurnBody, 290s, &chat},
    {Method::post, "/v1/findings", kFindingsBody, 75s, &list_findings},
    {Method::get, "/v1/models", kNoBody, 5s, &models},
    {Method::get, "/v1/conversations", kNoBody, 10s, &list_conversations},
    {Method::get, "/v1/conversations/{conversation}", kNoBody, 10s, &read_conversation},
    {Method::delete_, "/v1/conversations/{conversation}", kNoBody, 10s, &delete_conversation},
};

const RouteRow kOps[] = {
    {Method::get, "/health/live", kNoBody, 2s, &live},
    {Method::get, "/health/ready", kNoBody, 2s, &ready},
    {Method::get, "/metrics", kNoBody, 5s, &metrics},
};

}  // namespace

std::span<const RouteRow> chat_routes() { return kChat; }
std::span<const RouteRow> ops_routes() { return kOps; }

std::string route_tables_text() {
  json::Array out;
  const std::pair<const char*, std::span<const RouteRow>> tables[] = {{"chat", kChat}, {"ops", kOps}};
  for (auto [listener, rows] : tables)
    for (const RouteRow& row : rows)
      out.push_back(json::Object{{"listener", listener},
                                 {"method", to_string(row.method)},
                                 {"pattern", row.pattern},
                                 {"access", access_name(row)}});
  return json::to_pretty(out);
}

}  // namespace ai_ops::app
