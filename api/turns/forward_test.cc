// However an advisor behaves, the user gets what it may say, exactly one terminal event, and the turn is closed.
#include "api/turns/forward.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>
#include <stdexcept>
#include <utility>

#include "api/audit/audit.h"
#include "api/turns/migrations.h"
#include "foundation/crypto/certificates.h"
#include "foundation/database/temp_database.h"
#include "foundation/http/imposter.h"
#include "foundation/http/server.h"
#include "foundation/http/sse.h"

namespace api::turns {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::Done;
namespace http = foundation::http;
namespace json = foundation::json;
using http::Imposter;
using Names = std::vector<std::string>;

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
std::string chunk(const std::string& bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }
std::string frame(std::string_view event, const std::string& data) { return chunk(http::sse_frame("1", event, data)); }
std::string delta(const std::string& text) { return frame("delta", R"({"text":")" + text + "\"}"); }
const std::string kEnd = "0\r\n\r\n";

struct ListSink final : EventSink {
  async::Task<void> begin() override {
    ++begun;
    if (at_the_beginning) at_the_beginning();
    if (begins) co_return Done{};
    co_return foundation::fail(Code::io, "write", "the client is gone");
  }
  async::Task<void> events(std::vector<Event> some) override {
    for (auto& event : some) {
      if (all.size() == fails_after) co_return foundation::fail(Code::io, "write", "the client is gone");
      EXPECT_EQ(event.data["seq"], std::int64_t(all.size()) + 1);
      EXPECT_EQ(event.data["turn_id"], "turn-1");
      EXPECT_TRUE(foundation::parse_rfc3339(event.data["at"].as_string()));
      all.push_back(event);
      if (event.name == "turn" && at_the_turn) at_the_turn();
      if (event.name == "delta" && at_a_delta) at_a_delta();
    }
    co_return Done{};
  }
  async::Task<void> heartbeat() override { co_return Done{}; }
  Names names() const {
    Names names;
    for (const auto& event : all) names.push_back(event.name);
    return names;
  }
  std::string last(std::string_view member) const {
    const auto* value = all.back().data.if_contains(member);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
  }
  std::vector<Event> all;
  std::size_t fails_after = SIZE_MAX;
  int begun = 0;
  bool begins = true;
  std::function<void()> at_the_beginning, at_the_turn, at_a_delta;
};

