// What the ops listener says.
#include "ai-ops/app/handlers.h"
#include "foundation/async/task_group.h"

namespace ai_ops::app {

async::Task<http::Reply> live(Services&, async::Context&, http::Exchange&) { co_return http::text_reply(200, "ok\n"); }

namespace {

// It makes answers better and is never waited for: a model that is away leaves this workload ready.
json::Value model_state(const Services& services) {
  if (!services.served_model) return nullptr;
  const auto& replicas = services.served_model->replicas;
  return json::Object{{"name", replicas.traits().model}, {"state", to_string(replicas.state())}};
}

}  // namespace

// Ready: this workload has its certificate and the control plane's keys, and can reach it.
async::Task<http::Reply> ready(Services& services, async::Context& ctx, http::Exchange&) {
  bool keys = services.upstream && services.upstream->keys.loaded();
  bool reached = services.upstream && (co_await services.upstream->connections.acquire(ctx)).has_value();
  json::Object checks{{"certificate", services.upstream.has_value()}, {"keys", keys}, {"control_plane", reached}};
  co_return http::json_reply(
      keys && reached ? 200 : 503,
      json::Object{{"ready", keys && reached}, {"checks", std::move(checks)}, {"model", model_state(services)}});
}

async::Task<http::Reply> metrics(Services& services, async::Context&, http::Exchange&) {
  services.metrics.gauge("hks_tasks_live", "Coroutines owned by task groups").set(double(async::TaskGroup::live()));
  co_return http::text_reply(200, services.metrics.render(), "text/plain; version=0.0.4");
}

}  // namespace ai_ops::app
