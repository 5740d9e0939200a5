// One model server: a model that can also be asked about itself. Two implementations: OllamaModel, OpenAiModel.
// Owner: main, or the set of replicas; outlives its answers. Threads: one executor.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "ai-ops/llm/model.h"
#include "foundation/base/secret.h"
#include "foundation/http/tls.h"

namespace ai_ops::llm {

struct ServerOptions {
  std::string base_url = {};  // "http://127.0.0.1:11434"; a path in it is put before every target
  std::string model = {};
  std::int64_t num_ctx = 4096;  // tokens of context: Ollama is told, of others it caps what they say
  std::string keep_alive = {};  // Ollama: how long the model stays loaded, "30m"; empty: as the server likes
  Patience patience = {};
  foundation::Secret bearer = {};  // empty: none is sent
  bool calls_tools = false;        // what is assumed of a server that does not say (OpenAI-compatible)
  std::optional<foundation::http::TlsClient> tls = {};  // for https
};

class Server : public Model {
 public:
  // Asks the server what the model can do; traits() says so from then on. Errors: not_found (no such model there),
  // unavailable, corrupt, deadline (the context's, kept short by the caller).
  virtual async::Task<Traits> look(async::Context& ctx) = 0;
  // The model is in memory, so that the next answer begins soon. Of an OpenAI-compatible server only that it offers the
  // model is known.
  virtual async::Task<bool> loaded(async::Context& ctx) = 0;
};

}  // namespace ai_ops::llm
