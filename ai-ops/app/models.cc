// What the model is and how its replicas stand.
#include "ai-ops/app/handlers.h"

namespace ai_ops::app {

namespace {

json::Object replica_of(const llm::ReplicaStatus& status) {
  json::Object out{{"address", status.address},
                   {"state", to_string(status.state)},
                   {"loaded", status.state == llm::ReplicaState::ready},
                   {"in_flight", status.in_flight}};
  if (status.state == llm::ReplicaState::down) out["cause"] = status.cause;
  return out;
}

json::Object model_of(const ServedModel& served) {
  auto traits = served.replicas.traits();
  json::Array replicas;
  for (const auto& status : served.replicas.status()) replicas.push_back(replica_of(status));
  return {{"name", traits.model},
          {"api", served.api},
          {"replicas", std::move(replicas)},
          {"calls_tools", traits.calls_tools},
          {"context_tokens", traits.context_tokens}};
}

}  // namespace

async::Task<http::Reply> models(Services& services, async::Context&, http::Exchange&, Bearer) {
  json::Array all;
  if (services.served_model) all.push_back(model_of(*services.served_model));
  co_return http::json_reply(200, json::Object{{"models", std::move(all)}});
}

}  // namespace ai_ops::app
