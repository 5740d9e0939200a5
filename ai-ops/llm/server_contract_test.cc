// The same cases for every protocol: what a model server does, well or badly, and what the caller of the seam sees.
#include <gmock/gmock.h>

#include "ai-ops/llm/server_lab.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What became of one whole answer.
struct Seen {
  Result<Reply> reply = foundation::fail(Code::internal, "not asked");
  std::vector<std::string> requests;
  std::size_t connections = 0;
  bool let_go = false;  // no connection stayed open

  std::string text() const { return reply ? reply->text : reply.error().text(); }
  Code code() const { return reply ? Code::internal : reply.error().code; }
};

async::Task<void> watch(Scene& scene, Seen& seen, Prompt prompt) {
  seen.reply = co_await ask_whole(scene.ctx, scene.server, std::move(prompt), "session");
  auto gone = co_await scene.becomes([&] { return scene.origin.live() == 0; });
  seen.let_go = gone && *gone;
  seen.requests = scene.origin.requests();
  seen.connections = scene.origin.connections();
  co_return Done{};
}

Patience patient() { return {.first_token = 20s, .next_token = 20s}; }

Seen ask(const Wire& wire, std::vector<Script> scripts, ServerOptions options = {.model = "m", .patience = patient()},
         Prompt prompt = kQuestion) {
  Seen seen;
  run(wire, std::move(scripts), std::move(options), [&](Scene& scene) { return watch(scene, seen, prompt); });
  return seen;
}

class ServerContract : public testing::TestWithParam<const Wire*> {
 protected:
  const Wire& wire = *GetParam();
  std::string whole(std::string words) const { return wire.text(std::move(words)) + wire.end("stop", 0); }
};
INSTANTIATE_TEST_SUITE_P(Apis, ServerContract, testing::Values(&kOllama, &kOpenAi),
                         [](const auto& tested) { return tested.param->name; });

TEST_P(ServerContract, AnAnswerIsTheSameHoweverItIsSplit) {
  auto events = wire.text("web ") + wire.text("runs: \xc3\xa4\xe2\x82\xac") + wire.end("stop", 40);
  for (std::size_t piece : {0, 1, 7}) {
    auto seen = ask(wire, {streams(wire, events, piece)});
    EXPECT_EQ(seen.text(), "web runs: \xc3\xa4\xe2\x82\xac") << piece;
    ASSERT_TRUE(seen.reply);
    EXPECT_FALSE(seen.reply->cut_off);
    EXPECT_EQ(seen.reply->usage.input_tokens, 40);
    EXPECT_EQ(seen.reply->usage.output_tokens, 3);
  }
}

TEST_P(ServerContract, AnswersShareOneConnection) {
  auto script = streams(wire, whole("a"));
  auto again = script;
  script.insert(script.end(), again.begin(), again.end());
  run(wire, {script}, {.model = "m"}, [](Scene& scene) -> async::Task<void> {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(co_await ask_whole(scene.ctx, scene.server, kQuestion, "s"));
    EXPECT_EQ(scene.origin.connections(), 1u);
    co_return Done{};
  });
}

TEST_P(ServerContract, ThinkingNeverReachesTheCaller) {
  auto events = wire.thinking("The user is erin.") + wire.text("<thi") + wire.text("nk>hm</think>\n\n") + whole("web");
  auto seen = ask(wire, {streams(wire, events)});
  EXPECT_EQ(seen.text(), "web");
  seen = ask(wire, {streams(wire, wire.text("I think") + wire.text("</think>") + whole("web"))});
  EXPECT_EQ(seen.code(), Code::corrupt) << "the answer was thinking, unmarked";
}

TEST_P(ServerContract, ToolCallsSplitFromAndMergedWithWords) {
  Prompt prompt{.messages = kQuestion.messages, .tools = {{"a", "", json::Object()}, {"b", "", json::Object()}}};
  ServerOptions options{.model = "m"};
  for (const auto& events :
       {wire.call("I look.", {"a", "b"}), wire.text("I look.") + wire.call("", {"a", "b"}),
        wire.text("I ") + wire.text("look.\n{\"name\":\"a\"}") + wire.text("\n{\"name\":\"b\"}")}) {
    auto seen = ask(wire, {streams(wire, events + wire.end("stop", 0))}, options, prompt);
    ASSERT_TRUE(seen.reply) << seen.text();
    EXPECT_EQ(seen.reply->text, "I look.");
    ASSERT_EQ(seen.reply->calls.size(), 2u) << events;
    EXPECT_EQ(seen.reply->calls[0].name + seen.reply->calls[1].name, "ab");
  }
}

