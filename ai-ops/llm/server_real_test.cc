// The same seam against a real Ollama, by both of its APIs. HKS_OLLAMA_URL and HKS_OLLAMA_MODEL say where; without them
// there are no such cases (./test ollama sets them). What the model says is not looked at: the tiny one knows nothing.
#include <gmock/gmock.h>

#include <cstdlib>

#include "ai-ops/llm/server_lab.h"
#include "foundation/json/view.h"

namespace ai_ops::llm::lab {
namespace {

using testing::HasSubstr;

ServerOptions real_options() {
  const char* url = std::getenv("HKS_OLLAMA_URL");
  const char* model = std::getenv("HKS_OLLAMA_MODEL");
  if (url == nullptr || model == nullptr) return {};
  return {.base_url = url, .model = model, .num_ctx = 2048, .patience = {.first_token = 120s, .next_token = 60s}};
}

std::vector<const Wire*> real_apis() {
  return real_options().base_url.empty() ? std::vector<const Wire*>() : std::vector{&kOllama, &kOpenAi};
}

struct Real {
  Server& server;
  async::Context ctx;
};

async::Task<void> perform_for_real(async::asio::any_io_executor on, const Wire& wire, ServerOptions options,
                                   std::function<async::Task<void>(Real&)> play) {
  auto server = wire.create(on, std::move(options));
  if (!server) co_return std::unexpected(server.error());
  Real real{**server, {"test", std::chrono::steady_clock::now() + 240s, {}}};
  co_return co_await play(real);
}

class RealServer : public testing::TestWithParam<const Wire*> {
 protected:
  const Wire& wire = *GetParam();

