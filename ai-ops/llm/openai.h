// A model behind an OpenAI-compatible API (/v1/chat/completions, /v1/models). Owner and threads: server.h.
#pragma once
#include <memory>
#include <string>

#include "ai-ops/llm/server.h"
#include "foundation/http/client.h"

namespace ai_ops::llm {

class OpenAiModel final : public Server {
 public:
  // The base URL with or without the "/v1" that such servers are often given with.
  static foundation::Result<std::unique_ptr<OpenAiModel>> create(async::asio::any_io_executor on,
                                                                 ServerOptions options);
  Traits traits() const override { return traits_; }
  async::Task<std::unique_ptr<Answer>> ask(async::Context& ctx, Prompt prompt, std::string session) override;
  async::Task<Traits> look(async::Context& ctx) override;
  async::Task<bool> loaded(async::Context& ctx) override;

 private:
  OpenAiModel(ServerOptions options, std::unique_ptr<foundation::http::Client> client);

  ServerOptions options_;
  std::unique_ptr<foundation::http::Client> client_;
  Traits traits_;
};

}  // namespace ai_ops::llm