TEST_P(ServerContract, AnAnswerAtItsLimitSaysSo) {
  auto seen = ask(wire, {streams(wire, wire.text("{\"cause\":\"the im") + wire.end("length", 0))});
  ASSERT_TRUE(seen.reply);
  EXPECT_EQ(seen.reply->text, "{\"cause\":\"the im");
  EXPECT_TRUE(seen.reply->cut_off);
}

TEST_P(ServerContract, TheEndMayBeMissingOnceTheAnswerIsComplete) {
  for (auto after : {Imposter::hold(), Imposter::reset()}) {
    auto script = answers(stream_head(wire) + chunk(wire.text("web runs") + wire.complete()));
    script.push_back(after);
    auto seen = ask(wire, {script});
    EXPECT_EQ(seen.text(), "web runs");
    EXPECT_TRUE(seen.let_go);
  }
}

TEST_P(ServerContract, AnErrorInTheMiddleOfTheStreamEndsTheAnswer) {
  auto seen = ask(wire, {begins(wire, wire.text("web ") + wire.error("llama runner process has terminated"))});
  EXPECT_EQ(seen.code(), Code::unavailable);
  EXPECT_THAT(seen.text(), HasSubstr("llama runner process has terminated"));
  EXPECT_TRUE(seen.let_go);
  seen = ask(wire, {begins(wire, wire.error("the input length exceeds the context length"))});
  EXPECT_EQ(seen.code(), Code::too_large);
}

TEST_P(ServerContract, ARefusalHasItsMeaning) {
  struct Case {
    int status;
    std::string words;
    Code code;
  };
  for (auto [status, words, code] : {Case{404, "model 'nope' not found", Code::not_found},
                                     {400, "model is required", Code::invalid},
                                     {400, "the input length exceeds the context length", Code::too_large},
                                     {422, "bad request", Code::invalid},
                                     {500, "invalid JSON schema in format", Code::invalid},
                                     {500, "model requires more system memory", Code::unavailable},
                                     {502, "bad gateway", Code::unavailable},
                                     {401, "wrong key", Code::unavailable}}) {
    auto seen = ask(wire, {answers(reply(status, wire.refusal(words)))});
    EXPECT_EQ(seen.code(), code) << status << " " << words;
    EXPECT_THAT(seen.text(), HasSubstr(words));
  }
  auto seen = ask(wire, {answers(reply(404, "404 page not found", "Content-Type: text/plain\r\n"))});
  EXPECT_EQ(seen.code(), Code::not_found);
}

TEST_P(ServerContract, ABusyServerSaysWhenToComeAgain) {
  for (int status : {429, 503}) {
    auto busy = reply(status, wire.refusal("server busy"), "Retry-After: 7\r\n");
    auto seen = ask(wire, {answers(busy)});
    EXPECT_EQ(seen.code(), Code::rate_limited) << status;
    EXPECT_THAT(seen.text(), AllOf(HasSubstr("server busy"), HasSubstr("try again in 7 s")));
    EXPECT_EQ(seen.requests.size(), 1u) << "a busy server is not asked again at once";
  }
}

TEST_P(ServerContract, WhatIsNoStreamOfTheProtocolIsCorrupt) {
  for (const auto& script :
       {answers(reply(200, "<html>welcome</html>", "Content-Type: text/html\r\n")),
        answers(reply(200, wire.refusal("x"))), answers(reply(200, "", "")), streams(wire, "<html>\n\n"),
        streams(wire, "data: {\"a\n\n"), streams(wire, "data: {\"a\":1}\n\n{\"a\":1}\n"), streams(wire, "")}) {
    EXPECT_EQ(ask(wire, {script}).code(), Code::corrupt) << script[1].bytes;
  }
}

TEST_P(ServerContract, AnEmptyAnswerIsCorrupt) {
  for (const auto& events : {wire.end("stop", 4), wire.text(" \n") + wire.end("stop", 4),
                             wire.thinking("deep") + wire.text("<think>deeper") + wire.end("length", 4)}) {
    EXPECT_EQ(ask(wire, {streams(wire, events)}).code(), Code::corrupt) << events;
  }
}

TEST_P(ServerContract, AnAnswerThatStopsBeforeItsEndIsNotTaken) {
  auto half = stream_head(wire) + chunk(wire.text("web is"));
  auto mid_token = half + "ff\r\n" + wire.text("cut").substr(0, 20);
  auto broken = answers(half);
  broken.push_back(Imposter::reset());
  for (const auto& script : {answers(half), answers(mid_token), answers(half + "0\r\n\r\n"), broken}) {
    auto seen = ask(wire, {script});
    EXPECT_EQ(seen.code(), Code::unavailable) << seen.text();
    EXPECT_EQ(seen.requests.size(), 1u) << "never again after the first token";
  }
}