struct ForwarderTest : testing::Test {
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemons do
    ASSERT_TRUE(foundation::database::wait_for(keys.refresh()));
    turn.id = "turn-1";
    turn.user = tenancy::UserName("erin");
    turn.organization = tenancy::OrganizationName("demo");
    turn.workspace = tenancy::WorkspaceName("shop");
    turn.credential = "sha256:session";
    turn.conversation = "conversation-1";
    turn.message = "how is web?";
    turn.deadline = clock.wall() + kTurnTime;
  }

  // Forwards the turn to an advisor at `url` and checks what must hold whatever comes of it.
  Done forward(const std::string& url, std::optional<http::TlsClient> tls = {}) {
    auto advisor = http::Client::create(loop.get_executor(), {.base_url = url, .tls = std::move(tls)});
    Forwarder forwarder({*database, **advisor, keys, open_turns, clock});
    std::optional<Done> ended;
    async::asio::co_spawn(loop,
                          async::in_branch<void>(forwarder.run(ctx, turn, {{"editor", "shop"}},
                                                               question.value_or(chat_question(turn)), sink)),
                          async::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, Done done) {
                            threw = e != nullptr;
                            ended = done;
                          }));
    if (cancelled_while_opening) cancel_at_the_row();
    auto until = std::chrono::steady_clock::now() + 60s;
    while (!ended && std::chrono::steady_clock::now() < until) loop.run_one_for(1s);
    EXPECT_TRUE(ended) << "the forward hangs";
    if (!ended) std::abort();  // it still holds what goes with this frame
    EXPECT_EQ(open_turns.size(), 0u);
    EXPECT_NE(outcome(), "open") << "the turn is closed however it ends";
    return ended.value_or(foundation::fail(Code::internal, "forward"));
  }
  // While the database is held up, the forward waits for its row; there the cancellation meets it.
  void cancel_at_the_row() {
    std::promise<void> held, release;
    auto holder = std::async(std::launch::async, [&] {
      return database.write([&](Session&) {
        held.set_value();
        release.get_future().wait();
        return Done{};
      });
    });
    held.get_future().wait();
    while (loop.poll_one() > 0) continue;
    cancel.emit(async::asio::cancellation_type::terminal);
    release.set_value();
    EXPECT_TRUE(holder.get());
  }
  Done forward(Imposter::Script script) {
    advisor_stub.emplace(loop.get_executor(), std::vector<Imposter::Script>{std::move(script)});
    auto done = forward(advisor_stub->url());
    auto until = std::chrono::steady_clock::now() + 10s;
    while (advisor_stub->live() > 0 && std::chrono::steady_clock::now() < until) loop.run_one_for(10ms);
    EXPECT_EQ(advisor_stub->live(), 0u) << "the advisor's connection is gone with the turn";
    finish(advisor_stub->stop());
    return done;
  }
  void finish(async::asio::awaitable<void> work) {
    bool finished = false;
    async::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr) { finished = true; });
    loop.restart();
    while (!finished) loop.run_one();
  }
  // With an advisor that answers so.
  Done answered(const std::string& bytes) { return forward({Imposter::await_request(), Imposter::send(bytes)}); }

  std::string outcome() {
    auto rows = database.read(
        [id = turn.id](Session& session) { return session.query("SELECT outcome FROM turns WHERE id = $1", {id}); });
    return rows->empty() ? "none" : rows->at(0).optional_text(0).value_or("open");
  }
  // The kinds and, where they have one, outcomes or reasons of what stands in the audit, oldest first.
  Names audited() {
    auto records = database.read([](Session& session) { return audit::list(session, "demo", {}, 0, 100); });
    Names entries;
    for (const auto& record : *records) {
      auto leaf = json::parse_strict(record.leaf).value();
      EXPECT_EQ(leaf.at("turn"), "turn-1");
      EXPECT_EQ(leaf.at("subject"), "erin");
      EXPECT_EQ(leaf.at("workspace"), "shop");
      std::string entry(leaf.at("kind").as_string());
      for (const char* more : {"outcome", "reason"})
        if (const auto* value = leaf.as_object().if_contains(more)) entry += " " + std::string(value->as_string());
      entries.insert(entries.begin(), entry);
    }
    return entries;
  }
  // What was dropped or cleaned, between the turn's opening and its closing.
  Names reasons() {
    Names entries = audited(), reasons;
    EXPECT_EQ(entries.front(), "turn.opened");
    EXPECT_TRUE(entries.back().starts_with("turn.closed "));
    for (std::size_t i = 1; i + 1 < entries.size(); ++i)
      reasons.push_back(entries[i].substr(entries[i].rfind(' ') + 1));
    std::ranges::sort(reasons);
    return reasons;
  }
  void expect_error(std::string_view code) {
    EXPECT_EQ(sink.names().back(), "error");
    EXPECT_EQ(sink.last("code"), code);
    EXPECT_FALSE(sink.last("text").empty());
    EXPECT_EQ(sink.last("request_id"), "request-1");
    EXPECT_EQ(std::ranges::count_if(sink.names(), [](auto& name) { return name == "done" || name == "error"; }), 1);
  }

  async::asio::io_context loop{1};
  foundation::ManualClock clock{WallTime(Milliseconds(1'800'000'000'000))};
  foundation::database::TempFolder folder;
  foundation::database::TempDatabase database{{audit::migrations(), migrations()}, &clock};
  KeyRing keys{*database, *foundation::crypto::SealingKey::open_or_create(folder.path() / "sealing.key")};
  foundation::telemetry::Metrics metrics;
  OpenTurns open_turns{metrics};
  async::asio::cancellation_signal cancel;
  async::Context ctx{.request_id = "request-1", .log = {}};
  std::optional<Imposter> advisor_stub;
  bool cancelled_while_opening = false;
  bool threw = false;
  Turn turn;
  std::optional<Question> question;  // none: the turn's chat
  ListSink sink;
};

