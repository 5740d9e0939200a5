#include <utility>

#include "ai-ops/llm/model.h"

namespace ai_ops::llm {

async::Task<Reply> ask_whole(async::Context& ctx, Model& model, Prompt prompt, std::string session) {
  auto answer = co_await model.ask(ctx, std::move(prompt), std::move(session));
  if (!answer) co_return std::unexpected(answer.error());
  Reply reply;
  for (;;) {
    auto piece = co_await (*answer)->next(ctx);
    if (!piece) co_return std::unexpected(piece.error());
    if (!*piece) break;
    if (auto* call = std::get_if<ToolCall>(&**piece)) {
      reply.calls.push_back(std::move(*call));
    } else {
      reply.text += std::get<std::string>(**piece);
    }
  }
  reply.cut_off = (*answer)->cut_off();
  reply.usage = (*answer)->usage();
  co_return reply;
}

}  // namespace ai_ops::llm
