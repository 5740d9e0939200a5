// The chat listener as the control plane meets it: mutual TLS, the token, the body, the stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "ai-ops/app/route_tables.h"
#include "ai-ops/control_plane/fake.h"
#include "ai-ops/llm/fake_server.h"
#include "foundation/crypto/certificates.h"
#include "foundation/database/temp_database.h"
#include "foundation/http/sse.h"
#include "foundation/json/view.h"

namespace ai_ops::app {
namespace {

using control_plane::FakeControlPlane;
using control_plane::KeyRefresh;
using foundation::Code;
using foundation::Done;
using foundation::SystemClock;
using foundation::crypto::CertificatePair;
using foundation::crypto::PrivateKey;
using foundation::jwt::InternalClaims;
using std::chrono::steady_clock;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;

constexpr const char* kTurn = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10";
constexpr const char* kConversation = "019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10";
constexpr const char* kScale =
    R"({"turn":"019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10","message":"scale web to 5","commands":[{"operation":"scale",
        "arguments":{"project":"shop","kind":"Deployment","name":"web","replicas":5}}]})";
constexpr const char* kAsk =
    R"({"turn":"019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10","message":"what is wrong?","commands":[]})";

struct Pki {
  CertificatePair authority = foundation::crypto::make_authority("test", SystemClock().wall(), 24h);
  CertificatePair advisor = leaf(authority, "spiffe://hks/ai-ops");
  CertificatePair control_plane = leaf(authority, "spiffe://hks/control-plane");
  CertificatePair stranger =
      leaf(foundation::crypto::make_authority("other", SystemClock().wall(), 24h), "spiffe://hks/control-plane");
  static CertificatePair leaf(const CertificatePair& of, std::string workload) {
    return make_leaf(of, {"leaf", {"localhost"}, {"127.0.0.1"}, std::move(workload)}, SystemClock().wall(), 24h)
        .value();
  }
};
const Pki& pki() {
  static const Pki made;
  return made;
}
std::string thumbprint_of(const CertificatePair& pair) {
  return foundation::crypto::certificate_thumbprint(pair.certificate).value();
}
http::TlsIdentity identity(const CertificatePair& pair) { return {pair.certificate, pair.key}; }

const PrivateKey kKey = PrivateKey::generate(), kForeignKey = PrivateKey::generate();

InternalClaims claims() {
  auto now = SystemClock().wall();
  return {.subject = "erin",
          .actor = "spiffe://hks/ai-ops",
          .organization = "demo",
          .workspace = "shop",
          .roles = {},
          .scope = {"chat"},
          .turn = kTurn,
          .jti = "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10",
          .issued_at = now,
          .not_before = now,
          .expires_at = now + foundation::jwt::kMaxLifetime,
          .peer_thumbprint = thumbprint_of(pki().advisor)};
}
std::string token(const InternalClaims& of, const PrivateKey& key = kKey) {
  return mint_internal(of, key, foundation::jwt::thumbprint(kKey.public_key())).reveal();
}

async::Task<http::Reply> serve_keys(async::Context&, http::Exchange&) {
  auto open = kKey.public_key();
  foundation::jwt::KeySet keys({{foundation::jwt::thumbprint(open), foundation::crypto::Algorithm::es256, open}});
  co_return http::Reply{.body = keys.to_text()};
}

struct Lab {
  async::asio::any_io_executor on;
  SystemClock clock = {};
  foundation::telemetry::Metrics metrics = {};
  FakeControlPlane fake = {};
  Services services{.clock = clock, .metrics = metrics, .max_turns = 2};
  std::vector<foundation::database::Migration> tables = conversations::migrations();
  foundation::database::TempDatabase database{{tables}};
  conversations::Conversations conversations{*database};
  std::unique_ptr<http::Server> keys_server = {}, chat_server = {}, ops_server = {};
  std::unique_ptr<http::Client> to_keys = {}, to_chat = {}, to_ops = {};
  std::unique_ptr<KeyRefresh> keys = {};
  async::TaskGroup tasks{on, {}};
  std::unique_ptr<llm::ReplicaSet> model = {};
  async::Context ctx{"test", steady_clock::now() + 20s, {}};

