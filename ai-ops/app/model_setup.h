// Makes the model that the configuration names: one set of replicas, of Ollama or of an OpenAI-compatible server.
#pragma once
#include <memory>

#include "ai-ops/app/config.h"
#include "ai-ops/llm/replicas.h"

namespace ai_ops::app {

const char* to_string(ModelApi api);  // "ollama"

// Not started yet. Fails where the configuration cannot work: a URL that is refused, no key in the key's file.
foundation::Result<std::unique_ptr<llm::ReplicaSet>> set_up_model(const ModelConfig& config,
                                                                  foundation::telemetry::Metrics& metrics,
                                                                  foundation::telemetry::Log log,
                                                                  foundation::async::TaskGroup& background);

}  // namespace ai_ops::app