TEST_P(ServerContract, AConnectionThatBreaksBeforeTheFirstTokenIsTriedOnceMore) {
  Script silent = {Imposter::await_request()};
  Script cut = {Imposter::await_request(), Imposter::reset()};
  for (const auto& broken : {silent, cut, answers(stream_head(wire)), answers("HTTP/1.1 200 O")}) {
    auto seen = ask(wire, {broken, streams(wire, whole("web runs"))});
    EXPECT_EQ(seen.text(), "web runs");
    EXPECT_EQ(seen.requests.size(), 2u);
    seen = ask(wire, {broken});
    EXPECT_EQ(seen.code(), Code::unavailable);
    EXPECT_EQ(seen.requests.size(), 2u) << "once, not for ever";
  }
}

TEST_P(ServerContract, AFirstTokenThatDoesNotComeEndsTheWait) {
  ServerOptions options{.model = "m", .patience = {.first_token = 60ms, .next_token = 20s}};
  Script silent = {Imposter::await_request(), Imposter::hold()};
  for (const auto& script : {silent, begins(wire, wire.idle)}) {
    auto seen = ask(wire, {script}, options);
    EXPECT_EQ(seen.code(), Code::deadline);
    EXPECT_THAT(seen.text(), HasSubstr("no token within 0.06 s"));
    EXPECT_TRUE(seen.let_go) << "the server must hear of it";
  }
}

TEST_P(ServerContract, ANextTokenThatDoesNotComeEndsTheAnswer) {
  ServerOptions options{.model = "m", .patience = {.first_token = 20s, .next_token = 100ms}};
  auto trickles = answers(stream_head(wire) + chunk(wire.text("web ")));
  for (int i = 0; i < 100; ++i) {  // bytes that are no token are no progress
    trickles.push_back(Imposter::pause(20ms));
    trickles.push_back(Imposter::send(chunk(wire.idle)));
  }
  for (const auto& script : {begins(wire, wire.text("web ")), trickles}) {
    auto seen = ask(wire, {script}, options);
    EXPECT_EQ(seen.code(), Code::deadline);
    EXPECT_THAT(seen.text(), HasSubstr("no further token within 0.1 s"));
    EXPECT_TRUE(seen.let_go);
  }
}

async::Task<void> watch_in_no_time(Scene& scene, Seen& seen) {
  scene.ctx.deadline = std::chrono::steady_clock::now() + 80ms;
  co_return co_await watch(scene, seen, kQuestion);
}

TEST_P(ServerContract, TheContextsDeadlineBoundsTheWholeAnswer) {
  auto tells = answers(stream_head(wire));
  for (int i = 0; i < 500; ++i) {
    tells.push_back(Imposter::send(chunk(wire.text(std::to_string(i) + " "))));
    tells.push_back(Imposter::pause(20ms));
  }
  Script silent = {Imposter::await_request(), Imposter::hold()};
  for (const auto& script : {silent, tells}) {
    Seen seen;
    run(wire, {script}, {.model = "m"}, [&](Scene& scene) { return watch_in_no_time(scene, seen); });
    EXPECT_EQ(seen.code(), Code::deadline);
    EXPECT_THAT(seen.text(), HasSubstr("the time for the whole answer is over"));
    EXPECT_TRUE(seen.let_go);
  }
}

TEST_P(ServerContract, AFloodIsCutOffAndTheServerHearsOfIt) {
  std::string flood;
  std::size_t words = 0;
  for (int i = 0; words <= kMaxAnswerBytes; ++i) {
    auto line = "line " + std::to_string(i) + std::string(100, static_cast<char>('a' + i % 26));
    flood += wire.text(line);
    words += line.size();
  }
  auto seen = ask(wire, {begins(wire, flood)});
  EXPECT_EQ(seen.code(), Code::too_large);
  EXPECT_TRUE(seen.let_go);
  seen = ask(wire, {begins(wire, "data: " + std::string(1 << 20, 'x'))});
  EXPECT_EQ(seen.code(), Code::too_large) << "one event without an end";
  EXPECT_TRUE(seen.let_go);
}

TEST_P(ServerContract, AnEndlessRepetitionIsCutOffAndTheServerHearsOfIt) {
  std::string loop;
  for (int i = 0; i < 500; ++i) loop += wire.text("and so on, ");
  auto seen = ask(wire, {begins(wire, loop)});
  EXPECT_EQ(seen.code(), Code::corrupt);
  EXPECT_THAT(seen.text(), HasSubstr("repeats itself"));
  EXPECT_TRUE(seen.let_go);
}

