#include "ai-ops/llm/openai.h"

#include <utility>

#include "ai-ops/llm/openai_protocol.h"
#include "ai-ops/llm/token_stream.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm {
namespace http = foundation::http;
using foundation::Code;
using foundation::fail;

foundation::Result<std::unique_ptr<OpenAiModel>> OpenAiModel::create(async::asio::any_io_executor on,
                                                                     ServerOptions options) {
  std::string_view base = options.base_url;
  while (base.ends_with('/')) base.remove_suffix(1);
  if (base.ends_with("/v1")) base.remove_suffix(3);
  auto client = http::Client::create(std::move(on), {.base_url = std::string(base), .tls = options.tls});
  if (!client) return std::unexpected(client.error());
  return std::unique_ptr<OpenAiModel>(new OpenAiModel(std::move(options), std::move(*client)));
}

OpenAiModel::OpenAiModel(ServerOptions options, std::unique_ptr<http::Client> client)
    : options_(std::move(options)),
      client_(std::move(client)),
      traits_{.model = options_.model, .context_tokens = options_.num_ctx, .calls_tools = options_.calls_tools} {}

async::Task<std::unique_ptr<Answer>> OpenAiModel::ask(async::Context& ctx, Prompt prompt, std::string) {
  if (auto fit = check_prompt(prompt, traits_.context_tokens); !fit) co_return std::unexpected(fit.error());
  Question question{.request = server_request(options_, "/v1/chat/completions", openai::chat_body(options_, prompt)),
                    .stream_type = openai::kStreamType,
                    .decoder = [] { return std::make_unique<openai::Frames>(); },
                    .prompt = prompt};
  co_return co_await begin_answer(ctx, *client_, options_.patience, std::move(question));
}

async::Task<Traits> OpenAiModel::look(async::Context& ctx) {
  auto models = co_await ask_server(ctx, *client_, server_request(options_, "/v1/models"));
  if (!models) co_return std::unexpected(models.error());
  auto traits = openai::traits_of(options_, *models);
  if (!traits) co_return fail(Code::not_found, "ask the model server", "it does not offer " + options_.model);
  traits_ = *traits;
  co_return traits_;
}

async::Task<bool> OpenAiModel::loaded(async::Context& ctx) {
  auto models = co_await ask_server(ctx, *client_, server_request(options_, "/v1/models"));
  if (!models) co_return std::unexpected(models.error());
  co_return openai::traits_of(options_, *models).has_value();
}

}  // namespace ai_ops::llm