TEST_F(ForwarderTest, AnAnswerIsPassedOnAndEndsInOneDone) {
  EXPECT_TRUE(
      answered(kHead + frame("agent", R"({"name":"shop","task":"look"})") + delta("all ") + delta("well") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "agent", "delta", "delta", "done"}));
  EXPECT_EQ(sink.all[0].data["conversation_id"], "conversation-1");
  EXPECT_EQ(sink.all[0].data["message"], "how is web?");
  EXPECT_EQ(sink.all[2].data["text"], "all ");
  EXPECT_EQ(sink.last("outcome"), "answered");
  EXPECT_EQ(outcome(), "answered");
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed answered"}));
}

TEST_F(ForwarderTest, PiecesOfAnyLengthAreTheSameStream) {
  EXPECT_TRUE(forward({Imposter::await_request(), Imposter::send(kHead + delta("all") + delta("well") + kEnd, 3)}));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "delta", "done"}));
}

TEST_F(ForwarderTest, TheAdvisorIsAskedWithTheTurnAndItsToken) {
  EXPECT_TRUE(answered(kHead + kEnd));
  ASSERT_EQ(advisor_stub->requests().size(), 1u);
  const std::string& asked = advisor_stub->requests()[0];
  EXPECT_TRUE(asked.starts_with("POST /v1/chat HTTP/1.1\r\n"));
  EXPECT_NE(asked.find("Authorization: Bearer "), std::string::npos);
  auto body = json::parse_strict(asked.substr(asked.find("\r\n\r\n") + 4));
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, (json::Object{{"turn", "turn-1"},
                                 {"conversation_id", "conversation-1"},
                                 {"message", "how is web?"},
                                 {"commands", json::Array{}}}));
}

TEST_F(ForwarderTest, WhatItHasNoRightToSendIsDroppedAndAuditedOnce) {
  std::string flood;
  for (int i = 0; i < 40; ++i)
    flood += frame("operation", R"({"state":"executed"})") + frame("done", R"({"outcome":"executed"})") +
             frame("nonsense" + std::to_string(i), "{}") + frame("delta", "{}");
  EXPECT_TRUE(answered(kHead + flood + delta("x") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "done"}));
  EXPECT_EQ(sink.last("outcome"), "answered");
  EXPECT_EQ(reasons(), (Names{"forged_done", "forged_operation", "malformed_delta", "unknown_other"}));
}

TEST_F(ForwarderTest, InvisibleTextIsCleanedAndAudited) {
  EXPECT_TRUE(answered(kHead + delta("a\\u202eb") + delta("c\\u200bd") + kEnd));
  EXPECT_EQ(sink.all.at(1).data["text"], "ab");
  EXPECT_EQ(reasons(), Names{"cleaned_delta"});
}

TEST_F(ForwarderTest, TheOutcomeIsOfTheControlPlanesOwnRecord) {
  sink.at_the_turn = [this] {
    open_turns.announce("turn-1", Outcome::executed, {"operation", {{"state", "executed"}}});
  };
  EXPECT_TRUE(answered(kHead + delta("I did nothing") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "operation", "delta", "done"}));
  EXPECT_EQ(sink.last("outcome"), "executed");
  EXPECT_EQ(outcome(), "executed");
}

TEST_F(ForwarderTest, AnErrorOfTheAdvisorEndsTheForward) {
  EXPECT_TRUE(
      answered(kHead + delta("a") + frame("error", R"({"code":"denied","text":"no model"})") + delta("b") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "error"}));
  expect_error("advisor_failed");
  EXPECT_EQ(sink.last("text"), "no model");
  EXPECT_EQ(outcome(), "failed");
}

// It once came through as advisor_failed, so that findings that took too long were 503 and not the 504 of the contract.
TEST_F(ForwarderTest, AnAdvisorsDeadlineIsToldAsOneAndNoOtherCodeOfItsOwn) {
  EXPECT_TRUE(answered(kHead + frame("error", R"({"code":"deadline","text":"too long"})") + kEnd));
  expect_error("deadline");
  EXPECT_EQ(sink.last("text"), "too long");
  EXPECT_EQ(outcome(), "failed");
}

// Each of them was remembered as answered.
TEST_F(ForwarderTest, ATurnThatEndsInAnErrorIsRememberedAsFailed) {
  EXPECT_TRUE(forward("http://127.0.0.1:1"));
  expect_error("advisor_unavailable");
  EXPECT_EQ(outcome(), "failed");
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed failed"}));
}

