#include "tests/eval/asking.h"

#include <optional>
#include <utility>

#include "ai-ops/llm/ollama.h"
#include "ai-ops/llm/scripted.h"

namespace eval {
namespace {

namespace async = ai_ops::llm::async;
namespace llm = ai_ops::llm;
using std::chrono_literals::operator""s;

constexpr foundation::Milliseconds kLookTime = 60s, kAnswerTime = 240s;  // a tiny model on a busy machine
constexpr std::string_view kSession = "eval";

async::Context context(foundation::Milliseconds budget) {
  return {std::string(kSession), std::chrono::steady_clock::now() + budget, {}};
}

// Not until the loop is idle: the client keeps its connection.
template <class T>
Result<T> wait_for(async::asio::io_context& loop, async::Task<T> work) {
  std::optional<Result<T>> out;
  async::asio::co_spawn(loop, async::in_branch(std::move(work)), [&](std::exception_ptr thrown, Result<T> result) {
    if (thrown) std::rethrow_exception(thrown);
    out = std::move(result);
  });
  loop.restart();
  while (!out && loop.run_one() > 0) {
  }
  return out ? *std::move(out) : foundation::fail(foundation::Code::internal, "the work did not end");
}

}  // namespace

Result<std::unique_ptr<Asker>> Asker::ollama(std::string url, std::string model) {
  std::unique_ptr<Asker> out(new Asker);
  auto server =
      llm::OllamaModel::create(out->loop_.get_executor(), {.base_url = std::move(url), .model = std::move(model)});
  if (!server) return std::unexpected(server.error());
  async::Context ctx = context(kLookTime);
  auto traits = wait_for(out->loop_, (*server)->look(ctx));
  if (!traits) return std::unexpected(traits.error());
  out->traits_ = *std::move(traits);
  out->model_ = *std::move(server);
  return out;
}

std::unique_ptr<Asker> Asker::scripted(std::string answer) {
  std::unique_ptr<Asker> out(new Asker);
  std::vector<llm::ScriptedAnswer> script(1);
  script[0].pieces.emplace_back(std::move(answer));
  out->model_ = std::make_unique<llm::ScriptedModel>(std::move(script));
  out->traits_ = out->model_->traits();
  return out;
}

Result<ai_ops::prompts::Reply> Asker::ask(ai_ops::prompts::Prompt prompt) {
  async::Context ctx = context(kAnswerTime);
  return wait_for(loop_, llm::ask_whole(ctx, *model_, std::move(prompt), std::string(kSession)));
}

}  // namespace eval
