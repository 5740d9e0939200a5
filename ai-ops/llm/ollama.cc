#include "ai-ops/llm/ollama.h"

#include <utility>

#include "ai-ops/llm/ollama_protocol.h"
#include "ai-ops/llm/token_stream.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {
namespace http = foundation::http;

foundation::Result<std::unique_ptr<OllamaModel>> OllamaModel::create(async::asio::any_io_executor on,
                                                                     ServerOptions options) {
  auto client = http::Client::create(std::move(on), {.base_url = options.base_url, .tls = options.tls});
  if (!client) return std::unexpected(client.error());
  return std::unique_ptr<OllamaModel>(new OllamaModel(std::move(options), std::move(*client)));
}

OllamaModel::OllamaModel(ServerOptions options, std::unique_ptr<http::Client> client)
    : options_(std::move(options)),
      client_(std::move(client)),
      traits_{.model = options_.model, .context_tokens = options_.num_ctx} {}

async::Task<std::unique_ptr<Answer>> OllamaModel::ask(async::Context& ctx, Prompt prompt, std::string) {
  if (auto fit = check_prompt(prompt, traits_.context_tokens); !fit) co_return std::unexpected(fit.error());
  Question question{.request = server_request(options_, "/api/chat", ollama::chat_body(options_, prompt)),
                    .stream_type = ollama::kStreamType,
                    .decoder = [] { return std::make_unique<ollama::Lines>(); },
                    .prompt = prompt};
  co_return co_await begin_answer(ctx, *client_, options_.patience, std::move(question));
}

async::Task<Traits> OllamaModel::look(async::Context& ctx) {
  auto shown = co_await ask_server(ctx, *client_, server_request(options_, "/api/show", ollama::show_body(options_)));
  if (!shown) co_return std::unexpected(shown.error());
  traits_ = ollama::traits_of(options_, *shown);
  co_return traits_;
}

async::Task<bool> OllamaModel::loaded(async::Context& ctx) {
  auto processes = co_await ask_server(ctx, *client_, server_request(options_, "/api/ps"));
  if (!processes) co_return std::unexpected(processes.error());
  co_return ollama::is_loaded(options_.model, *processes);
}

}  // namespace ai_ops::llm
