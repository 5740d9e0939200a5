// What the handlers work with. Everything is owned by main and outlives the servers.
#pragma once
#include <optional>
#include <string>

#include "ai-ops/control_plane/control_plane.h"
#include "ai-ops/control_plane/key_refresh.h"
#include "ai-ops/conversations/conversations.h"
#include "ai-ops/llm/replicas.h"
#include "foundation/http/client.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::app {

namespace async = foundation::async;
namespace http = foundation::http;
namespace json = foundation::json;

// The way to the control plane.
struct Upstream {
  http::Client& connections;
  control_plane::KeyRefresh& keys;
  control_plane::Reads& reads;
  control_plane::Operations& operations;
  std::string thumbprint;  // of our certificate: the tokens of our turns are bound to it
};

// The model as GET /v1/models and health tell of it.
struct ServedModel {
  std::string api;
  const llm::ReplicaSet& replicas;
};

struct Services {
  const foundation::Clock& clock;
  foundation::telemetry::Metrics& metrics;
  int max_turns = 1;
  int running_turns = 0;
  std::optional<Upstream> upstream = {};                  // none until this workload has its certificate
  conversations::Conversations* conversations = nullptr;  // none until its database is open
  llm::Model* model = nullptr;                            // none: the built-in reader answers alone
  std::optional<ServedModel> served_model = {};
};

}  // namespace ai_ops::app