  std::unique_ptr<http::Server> server(const char* name, std::vector<http::Route> routes,
                                       std::optional<http::TlsServer> tls) {
    auto made = std::make_unique<http::Server>(http::listen_on(on, "127.0.0.1:0").value(),
                                               http::RouteTable::create(std::move(routes)).value(),
                                               http::Server::Options{.name = name, .limits = {}, .tls = std::move(tls)},
                                               metrics, foundation::telemetry::Log());
    made->start();
    return made;
  }
  std::unique_ptr<http::Client> client(std::optional<http::TlsIdentity> who) {
    auto tls = http::TlsClient::create({.authority_pem = pki().authority.certificate, .identity = std::move(who)});
    return http::Client::create(on, {.base_url = "https://" + chat_server->address(), .tls = tls.value()}).value();
  }
  void start() {
    keys_server = server("keys", {{http::Method::get, "/.well-known/jwks.json", "open", 0, 5s, &serve_keys}}, {});
    to_keys = http::Client::create(on, {.base_url = "http://" + keys_server->address()}).value();
    keys = std::make_unique<KeyRefresh>(*to_keys, foundation::telemetry::Log(), KeyRefresh::Times());
    services.conversations = &conversations;
    services.upstream.emplace(Upstream{*to_keys, *keys, fake, fake, thumbprint_of(pki().advisor)});
    chat_server = server("chat", routes_of(services, chat_routes()),
                         http::TlsServer::create(identity(pki().advisor), pki().authority.certificate).value());
    to_chat = client(identity(pki().control_plane));
    ops_server = server("ops", routes_of(services, ops_routes()), {});
    to_ops = http::Client::create(on, {.base_url = "http://" + ops_server->address()}).value();
  }
  async::Task<void> load_keys() {
    tasks.spawn([this](async::Seat& seat) { return keys->run(seat); });
    while (!keys->loaded())
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return slept;
    co_return Done{};
  }
  static http::Request request(std::string body, const std::string& authorization) {
    http::Request out{.method = http::Method::post, .target = "/v1/chat", .headers = {}, .body = std::move(body)};
    if (!authorization.empty()) out.headers.set("Authorization", authorization);
    return out;
  }
  // With the right token.
  async::Task<http::Response> ask(std::string body) {
    return to_chat->send(ctx, request(std::move(body), "Bearer " + token(claims())));
  }
  async::Task<http::Response> get(std::string target) { return call(http::Method::get, std::move(target)); }
  async::Task<http::Response> call(http::Method method, std::string target) {
    auto wanted = request("", "Bearer " + token(claims()));
    wanted.method = method;
    wanted.target = std::move(target);
    co_return co_await to_chat->send(ctx, std::move(wanted));
  }
  // One replica that stands as `server` says, when it has been looked at.
  async::Task<void> start_model(std::shared_ptr<llm::FakeServerState> server) {
    model = std::make_unique<llm::ReplicaSet>(
        llm::ReplicaSet::Options{.model = "tiny"}, std::make_unique<llm::FixedReplicas>(std::vector<std::string>{"a"}),
        [server](const std::string&) { return std::make_unique<llm::FakeServer>(server); }, metrics,
        foundation::telemetry::Log(), tasks);
    services.served_model.emplace(ServedModel{"ollama", *model});
    model->start();
    while (server->looks == 0 || (!server->look_fails && model->state() == llm::ReplicaState::down))
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return slept;
    co_return co_await async::sleep_for(1ms);
  }
  std::size_t live_turns() { return static_cast<std::size_t>(metrics.gauge("hks_turns_live", "").value()); }
};
using Scenario = async::Task<void> (*)(Lab&);

async::Task<void> run_and_stop(async::asio::any_io_executor on, Scenario scenario) {
  Lab lab{on};
  lab.start();
  Done done = co_await scenario(lab);
  for (auto* one : {&lab.to_chat, &lab.to_ops}) one->reset();
  for (auto* one : {lab.chat_server.get(), lab.ops_server.get()}) co_await one->stop(0ms);
  lab.tasks.drain();
  co_await lab.tasks.wait(10s);
  co_await lab.keys_server->stop(0ms);
  co_return done;
}

void play(Scenario scenario) {
  std::signal(SIGPIPE, SIG_IGN);
  async::asio::io_context io(1);
  Done ended = foundation::fail(Code::internal, "did not end");
  async::asio::co_spawn(io, async::in_branch(run_and_stop(io.get_executor(), scenario)),
                        [&](std::exception_ptr thrown, Done result) {
                          if (thrown) std::rethrow_exception(thrown);
                          ended = std::move(result);
                        });
  io.run_for(60s);
  EXPECT_TRUE(ended) << ended.error().text();
}

