// The client against an origin that answers, refuses and hangs up.
#include "ai-ops/control_plane/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "foundation/http/imposter.h"
#include "foundation/json/view.h"

namespace ai_ops::control_plane {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::http::Imposter;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace http = foundation::http;

struct Lab {
  Imposter& origin;
  Client& client;
  async::Context ctx;
  Caller caller{Secret("the.secret.token"), "erin", "shop", "turn-1"};
};
using Scenario = async::Task<void> (*)(Lab&);

std::string reply(int status, std::string body, std::string headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}
Imposter::Script answers(std::initializer_list<std::string> replies) {
  Imposter::Script script;
  for (const auto& one : replies) {
    script.push_back(Imposter::await_request());
    script.push_back(Imposter::send(one));
  }
  return script;
}
std::string problem(int status, std::string detail) {
  return reply(status, R"({"detail":")" + detail + R"(","code":"x"})");
}

async::Task<void> run_and_stop(async::asio::any_io_executor on, std::vector<Imposter::Script> scripts,
                               Scenario scenario) {
  Imposter origin(on, std::move(scripts));
  auto connections = http::Client::create(on, {.base_url = origin.url()});
  if (!connections) co_return std::unexpected(connections.error());
  Client client(**connections);
  Lab lab{origin, client, {"test", std::chrono::steady_clock::now() + std::chrono::seconds(20), {}}};
  Done done = co_await scenario(lab);
  co_await origin.stop();
  co_return done;
}

void play(std::vector<Imposter::Script> scripts, Scenario scenario) {
  std::signal(SIGPIPE, SIG_IGN);
  async::asio::io_context io(1);
  Done ended = foundation::fail(Code::internal, "did not end");
  async::asio::co_spawn(io, async::in_branch(run_and_stop(io.get_executor(), std::move(scripts), scenario)),
                        [&](std::exception_ptr thrown, Done result) {
                          if (thrown) std::rethrow_exception(thrown);
                          ended = std::move(result);
                        });
  io.run_for(std::chrono::seconds(60));
  EXPECT_TRUE(ended) << ended.error().text();
}

const std::string kSnapshot = R"({"version":"1.1","workspace":"shop","at":"2026-01-02T03:04:05.006Z"})"
                              "\n"
                              R"({"kind":"Deployment","metadata":{"name":"web","namespace":"shop"}})"
                              "\n";

TEST(ControlPlaneClient, RevalidatesItsCopyBeforeEachUseAndA304IsTheSameCopy) {
  play({answers({reply(200, kSnapshot, "ETag: \"v1\"\r\n"), "HTTP/1.1 304 Not Modified\r\n\r\n",
                 reply(200, kSnapshot, "ETag: \"v2\"\r\n")})},
       [](Lab& lab) -> async::Task<void> {
         auto first = co_await lab.client.snapshot(lab.ctx, lab.caller);
         auto second = co_await lab.client.snapshot(lab.ctx, lab.caller);
         auto third = co_await lab.client.snapshot(lab.ctx, lab.caller);
         if (!first || !second || !third) co_return foundation::fail(Code::internal, "a read failed");
         EXPECT_TRUE((*first)->find("Deployment", "shop", "web").has_value());
         EXPECT_EQ(*first, *second);
         EXPECT_NE(*first, *third);
         const auto& asked = lab.origin.requests();
         EXPECT_THAT(asked.at(0), StartsWith("GET /internal/v1/workspaces/shop/snapshot HTTP/1.1\r\n"));
         EXPECT_THAT(asked.at(0), HasSubstr("Authorization: Bearer the.secret.token\r\n"));
         EXPECT_THAT(asked.at(0), Not(HasSubstr("If-None-Match")));
         EXPECT_THAT(asked.at(1), HasSubstr("If-None-Match: \"v1\"\r\n"));
         co_return Done{};
       });
}

TEST(ControlPlaneClient, ACopyIsNeverAnotherUsersNorAnotherWorkspaces) {
  play({answers({reply(200, kSnapshot, "ETag: \"v1\"\r\n"), reply(200, kSnapshot), reply(200, kSnapshot)})},
       [](Lab& lab) -> async::Task<void> {
         Caller vic = lab.caller, stage = lab.caller;
         vic.user = "vic";
         stage.workspace = "stage";
         for (const Caller* who : {&lab.caller, &vic, &stage})
           if (auto read = co_await lab.client.snapshot(lab.ctx, *who); !read) co_return std::unexpected(read.error());
         for (const auto& asked : lab.origin.requests()) EXPECT_THAT(asked, Not(HasSubstr("If-None-Match")));
         EXPECT_EQ(lab.origin.requests().size(), 3u);
         co_return Done{};
       });
}

TEST(ControlPlaneClient, AUserWhoMaySeeNothingAnyMoreLeavesNoCopy) {
  play({answers({reply(200, kSnapshot, "ETag: \"v1\"\r\n"), problem(403, "You may not read."), reply(200, kSnapshot)})},
       [](Lab& lab) -> async::Task<void> {
         auto first = co_await lab.client.snapshot(lab.ctx, lab.caller);
         auto refused = co_await lab.client.snapshot(lab.ctx, lab.caller);
         auto again = co_await lab.client.snapshot(lab.ctx, lab.caller);
         if (refused) co_return foundation::fail(Code::internal, "was not refused");
         EXPECT_EQ(refused.error().code, Code::denied);
         EXPECT_EQ(refused.error().cause, "You may not read.");
         EXPECT_THAT(lab.origin.requests().at(2), Not(HasSubstr("If-None-Match")));
         co_return Done{};
       });
}

TEST(ControlPlaneClient, ARefusalsStatusBecomesACodeAndItsDetailTheCause) {
  play({answers({problem(400, "a"), problem(401, "b"), problem(404, "c"), problem(429, "d"), problem(503, "e"),
                 reply(500, "not json"), reply(418, "")})},
       [](Lab& lab) -> async::Task<void> {
         const std::pair<Code, std::string> want[] = {{Code::invalid, "a"},
                                                      {Code::unauthenticated, "b"},
                                                      {Code::not_found, "c"},
                                                      {Code::rate_limited, "d"},
                                                      {Code::unavailable, "e"},
                                                      {Code::internal, "the control plane answered 500"},
                                                      {Code::internal, "the control plane answered 418"}};
         for (const auto& [code, cause] : want) {
           auto object = co_await lab.client.object(lab.ctx, lab.caller, "Pod", "shop", "web-1");
           if (object) co_return foundation::fail(Code::internal, "was not refused");
           EXPECT_EQ(object.error().code, code);
           EXPECT_EQ(object.error().cause, cause);
         }
         co_return Done{};
       });
}

TEST(ControlPlaneClient, NamesBecomePathSegmentsAndNothingElse) {
  play({answers({reply(200, "{}"), reply(200, R"({"events":[]})"), reply(200, R"({"lines":["a","b"]})")})},
       [](Lab& lab) -> async::Task<void> {
         auto object = co_await lab.client.object(lab.ctx, lab.caller, "Pod", "shop", "../../x?y#z");
         auto events =
             co_await lab.client.events(lab.ctx, lab.caller, {.project = "shop", .kind = "", .name = "a&b=c"});
         auto lines = co_await lab.client.logs(
             lab.ctx, lab.caller,
             {.project = "shop", .pod = "web-1", .container = "", .previous = true, .tail_lines = 7});
         if (!object || !events || !lines) co_return foundation::fail(Code::internal, "a read failed");
         EXPECT_EQ(*lines, (std::vector<std::string>{"a", "b"}));
         const auto& asked = lab.origin.requests();
         const std::string base = "GET /internal/v1/workspaces/shop/";
         EXPECT_THAT(asked.at(0), StartsWith(base + "objects/Pod/shop/..%2F..%2Fx%3Fy%23z HTTP/1.1\r\n"));
         EXPECT_THAT(asked.at(1), StartsWith(base + "events?project=shop&name=a%26b%3Dc&limit=50 HTTP/1.1\r\n"));
         EXPECT_THAT(asked.at(2),
                     StartsWith(base + "logs?project=shop&pod=web-1&previous=true&tail_lines=7 HTTP/1.1\r\n"));
         co_return Done{};
       });
}

async::Task<OperationReply> scale(Lab& lab) {
  return lab.client.request(lab.ctx, lab.caller, "scale", "o1", {{"name", "web"}, {"replicas", 5}});
}

TEST(ControlPlaneClient, EveryAnswerToAnOperationIsAReplyWhateverItsStatus) {
  play({answers({reply(200, R"({"state":"executed"})"), reply(202, "{}"), problem(403, "You may not.")})},
       [](Lab& lab) -> async::Task<void> {
         for (int status : {200, 202, 403}) {
           auto reply = co_await scale(lab);
           if (!reply) co_return std::unexpected(reply.error());
           EXPECT_EQ(reply->status, status);
         }
         EXPECT_THAT(lab.origin.requests().at(0), StartsWith("POST /internal/v1/operations/scale HTTP/1.1\r\n"));
         EXPECT_THAT(lab.origin.requests().at(0),
                     HasSubstr(R"({"call_id":"o1","arguments":{"name":"web","replicas":5}})"));
         co_return Done{};
       });
}

TEST(ControlPlaneClient, ARequestWhoseConnectionIsLostIsSentOnceMoreWithTheSameCallId) {
  play({{Imposter::await_request(), Imposter::reset()}, answers({reply(200, R"({"state":"executed"})")})},
       [](Lab& lab) -> async::Task<void> {
         auto reply = co_await scale(lab);
         if (!reply) co_return std::unexpected(reply.error());
         EXPECT_EQ(reply->status, 200);
         const auto& asked = lab.origin.requests();
         EXPECT_EQ(asked.size(), 2u);
         EXPECT_EQ(asked.front(), asked.back());
         co_return Done{};
       });
}

TEST(ControlPlaneClient, ARequestThatIsLostTwiceIsNotSentAgainAndNobodyKnows) {
  testing::internal::CaptureStderr();
  play({{Imposter::await_request(), Imposter::reset()}}, [](Lab& lab) -> async::Task<void> {
    auto reply = co_await scale(lab);
    if (reply) co_return foundation::fail(Code::internal, "an answer came");
    EXPECT_NE(reply.error().code, Code::unavailable);
    EXPECT_EQ(reply.error().cause, "the connection to the control plane broke");
    EXPECT_EQ(lab.origin.requests().size(), 2u);
    co_return Done{};
  });
  std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("control_plane_lost"));
  EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST(ControlPlaneClient, ARequestThatNeverLeftIsUnavailable) {
  play({{}}, [](Lab& lab) -> async::Task<void> {
    co_await lab.origin.stop();
    auto nowhere = http::Client::create(co_await async::asio::this_coro::executor, {.base_url = "http://127.0.0.1:1"});
    if (!nowhere) co_return std::unexpected(nowhere.error());
    Client client(**nowhere);
    auto reply = co_await client.request(lab.ctx, lab.caller, "scale", "o1", {});
    if (reply) co_return foundation::fail(Code::internal, "an answer came");
    EXPECT_EQ(reply.error().code, Code::unavailable);
    EXPECT_EQ(reply.error().cause, "the control plane cannot be reached");
    co_return Done{};
  });
}

// 10,000 pods were "too large": the bound was 32 MiB.
TEST(ControlPlaneClient, AWorkspaceOfTenThousandPodsIsNotTooLarge) {
  std::string body = kSnapshot;
  for (int i = 0; i < 40; ++i)
    body += R"({"kind":"Pod","metadata":{"name":"p)" + std::to_string(i) + R"("},"x":")" + std::string(1 << 20, 'x') +
            "\"}\n";
  play({answers({reply(200, std::move(body))})}, [](Lab& lab) -> async::Task<void> {
    auto read = co_await lab.client.snapshot(lab.ctx, lab.caller);
    if (!read) co_return std::unexpected(read.error());
    EXPECT_EQ((*read)->size(), 41u);
    co_return Done{};
  });
}

TEST(ControlPlaneClient, ASnapshotThatBreaksOffIsAnErrorAndNoHalfCopy) {
  play({{Imposter::await_request(),
         Imposter::send("HTTP/1.1 200 X\r\nETag: \"v1\"\r\nContent-Length: 9999\r\n\r\n" + kSnapshot)},
        answers({reply(200, kSnapshot)})},
       [](Lab& lab) -> async::Task<void> {
         auto broken = co_await lab.client.snapshot(lab.ctx, lab.caller);
         EXPECT_FALSE(broken);
         auto whole = co_await lab.client.snapshot(lab.ctx, lab.caller);
         if (!whole) co_return std::unexpected(whole.error());
         EXPECT_THAT(lab.origin.requests().back(), Not(HasSubstr("If-None-Match")));
         co_return Done{};
       });
}

}  // namespace
}  // namespace ai_ops::control_plane