TEST_P(ServerContract, APromptThatTheServerReadOnlyInPartIsNoAnswer) {
  auto prompt = kQuestion;
  for (int i = 0; i < 500; ++i) prompt.messages[0].text += "pod web-" + std::to_string(i) + " is Running\n";
  auto part = wire.text("Yes.") + wire.end("stop", 800);
  EXPECT_EQ(ask(wire, {streams(wire, part)}, {.model = "m"}, prompt).code(), Code::too_large);
  auto all = wire.text("Yes.") + wire.end("stop", 5000);
  EXPECT_EQ(ask(wire, {streams(wire, all)}, {.model = "m"}, prompt).text(), "Yes.");
}

TEST_P(ServerContract, APromptThatCannotBeAnsweredIsNotSent) {
  auto long_one = kQuestion;
  for (int i = 0; i < 5000; ++i) long_one.messages[0].text += "pod web-" + std::to_string(i) + " is Running\n";
  auto both = kQuestion;
  both.answer_schema = json::Object{{"type", "object"}};
  both.tools = {{"a", "", json::Object()}};
  for (const auto& [prompt, code] : {std::pair(long_one, Code::too_large), std::pair(both, Code::invalid)}) {
    auto seen = ask(wire, {streams(wire, whole("a"))}, {.model = "m"}, prompt);
    EXPECT_EQ(seen.code(), code);
    EXPECT_EQ(seen.connections, 0u);
  }
}

TEST_P(ServerContract, AServerThatIsNotThereIsUnavailable) {
  run(wire, {{}}, {.model = "m"}, [](Scene& scene) -> async::Task<void> {
    auto on = co_await async::asio::this_coro::executor;
    std::string nobody;
    {
      async::asio::ip::tcp::acceptor closed_soon(on, {async::asio::ip::address_v4::loopback(), 0});
      nobody = "http://127.0.0.1:" + std::to_string(closed_soon.local_endpoint().port());
    }
    auto server = scene.wire.create(on, {.base_url = nobody, .model = "m"});
    if (!server) co_return std::unexpected(server.error());
    auto reply = co_await ask_whole(scene.ctx, **server, kQuestion, "s");
    EXPECT_EQ(reply ? Code::internal : reply.error().code, Code::unavailable);
    co_return Done{};
  });
}

TEST_P(ServerContract, ADroppedAnswerClosesTheServersConnection) {
  run(wire, {begins(wire, wire.text("web "))}, {.model = "m"}, [](Scene& scene) -> async::Task<void> {
    auto answer = co_await scene.server.ask(scene.ctx, kQuestion, "s");
    EXPECT_TRUE(answer);
    if (!answer) co_return std::unexpected(answer.error());
    auto piece = co_await (*answer)->next(scene.ctx);
    EXPECT_TRUE(piece && *piece && std::get<std::string>(**piece) == "web ");
    EXPECT_EQ(scene.origin.live(), 1u);
    answer->reset();
    EXPECT_TRUE((co_await scene.becomes([&] { return scene.origin.live() == 0; })).value_or(false));
    co_return Done{};
  });
}

TEST_P(ServerContract, ACancelledQuestionClosesTheServersConnection) {
  Script silent = {Imposter::await_request(), Imposter::hold()};
  for (const auto& script : {silent, begins(wire, wire.text("web "))}) {
    run(wire, {script}, {.model = "m"}, [](Scene& scene) -> async::Task<void> {
      auto arrived = scene.becomes([&] { return !scene.origin.requests().empty(); });
      auto asked = co_await async::race(ask_whole(scene.ctx, scene.server, kQuestion, "s"), std::move(arrived));
      EXPECT_FALSE(asked.first) << "the question was the one that was cancelled";
      EXPECT_TRUE((co_await scene.becomes([&] { return scene.origin.live() == 0; })).value_or(false));
      co_return Done{};
    });
  }
}

TEST_P(ServerContract, TheKeyGoesIntoItsHeaderAndNowhereElse) {
  ServerOptions options{.model = "m", .bearer = foundation::Secret("the-secret-key")};
  auto seen = ask(wire, {answers(reply(401, wire.refusal("no")))}, options);
  ASSERT_EQ(seen.requests.size(), 1u);
  EXPECT_THAT(seen.requests[0], HasSubstr("\r\nAuthorization: Bearer the-secret-key\r\n"));
  EXPECT_THAT(seen.text(), Not(HasSubstr("secret")));
  seen = ask(wire, {streams(wire, whole("a"))});
  EXPECT_THAT(seen.requests[0], Not(HasSubstr("Authorization")));
}

TEST_P(ServerContract, ABasePathStandsBeforeEveryTarget) {
  auto seen = ask(wire, {streams(wire, whole("a"))}, {.base_url = "/models", .model = "m"});
  ASSERT_EQ(seen.requests.size(), 1u);
  EXPECT_THAT(seen.requests[0], StartsWith("POST /models/"));
}

}  // namespace
}  // namespace ai_ops::llm::lab