std::string detail(const http::Response& response) {
  auto body = json::parse_strict(response.body);
  return body ? std::string(json::View(*body)["detail"].text()) : std::string();
}

TEST(Chat, ATurnIsAnsweredAsAStreamOfEvents) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    lab.fake.reply_to_operation(200, json::Object{{"state", "executed"}});
    auto response = co_await lab.ask(kScale);
    if (!response) co_return std::unexpected(response.error());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->headers.find("Content-Type"), "text/event-stream");
    http::SseParser parser;
    auto frames = parser.push(response->body);
    if (!frames) co_return std::unexpected(frames.error());
    std::vector<std::string> names;
    for (const auto& frame : *frames) {
      names.push_back(frame.event);
      EXPECT_EQ(frame.id, std::to_string(names.size()));
      auto data = json::parse_strict(frame.data);
      EXPECT_TRUE(data && json::View(*data)["turn_id"].text() == kTurn) << frame.data;
    }
    EXPECT_EQ(names, (std::vector<std::string>{"agent", "delta", "usage"}));
    EXPECT_EQ(lab.fake.operations().size(), 1u);
    co_return Done{};
  });
}

constexpr const char* kAskInConversation =
    R"({"turn":"019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10","conversation_id":"019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10",
        "message":"what is wrong?","commands":[]})";

TEST(Conversations, ATurnIsRememberedListedReadAndDeleted) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto said = co_await lab.ask(kAskInConversation);
    EXPECT_TRUE(said && said->status == 200);
    const std::string one = std::string("/v1/conversations/") + kConversation;
    auto list = co_await lab.get("/v1/conversations");
    auto read = co_await lab.get(one);
    if (!list || !read) co_return std::unexpected((list ? read : list).error());
    EXPECT_EQ(list->status, 200);
    EXPECT_THAT(list->body, HasSubstr("what is wrong?"));
    EXPECT_EQ(read->status, 200);
    EXPECT_THAT(read->body, HasSubstr(kTurn));
    auto gone = co_await lab.call(http::Method::delete_, one);
    auto again = co_await lab.get(one);
    EXPECT_TRUE(gone && gone->status == 204);
    EXPECT_TRUE(again && again->status == 404);
    auto no_id = co_await lab.get("/v1/conversations/x");
    EXPECT_TRUE(no_id && no_id->status == 404);
    co_return Done{};
  });
}

TEST(Conversations, NothingIsShownWhileNobodyKnowsWhatMayBe) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto said = co_await lab.ask(kAskInConversation);
    EXPECT_TRUE(said && said->status == 200);
    lab.fake.refuse_snapshot({Code::unavailable, "read the workspace", "the cluster does not answer"});
    for (std::string target : {std::string("/v1/conversations"), std::string("/v1/conversations/") + kConversation}) {
      auto refused = co_await lab.get(target);
      if (!refused) co_return std::unexpected(refused.error());
      EXPECT_EQ(refused->status, 503);
      EXPECT_THAT(refused->body, testing::Not(HasSubstr("what is wrong?")));
    }
    co_return Done{};
  });
}

// Every route that asks for a token, with every way of not having the right one: one answer for all.
TEST(Chat, WithoutTheRightTokenEveryGuardedRouteGivesTheSame401) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto expired = claims(), other_peer = claims();
    expired.issued_at = expired.not_before = SystemClock().wall() - 1h;
    expired.expires_at = expired.issued_at + foundation::jwt::kMaxLifetime;
    other_peer.peer_thumbprint = thumbprint_of(pki().control_plane);
    const std::string wrong[] = {"",
                                 "Bearer",
                                 "Bearer x",
                                 "Basic eA==",
                                 "bearer " + token(claims()) + ", Bearer x",
                                 "Bearer " + token(claims(), kForeignKey),
                                 "Bearer " + token(expired),
                                 "Bearer " + token(other_peer)};
    std::string first;
    int guarded = 0;
    for (const RouteRow& row : chat_routes()) {
      EXPECT_STREQ(access_name(row), "internal_token") << row.pattern << " is open on the chat listener";
      for (const auto& authorization : wrong) {
        auto request = Lab::request(row.body_limit > 0 ? kAsk : "", authorization);
        request.method = row.method;
        request.target = row.pattern;
        if (auto id = request.target.find("{conversation}"); id != std::string::npos)
          request.target.replace(id, std::string::npos, kConversation);
        auto response = co_await lab.to_chat->send(lab.ctx, std::move(request));
        if (!response) co_return std::unexpected(response.error());
        EXPECT_EQ(response->status, 401) << authorization;
        if (first.empty()) first = detail(*response);
        EXPECT_EQ(detail(*response), first) << authorization;
        ++guarded;
      }
    }
    EXPECT_GE(guarded, 8);
    auto twice = Lab::request(kAsk, "Bearer " + token(claims()));
    twice.headers.add("Authorization", "Bearer " + token(claims()));
    auto response = co_await lab.to_chat->send(lab.ctx, std::move(twice));
    EXPECT_TRUE(response && response->status == 401);
    EXPECT_TRUE(lab.fake.operations().empty());
    co_return Done{};
  });
}