TEST_F(ForwarderTest, AChangeThatWasMadeIsRememberedHoweverTheAnswerEnds) {
  sink.at_the_turn = [this] {
    open_turns.announce("turn-1", Outcome::executed, {"operation", {{"operation_id", "op-1"}}});
  };
  EXPECT_TRUE(answered(kHead + frame("error", R"({"code":"internal","text":"sorry"})") + kEnd));
  expect_error("advisor_failed");
  EXPECT_EQ(outcome(), "executed");
}

TEST_F(ForwarderTest, ACutConnectionIsNotACompleteAnswer) {
  EXPECT_TRUE(answered(kHead + delta("half an ans")));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "error"}));
  expect_error("advisor_failed");
  EXPECT_EQ(outcome(), "failed");
}

TEST_F(ForwarderTest, ARefusalIsToldAndNothingOfItsBodyIsShown) {
  EXPECT_TRUE(answered("HTTP/1.1 503 No\r\nContent-Length: 6\r\n\r\nsecret"));
  EXPECT_EQ(sink.names(), (Names{"turn", "error"}));
  expect_error("advisor_unavailable");
  EXPECT_EQ(sink.last("text").find("secret"), std::string::npos);
}

TEST_F(ForwarderTest, ABusyAdvisorIsToldApart) {
  EXPECT_TRUE(answered("HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n"));
  expect_error("advisor_unavailable");
  EXPECT_NE(sink.last("text").find("busy"), std::string::npos);
}

TEST_F(ForwarderTest, AnUnreachableAdvisorIsTold) {
  EXPECT_TRUE(forward("http://127.0.0.1:1"));
  EXPECT_EQ(sink.names(), (Names{"turn", "error"}));
  expect_error("advisor_unavailable");
}

TEST_F(ForwarderTest, AFrameOverItsBoundEndsTheForward) {
  EXPECT_TRUE(answered(kHead + delta("a") + delta(std::string(http::kMaxFrameBytes, 'x'))));
  expect_error("advisor_failed");
  EXPECT_EQ(reasons(), Names{"oversized_frame"});
}

TEST_F(ForwarderTest, ASilentAdvisorIsStoppedAtTheTurnsDeadline) {
  turn.deadline = clock.wall() + 100ms;
  EXPECT_TRUE(forward({Imposter::await_request(), Imposter::send(kHead + delta("a")), Imposter::hold()}));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "error"}));
  expect_error("deadline");
  EXPECT_EQ(outcome(), "failed");
}

// It was left open until its lease ended: the same conversation answered 409 meanwhile.
TEST_F(ForwarderTest, AHangUpWhileTheTurnIsOpenedClosesIt) {
  cancelled_while_opening = true;
  auto done = forward({Imposter::await_request()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::cancelled);
  EXPECT_EQ(sink.begun, 0);
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed cut"}));
  cancelled_while_opening = false;
  turn.id = "turn-2";
  EXPECT_TRUE(database.write([t = turn](Session& session) { return open_turn(session, t); })) << "it is busy";
}

TEST_F(ForwarderTest, AClientThatIsGoneBeforeTheStreamBeginsClosesTheTurn) {
  sink.begins = false;
  EXPECT_EQ(forward({Imposter::await_request()}).error().code, Code::io);
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed cut"}));
}

TEST_F(ForwarderTest, AnExceptionBeforeTheFirstEventClosesTheTurnAndPassesOn) {
  sink.at_the_beginning = [] { throw std::runtime_error("a bug"); };
  (void)forward({Imposter::await_request()});
  EXPECT_TRUE(threw);
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed cut"}));
}

TEST_F(ForwarderTest, AnExceptionInTheMidstOfTheAnswerClosesTheTurnAndPassesOn) {
  sink.at_a_delta = [] { throw std::runtime_error("a bug"); };
  (void)forward({Imposter::await_request(), Imposter::send(kHead + delta("a")), Imposter::hold()});
  EXPECT_TRUE(threw);
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed cut"}));
}

TEST_F(ForwarderTest, ATurnThatCannotBeOpenedIsNotBegun) {
  EXPECT_TRUE(database.write([t = turn](Session& session) { return open_turn(session, t); }));
  turn.id = "turn-2";
  EXPECT_EQ(forward("http://127.0.0.1:1").error().code, Code::conflict);
  EXPECT_EQ(outcome(), "none");
  EXPECT_EQ(sink.begun, 0);
  EXPECT_TRUE(database.read([](Session& session) { return live_turn(session, "turn-1"); })) << "the other goes on";
}

TEST_F(ForwarderTest, WhatIsDroppedIsNotShownEvenWhenThatCannotBeAudited) {
  sink.at_the_turn = [this] {
    EXPECT_TRUE(database.write([](Session& session) {
      return session.execute(
          "CREATE TRIGGER broken BEFORE INSERT ON audit_entries WHEN NEW.kind = 'stream.dropped'"
          " BEGIN SELECT RAISE(ABORT, 'broken'); END");
    }));
  };
  EXPECT_TRUE(answered(kHead + frame("operation", "{}") + delta("a") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "done"}));
}

