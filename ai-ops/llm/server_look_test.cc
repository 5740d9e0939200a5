// What each kind of server says of itself.
#include <gmock/gmock.h>

#include "ai-ops/llm/server_lab.h"

namespace ai_ops::llm::lab {
namespace {

using testing::EndsWith;
using testing::StartsWith;

struct Seen {
  Result<Traits> traits = foundation::fail(Code::internal, "not asked");
  Result<bool> loaded = foundation::fail(Code::internal, "not asked");
  std::vector<std::string> requests;
  Traits after;
};

async::Task<void> watch(Scene& scene, Seen& seen) {
  seen.traits = co_await scene.server.look(scene.ctx);
  seen.loaded = co_await scene.server.loaded(scene.ctx);
  seen.after = scene.server.traits();
  seen.requests = scene.origin.requests();
  co_return Done{};
}

// The first answer is to look(), the second to loaded().
Seen look(const Wire& wire, std::string first, std::string second, ServerOptions options = {.model = "qwen3"}) {
  Script script = answers(std::move(first));
  script.push_back(Imposter::await_request());
  script.push_back(Imposter::send(std::move(second)));
  Seen seen;
  run(wire, {std::move(script)}, std::move(options), [&](Scene& scene) { return watch(scene, seen); });
  return seen;
}

TEST(Look, OllamaSaysWhatTheModelCanAndWhetherItIsLoaded) {
  auto seen = look(kOllama, reply(200, R"({"capabilities":["completion","tools"],"license":"long",
                                  "model_info":{"general.architecture":"q","q.context_length":2048}})"),
                   reply(200, R"({"models":[{"name":"qwen3:latest"}]})"));
  ASSERT_EQ(seen.requests.size(), 2u);
  EXPECT_THAT(seen.requests[0], StartsWith("POST /api/show "));
  EXPECT_THAT(seen.requests[0], EndsWith(R"({"model":"qwen3"})"));
  EXPECT_THAT(seen.requests[1], StartsWith("GET /api/ps "));
  ASSERT_TRUE(seen.traits && seen.loaded);
  EXPECT_TRUE(seen.traits->calls_tools);
  EXPECT_EQ(seen.after.context_tokens, 2048) << "traits() knows it from then on";
  EXPECT_TRUE(*seen.loaded);
  seen = look(kOllama, reply(200, "{}"), reply(200, R"({"models":[]})"));
  EXPECT_EQ(seen.after.context_tokens, 4096);
  EXPECT_FALSE(seen.loaded.value_or(true));
}

TEST(Look, AnOpenAiCompatibleServerSaysWhatItOffers) {
  auto models = reply(200, R"({"object":"list","data":[{"id":"qwen3","max_model_len":2048}]})");
  auto seen = look(kOpenAi, models, models, {.base_url = "/v1/", .model = "qwen3", .calls_tools = true});
  ASSERT_EQ(seen.requests.size(), 2u);
  EXPECT_THAT(seen.requests[0], StartsWith("GET /v1/models ")) << "a /v1 of the base URL is not doubled";
  ASSERT_TRUE(seen.traits && seen.loaded);
  EXPECT_TRUE(seen.after.calls_tools) << "as we were told";
  EXPECT_EQ(seen.after.context_tokens, 2048);
  EXPECT_TRUE(*seen.loaded);
  auto others = reply(200, R"({"data":[{"id":"other"}]})");
  seen = look(kOpenAi, others, others);
  EXPECT_EQ(seen.traits.error().code, Code::not_found);
  EXPECT_FALSE(seen.loaded.value_or(true));
}

TEST(Look, WhatIsNoAnswerIsAnErrorAndChangesNothing) {
  for (const auto* wire : {&kOllama, &kOpenAi}) {
    auto seen = look(*wire, reply(404, wire->refusal("model 'qwen3' not found")), reply(500, "{}"));
    EXPECT_EQ(seen.traits.error().code, Code::not_found);
    EXPECT_EQ(seen.loaded.error().code, Code::unavailable);
    seen = look(*wire, reply(200, "<html>", "Content-Type: text/html\r\n"), "HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(seen.traits.error().code, Code::corrupt);
    EXPECT_EQ(seen.loaded.error().code, Code::unavailable);
    EXPECT_EQ(seen.after.context_tokens, 4096);
  }
}

}  // namespace
}  // namespace ai_ops::llm::lab