TEST(Chat, APeerWithoutACertificateOfOurAuthorityGetsNoAnswer) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    for (auto who : {std::optional<http::TlsIdentity>(), std::optional(identity(pki().stranger))}) {
      auto other = lab.client(who);
      auto response = co_await other->send(lab.ctx, Lab::request(kScale, "Bearer " + token(claims())));
      EXPECT_FALSE(response);
    }
    EXPECT_TRUE(lab.fake.operations().empty());
    co_return Done{};
  });
}

TEST(Chat, ABodyThatIsNotTheContractsIs400AndNamesItsMember) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    const std::string turn = std::string(R"("turn":")") + kTurn + "\"";
    const std::pair<std::string, const char*> rows[] = {
        {R"({"turn":"019b7d5a-0c1e-7001-8a3f-000000000000","message":"hi","commands":[]})", "$.turn"},
        {R"({"message":"hi","commands":[]})", "$.turn"},
        {"{" + turn + R"(,"message":"","commands":[]})", "$.message"},
        {"{" + turn + R"(,"commands":[]})", "$.message"},
        {"{" + turn + R"(,"message":")" + std::string(8193, 'x') + R"(","commands":[]})", "$.message"},
        {"{" + turn + R"(,"message":"hi"})", "$.commands"},
        {"{" + turn + R"(,"message":"hi","commands":[{"operation":"scale"}]})", "$.commands[0].arguments"},
        {"{" + turn + R"(,"message":"hi","commands":[{"operation":"scale","arguments":[]}]})",
         "$.commands[0].arguments"},
        {"{" + turn + R"(,"message":"hi","commands":[1,2,3,4,5,6]})", "$.commands"},
        {"{" + turn + R"(,"message":"hi","commands":[],"conversation_id":"7"})", "$.conversation_id"},
        {"{" + turn + R"(,"message":"hi","commands":[],"admin":true})", "$.admin"},
        {"{" + turn + R"(,"message":"hi","commands":[],"message":"ho"})", "duplicate member"},
        {"not json", ""},
    };
    for (const auto& [body, member] : rows) {
      auto response = co_await lab.ask(body);
      if (!response) co_return std::unexpected(response.error());
      EXPECT_EQ(response->status, 400) << body;
      EXPECT_THAT(response->body, HasSubstr("\"code\":\"invalid_argument\""));
      EXPECT_THAT(detail(*response), HasSubstr(member));
    }
    co_return Done{};
  });
}

TEST(Chat, BeyondItsTurnsAReplicaSays429AndAPlaceThatIsLeftIsFree) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    lab.fake.be_silent();
    std::vector<std::unique_ptr<http::ResponseStream>> running;
    for (int i = 0; i < lab.services.max_turns; ++i) {
      auto stream = co_await lab.to_chat->open(lab.ctx, Lab::request(kAsk, "Bearer " + token(claims())));
      if (!stream) co_return std::unexpected(stream.error());
      EXPECT_EQ((*stream)->status(), 200);
      running.push_back(std::move(*stream));
    }
    auto refused = co_await lab.ask(kAsk);
    if (!refused) co_return std::unexpected(refused.error());
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(refused->headers.find("Retry-After"), "1");
    EXPECT_EQ(lab.live_turns(), 2u);
    running.clear();  // the clients hang up
    for (auto until = steady_clock::now() + 10s; lab.live_turns() != 0 && steady_clock::now() < until;)
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return slept;
    EXPECT_EQ(lab.live_turns(), 0u);
    EXPECT_EQ(lab.services.running_turns, 0);
    EXPECT_EQ(lab.fake.waiting(), 0) << "a read is still under way for a client that has gone";
    co_return Done{};
  });
}