TEST_F(ForwarderTest, AClientThatIsGoneEndsTheAdvisorsWork) {
  sink.fails_after = 1;
  EXPECT_FALSE(forward({Imposter::await_request(), Imposter::send(kHead + delta("a")), Imposter::hold()}));
  EXPECT_EQ(outcome(), "cut");
}

TEST_F(ForwarderTest, ACancelledForwardIsClosedAndItsAdvisorEnds) {
  sink.at_a_delta = [this] {
    async::asio::post(loop, [this] { cancel.emit(async::asio::cancellation_type::terminal); });
  };
  auto done = forward({Imposter::await_request(), Imposter::send(kHead + delta("a")), Imposter::hold()});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::cancelled);
  EXPECT_EQ(outcome(), "cut");
}

// It ended without a word: the stream just broke off.
TEST_F(ForwarderTest, ATurnThatSomebodyClosesEndsInATerminalEvent) {
  sink.at_the_turn = [this] {
    EXPECT_TRUE(database.write([](Session& session) { return close_turn(session, "turn-1", "closed elsewhere"); }));
  };
  EXPECT_TRUE(forward({Imposter::await_request(), Imposter::send(kHead + delta("a")), Imposter::hold()}));
  EXPECT_EQ(sink.names(), (Names{"turn", "delta", "error"}));
  expect_error("cancelled");
  EXPECT_EQ(outcome(), "closed elsewhere");
}

// A question of a turn that may only read: numbers, and how many there were.
struct QuestionTest : ForwarderTest {
  static std::string_view refuses(const Event& event) {
    if (event.name == "delta") return event.data.at("text") == "bad" ? "malformed" : "";
    return event.name == "checked" ? "" : "unasked";
  }
  void SetUp() override {
    ForwarderTest::SetUp();
    turn.kind = Kind::read;
    question = Question{"/v1/numbers", R"({"most":3})", &refuses, "checked"};
  }
  const std::string checked = frame("checked", R"({"version":"1","objects":2,"workloads":1,"skipped":[]})");
};

TEST_F(QuestionTest, IsAskedAsItIsAndAnsweredWithoutATurnEvent) {
  EXPECT_TRUE(answered(kHead + delta("1") + checked + kEnd));
  EXPECT_EQ(sink.names(), (Names{"delta", "checked", "done"}));
  EXPECT_EQ(sink.last("outcome"), "answered");
  EXPECT_EQ(audited(), (Names{"turn.opened", "turn.closed answered"}));
  const std::string& asked = advisor_stub->requests().at(0);
  EXPECT_TRUE(asked.starts_with("POST /v1/numbers HTTP/1.1\r\n"));
  EXPECT_TRUE(asked.ends_with("\r\n\r\n{\"most\":3}"));
}

TEST_F(QuestionTest, WhatIsNoAnswerIsDroppedAndAuditedAndTheAnswerIsNotWhole) {
  for (const auto& [event, why] : std::vector<std::pair<std::string, std::string>>{
           {frame("agent", R"({"name":"a","task":"b"})"), "unasked_agent"},
           {frame("operation", R"({"state":"executed"})"), "forged_operation"},
           {delta("bad"), "malformed_delta"},
           {frame("delta", "{}"), "malformed_delta"}}) {
    EXPECT_TRUE(answered(kHead + event + delta("1") + checked + kEnd));
    EXPECT_EQ(sink.names(), (Names{"delta", "checked", "error"})) << why;
    expect_error("advisor_failed");
    Names entries = audited();
    EXPECT_EQ(entries.at(entries.size() - 2).substr(entries.at(entries.size() - 2).rfind(' ') + 1), why);
    EXPECT_EQ(entries.back(), "turn.closed failed");
    EXPECT_TRUE(database.write([](Session& session) { return session.execute("DELETE FROM turns"); }));
    sink = {};
    loop.restart();
  }
}

