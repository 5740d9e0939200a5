// What the ops listener says.
#include "api/app/handlers.h"
#include "foundation/async/task_group.h"

namespace api::app {

async::Task<http::Reply> live(Services&, async::Context&, http::Exchange&) { co_return http::text_reply(200, "ok\n"); }

// Ready: the clusters' caches are warm and the advisor can be reached.
async::Task<http::Reply> ready(Services& services, async::Context& ctx, http::Exchange&) {
  json::Object checks{{"clusters", services.clusters.warm()}};
  auto lease = co_await services.advisor.acquire(ctx);
  checks["advisor"] = lease.has_value();
  bool all = services.clusters.warm() && lease.has_value();
  co_return http::json_reply(all ? 200 : 503, json::Object{{"ready", all}, {"checks", std::move(checks)}});
}

async::Task<http::Reply> metrics(Services& services, async::Context&, http::Exchange&) {
  services.metrics.gauge("hks_tasks_live", "Coroutines owned by task groups").set(double(async::TaskGroup::live()));
  co_return http::text_reply(200, services.metrics.render(), "text/plain; version=0.0.4");
}

}  // namespace api::app