TEST(Chat, BeforeTheKeysAreThereItIsNotReady) {
  play([](Lab& lab) -> async::Task<void> {
    auto early = co_await lab.ask(kAsk);
    if (!early) co_return std::unexpected(early.error());
    EXPECT_EQ(early->status, 503);
    EXPECT_EQ(detail(*early), "Not ready yet.");
    auto not_ready = co_await lab.to_ops->send(lab.ctx, {.target = "/health/ready"});
    EXPECT_TRUE(not_ready && not_ready->status == 503);
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto is_ready = co_await lab.to_ops->send(lab.ctx, {.target = "/health/ready"});
    EXPECT_TRUE(is_ready && is_ready->status == 200);
    auto is_live = co_await lab.to_ops->send(lab.ctx, {.target = "/health/live"});
    EXPECT_TRUE(is_live && is_live->status == 200);
    co_return Done{};
  });
}

TEST(Chat, WithoutItsCertificateItIsAliveAndNotReady) {
  play([](Lab& lab) -> async::Task<void> {
    lab.services.upstream.reset();
    auto is_live = co_await lab.to_ops->send(lab.ctx, {.target = "/health/live"});
    EXPECT_TRUE(is_live && is_live->status == 200);
    auto is_ready = co_await lab.to_ops->send(lab.ctx, {.target = "/health/ready"});
    EXPECT_TRUE(is_ready && is_ready->status == 503);
    auto metrics = co_await lab.to_ops->send(lab.ctx, {.target = "/metrics"});
    EXPECT_TRUE(metrics && metrics->status == 200);
    co_return Done{};
  });
}

TEST(Chat, TheModelsAreToldAsTheyStand) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto none = co_await lab.get("/v1/models");
    EXPECT_TRUE(none && none->status == 200 && none->body == R"({"models":[]})") << (none ? none->body : "");
    auto server = std::make_shared<llm::FakeServerState>();
    server->traits = {.model = "tiny", .context_tokens = 2048, .calls_tools = true};
    server->loaded = false;
    if (auto started = co_await lab.start_model(server); !started) co_return started;
    auto one = co_await lab.get("/v1/models");
    if (!one) co_return std::unexpected(one.error());
    EXPECT_EQ(one->body, R"({"models":[{"name":"tiny","api":"ollama","replicas":[{"address":"a","state":"loading",)"
                         R"("loaded":false,"in_flight":0}],"calls_tools":true,"context_tokens":2048}]})");
    co_return Done{};
  });
}

TEST(Chat, AModelThatIsAwayLeavesTheAdvisorReadyAndHealthSaysSo) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto loaded = co_await lab.load_keys(); !loaded) co_return loaded;
    auto without = co_await lab.to_ops->send(lab.ctx, {.target = "/health/ready"});
    EXPECT_TRUE(without && without->status == 200);
    EXPECT_THAT(without->body, HasSubstr(R"("model":null)"));
    auto server = std::make_shared<llm::FakeServerState>();
    server->look_fails = foundation::Error{Code::unavailable, "look", "connection refused"};
    if (auto started = co_await lab.start_model(server); !started) co_return started;
    auto away = co_await lab.to_ops->send(lab.ctx, {.target = "/health/ready"});
    EXPECT_TRUE(away && away->status == 200);
    EXPECT_THAT(away->body, HasSubstr(R"("model":{"name":"tiny","state":"down"})"));
    auto told = co_await lab.get("/v1/models");
    EXPECT_THAT(told->body, HasSubstr(R"("cause":"look: connection refused")"));
    co_return Done{};
  });
}

TEST(RouteTables, PrintEveryRouteWithItsAccess) {
  auto table = json::parse_strict(route_tables_text());
  ASSERT_TRUE(table);
  EXPECT_EQ(json::View(*table).array().size(), chat_routes().size() + ops_routes().size());
  EXPECT_EQ(json::View(*table)[std::size_t{0}]["pattern"].text(), "/v1/chat");
  EXPECT_EQ(json::View(*table)[std::size_t{0}]["access"].text(), "internal_token");
  for (const auto& row : json::View(*table).array())
    EXPECT_TRUE(json::View(row)["access"].text() != "open" || json::View(row)["listener"].text() == "ops");
}

}  // namespace
}  // namespace ai_ops::app