TEST_F(QuestionTest, AnAnswerWithoutItsLastEventIsNotWhole) {
  EXPECT_TRUE(answered(kHead + delta("1") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"delta", "error"}));
  expect_error("advisor_failed");
  EXPECT_EQ(outcome(), "failed");
}

TEST_F(QuestionTest, AnErrorOfTheAdvisorIsItsAnswer) {
  EXPECT_TRUE(answered(kHead + frame("error", R"({"code":"unavailable","text":"no cluster"})") + kEnd));
  EXPECT_EQ(sink.names(), Names{"error"});
  EXPECT_EQ(sink.last("text"), "no cluster");
}

// The key ring was refreshed long ago: no key signs.
TEST_F(ForwarderTest, WithoutASigningKeyTheAdvisorIsNotAsked) {
  clock.advance(100h);
  turn.deadline = clock.wall() + kTurnTime;
  EXPECT_TRUE(answered(kHead + delta("a") + kEnd));
  EXPECT_EQ(sink.names(), (Names{"turn", "error"}));
  expect_error("advisor_unavailable");
  EXPECT_TRUE(advisor_stub->requests().empty());
}

// A TLS advisor that keeps the token it was given.
struct TlsAdvisor {
  TlsAdvisor(ForwarderTest& t) {
    WallTime now = foundation::SystemClock().wall();
    authority = foundation::crypto::make_authority("test", now, 1h);
    leaf = *foundation::crypto::make_leaf(authority, {"ai-ops", {}, {"127.0.0.1"}, "spiffe://hks/ai-ops"}, now, 1h);
    http::TlsIdentity identity{leaf.certificate, leaf.key};
    auto handler = [this](async::Context&, http::Exchange& exchange) { return chat(exchange); };
    std::vector<http::Route> routes{{http::Method::post, "/v1/chat", "internal_token", 64 << 10, 30s, handler}};
    server.emplace(
        *http::listen_on(t.loop.get_executor(), "127.0.0.1:0"), *http::RouteTable::create(std::move(routes)),
        http::Server::Options{
            .name = "advisor", .limits = {}, .tls = *http::TlsServer::create(identity, authority.certificate)},
        t.metrics, foundation::telemetry::Log());
    server->start();
    client = *http::TlsClient::create({.authority_pem = authority.certificate, .identity = identity});
  }
  async::Task<http::Reply> chat(http::Exchange& exchange) {
    token = exchange.request().headers.find("Authorization").value_or("");
    co_return http::text_reply(503, "enough");
  }
  foundation::crypto::CertificatePair authority, leaf;
  std::optional<http::Server> server;
  std::optional<http::TlsClient> client;
  std::string token;
};

TEST_F(ForwarderTest, TheTokenIsTheTurnsAndGoodForThisAdvisorsCertificateOnly) {
  TlsAdvisor advisor(*this);
  EXPECT_TRUE(forward("https://" + advisor.server->address(), advisor.client));
  finish(advisor.server->stop(0ms));
  auto bearer = foundation::jwt::bearer_token(advisor.token);
  ASSERT_TRUE(bearer);
  auto claims = foundation::jwt::verify_internal(*bearer, keys.published(), clock.wall());
  ASSERT_TRUE(claims) << claims.error().reason;
  EXPECT_EQ(claims->turn, "turn-1");
  EXPECT_EQ(claims->subject, "erin");
  EXPECT_EQ(claims->actor, kAdvisorWorkload);
  EXPECT_EQ(claims->organization, "demo");
  EXPECT_EQ(claims->workspace, "shop");
  EXPECT_EQ(claims->peer_thumbprint, *foundation::crypto::certificate_thumbprint(advisor.leaf.certificate));
  EXPECT_EQ(claims->roles, (std::vector<foundation::jwt::RoleClaim>{{"editor", "shop"}}));
  EXPECT_EQ(claims->expires_at - claims->issued_at, foundation::jwt::kMaxLifetime);
}

}  // namespace
}  // namespace api::turns