  void run(std::function<async::Task<void>(Real&)> play, ServerOptions options = real_options()) {
    async::asio::io_context io(1);
    Done ended = foundation::fail(Code::internal, "did not end");
    async::asio::co_spawn(
        io, async::in_branch(perform_for_real(io.get_executor(), wire, std::move(options), std::move(play))),
        [&](std::exception_ptr thrown, Done result) {
          if (thrown) std::rethrow_exception(thrown);
          ended = std::move(result);
        });
    io.run_for(300s);
    EXPECT_TRUE(ended) << ended.error().text();
  }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RealServer);
INSTANTIATE_TEST_SUITE_P(Apis, RealServer, testing::ValuesIn(real_apis()),
                         [](const auto& tested) { return tested.param->name; });

Prompt asks(std::string words, int max_tokens) {
  return {.messages = {{prompts::Author::system, "Answer in one sentence."}, {prompts::Author::user, std::move(words)}},
          .max_tokens = max_tokens};
}

TEST_P(RealServer, SaysWhatTheModelCan) {
  run([](Real& real) -> async::Task<void> {
    auto traits = co_await real.server.look(real.ctx);
    EXPECT_TRUE(traits) << traits.error().text();
    if (traits) EXPECT_EQ(traits->context_tokens, 2048);
    co_return Done{};
  });
}

TEST_P(RealServer, AnswersInPiecesWithItsCountsAndIsLoadedThen) {
  run([](Real& real) -> async::Task<void> {
    auto answer = co_await real.server.ask(real.ctx, asks("What is a pod of Kubernetes?", 40), "s");
    if (!answer) co_return std::unexpected(answer.error());
    std::size_t pieces = 0;
    for (;; ++pieces) {
      auto piece = co_await (*answer)->next(real.ctx);
      if (!piece) co_return std::unexpected(piece.error());
      if (!*piece) break;
    }
    EXPECT_GT(pieces, 3u);
    EXPECT_GT((*answer)->usage().input_tokens, 10);
    EXPECT_GT((*answer)->usage().output_tokens, 3);
    EXPECT_TRUE((co_await real.server.loaded(real.ctx)).value_or(false));
    co_return Done{};
  });
}

TEST_P(RealServer, TheSamePromptHasTheSameAnswer) {
  run([](Real& real) -> async::Task<void> {
    auto one = co_await ask_whole(real.ctx, real.server, asks("Name a colour.", 16), "s");
    auto two = co_await ask_whole(real.ctx, real.server, asks("Name a colour.", 16), "s");
    if (!one || !two) co_return std::unexpected(one ? two.error() : one.error());
    EXPECT_EQ(one->text, two->text);
    co_return Done{};
  });
}

TEST_P(RealServer, KeepsToASchema) {
  run([](Real& real) -> async::Task<void> {
    auto prompt = asks("Is web or api slow?", 60);
    prompt.answer_schema = json::parse_tolerant(R"({"type":"object","properties":{"name":{"enum":["web","api"]}},
                                                    "required":["name"],"additionalProperties":false})")
                               .value();
    auto reply = co_await ask_whole(real.ctx, real.server, std::move(prompt), "s");
    if (!reply) co_return std::unexpected(reply.error());
    auto parsed = json::parse_tolerant(reply->text);
    EXPECT_TRUE(parsed) << reply->text;
    if (!parsed) co_return Done{};
    auto name = json::View(*parsed)["name"].text();
    EXPECT_TRUE(name == "web" || name == "api") << reply->text;
    co_return Done{};
  });
}

TEST_P(RealServer, AnAnswerAtItsLimitSaysSo) {
  run([](Real& real) -> async::Task<void> {
    auto reply = co_await ask_whole(real.ctx, real.server, asks("Tell a long story of a ship.", 8), "s");
    if (!reply) co_return std::unexpected(reply.error());
    EXPECT_TRUE(reply->cut_off);
    EXPECT_LE(reply->usage.output_tokens, 8);
    co_return Done{};
  });
}

TEST_P(RealServer, AModelThatIsNotThereIsNotFound) {
  auto options = real_options();
  options.model = "no-such-model";
  run(
      [](Real& real) -> async::Task<void> {
        auto looked = co_await real.server.look(real.ctx);
        EXPECT_EQ(looked ? Code::internal : looked.error().code, Code::not_found);
        auto reply = co_await ask_whole(real.ctx, real.server, asks("why?", 8), "s");
        EXPECT_EQ(reply ? Code::internal : reply.error().code, Code::not_found);
        co_return Done{};
      },
      options);
}

TEST_P(RealServer, ASchemaThatItCannotUseIsInvalid) {
  run([](Real& real) -> async::Task<void> {
    auto prompt = asks("why?", 8);
    prompt.answer_schema = json::Object{{"type", "no-such-type"}};
    auto reply = co_await ask_whole(real.ctx, real.server, std::move(prompt), "s");
    EXPECT_EQ(reply ? Code::internal : reply.error().code, Code::invalid) << (reply ? reply->text : "");
    co_return Done{};
  });
}

TEST_P(RealServer, APromptThatDoesNotFitIsNeverAnsweredByAPartOfIt) {
  run([](Real& real) -> async::Task<void> {
    auto prompt = asks("why?", 8);
    prompt.messages.insert(prompt.messages.begin() + 1, {prompts::Author::user, {}});
    // Over 2048 tokens, and yet not so long that it is refused on our side.
    for (int i = 0; i < 330; ++i) prompt.messages[1].text += "pod web-" + std::to_string(i) + " is Running on node-a\n";
    auto reply = co_await ask_whole(real.ctx, real.server, std::move(prompt), "s");
    EXPECT_EQ(reply ? Code::internal : reply.error().code, Code::too_large)
        << (reply ? std::to_string(reply->usage.input_tokens) : reply.error().text());
    co_return Done{};
  });
}

TEST_P(RealServer, ADroppedAnswerFreesTheServer) {
  run([](Real& real) -> async::Task<void> {
    auto answer = co_await real.server.ask(real.ctx, asks("Tell a very long story of a ship.", 1500), "s");
    if (!answer) co_return std::unexpected(answer.error());
    answer->reset();
    // It answers one at a time: the next would wait for the story's end.
    auto soon = real.ctx.child(20s);
    auto reply = co_await ask_whole(soon, real.server, asks("Name a colour.", 4), "s");
    EXPECT_TRUE(reply) << reply.error().text();
    co_return Done{};
  });
}

}  // namespace
}  // namespace ai_ops::llm::lab
