// A model behind Ollama's own API (/api/chat, /api/show, /api/ps). Owner and threads: server.h.
#pragma once
#include <memory>
#include <string>

#include "ai-ops/llm/server.h"
#include "foundation/http/client.h"

namespace ai_ops::llm {

class OllamaModel final : public Server {
 public:
  static foundation::Result<std::unique_ptr<OllamaModel>> create(async::asio::any_io_executor on,
                                                                 ServerOptions options);
  Traits traits() const override { return traits_; }
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override;
  async::Task<Traits> look(async::Context& ctx) override;
  async::Task<bool> loaded(async::Context& ctx) override;

 private:
  OllamaModel(ServerOptions options, std::unique_ptr<foundation::http::Client> client);

  ServerOptions options_;
  std::unique_ptr<foundation::http::Client> client_;
  Traits traits_;
};

}  // namespace ai_ops::llm
