// A question of a turn that may only read: its token, its answer, its end.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "api/audit/audit.h"
#include "api/turns/forward.h"
#include "api/turns/migrations.h"
#include "foundation/crypto/encoding.h"
#include "foundation/database/temp_database.h"
#include "foundation/http/imposter.h"

namespace api::turns {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
namespace http = foundation::http;
namespace json = foundation::json;
using http::Imposter;

// Of the token that a request carries; forward_test.cc has those that verify.
json::Object claims_of(const std::string& request) {
  std::size_t from = request.find('.', request.find("Bearer ")) + 1;
  auto text = foundation::crypto::from_base64url(request.substr(from, request.find('.', from) - from));
  auto claims = json::parse_strict(text.value_or(""));
  return claims && claims->is_object() ? claims->get_object() : json::Object();
}

struct ConsultTest : testing::Test {
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemons do
    ASSERT_TRUE(foundation::database::wait_for(keys.refresh()));
    turn.id = "turn-1";
    turn.user = tenancy::UserName("erin");
    turn.organization = tenancy::OrganizationName("demo");
    turn.workspace = tenancy::WorkspaceName("shop");
    turn.credential = "sha256:session";
    turn.conversation = "conversation-1";
    turn.deadline = clock.wall() + kTurnTime;
  }
  Result<http::Response> consult(Imposter::Script script) {
    Imposter advisor_stub(loop.get_executor(), {std::move(script)});
    auto advisor = http::Client::create(loop.get_executor(), {.base_url = advisor_stub.url()});
    Forwarder forwarder({*database, **advisor, keys, open_turns, clock});
    std::optional<Result<http::Response>> ended;
    http::Request request{.target = "/v1/conversations", .headers = {}, .body = {}};
    async::asio::co_spawn(loop, forwarder.consult(ctx, turn, {{"editor", "shop"}}, request),
                          [&](std::exception_ptr, Result<http::Response> got) { ended = std::move(got); });
    run_until([&] { return ended.has_value(); });
    if (!advisor_stub.requests().empty()) asked = advisor_stub.requests().front();
    bool stopped = false;
    async::asio::co_spawn(loop, advisor_stub.stop(), [&](std::exception_ptr) { stopped = true; });
    run_until([&] { return stopped; });
    return std::move(*ended);
  }
  template <class Condition>
  void run_until(Condition holds) {
    loop.restart();
    for (auto until = std::chrono::steady_clock::now() + 30s; !holds() && std::chrono::steady_clock::now() < until;)
      loop.run_one_for(1s);
    if (!holds()) std::abort();  // it still holds what goes with this frame
  }
  // Kind and outcome of the turn's row.
  std::string row() {
    auto rows = database.read([](Session& session) { return session.query("SELECT kind, outcome FROM turns"); });
    return rows->empty() ? "none" : rows->at(0).text(0) + " " + rows->at(0).optional_text(1).value_or("open");
  }

  async::asio::io_context loop{1};
  foundation::ManualClock clock{WallTime(Milliseconds(1'800'000'000'000))};
  foundation::database::TempFolder folder;
  foundation::database::TempDatabase database{{audit::migrations(), migrations()}, &clock};
  KeyRing keys{*database, *foundation::crypto::SealingKey::open_or_create(folder.path() / "sealing.key")};
  foundation::telemetry::Metrics metrics;
  OpenTurns open_turns{metrics};
  async::Context ctx{.request_id = "request-1", .log = {}};
  Turn turn;
  std::string asked;
};

TEST_F(ConsultTest, TheAnswerComesWholeAndTheTurnOnlyReads) {
  auto answer = consult({Imposter::await_request(), Imposter::send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(row(), "read answered");
  auto claims = claims_of(asked);
  EXPECT_EQ(claims.at("scope"), "read");
  EXPECT_EQ(claims.at("sub"), "erin");
  EXPECT_EQ(claims.at("turn"), "turn-1");
}

TEST_F(ConsultTest, ARefusalIsAnAnswer) {
  auto answer =
      consult({Imposter::await_request(), Imposter::send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST_F(ConsultTest, WithoutAnAnswerTheAdvisorIsUnavailableAndTheTurnEnds) {
  auto answer = consult({Imposter::await_request(), Imposter::reset()});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::unavailable);
  EXPECT_EQ(row(), "read failed");
}

TEST_F(ConsultTest, AnAnswerWithoutEndIsNotTaken) {
  std::string endless =
      "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + std::string(kMaxConsultedBytes + 1, 'x');
  auto answer = consult({Imposter::await_request(), Imposter::send(endless), Imposter::hold()});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::unavailable);
  EXPECT_EQ(row(), "read failed");
}

}  // namespace
}  // namespace api::turns
