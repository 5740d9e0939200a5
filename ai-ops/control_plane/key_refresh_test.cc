// The refresh against a control plane that counts its fetches, rotates, and is away.
#include "ai-ops/control_plane/key_refresh.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "foundation/http/server.h"
#include "foundation/telemetry/metrics.h"

namespace ai_ops::control_plane {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::Milliseconds;
using foundation::WallTime;
using foundation::crypto::PrivateKey;
using foundation::jwt::KeySet;
using foundation::jwt::NamedKey;
using std::chrono::steady_clock;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
namespace http = foundation::http;

const WallTime kNow{Milliseconds(1'767'323'045'000)};

std::string token(const PrivateKey& key, std::string_view kid) {
  foundation::jwt::InternalClaims claims{.subject = "erin",
                                         .actor = "spiffe://hks/ai-ops",
                                         .organization = "demo",
                                         .workspace = "shop",
                                         .roles = {},
                                         .scope = {"chat"},
                                         .turn = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10",
                                         .jti = "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10",
                                         .issued_at = kNow,
                                         .not_before = kNow,
                                         .expires_at = kNow + foundation::jwt::kMaxLifetime,
                                         .peer_thumbprint = std::string(43, 'A')};
  return mint_internal(claims, key, kid).reveal();
}

// The key set's route, with what it serves and how often it was asked.
struct Published {
  std::vector<NamedKey> keys;
  int fetches = 0;
  bool away = false;
  void add(const PrivateKey& key) {
    auto open = key.public_key();
    keys.push_back({foundation::jwt::thumbprint(open), foundation::crypto::Algorithm::es256, open});
  }
};

async::Task<http::Reply> serve_keys(Published& published, async::Context&, http::Exchange&) {
  ++published.fetches;
  if (published.away) co_return http::Reply{.status = 503};
  co_return http::Reply{.headers = {{"Content-Type", "application/json"}}, .body = KeySet(published.keys).to_text()};
}

struct Lab {
  async::asio::any_io_executor on;
  foundation::telemetry::Metrics metrics = {};
  Published published = {};
  std::unique_ptr<http::Server> server = {};
  std::unique_ptr<http::Client> client = {};
  std::unique_ptr<KeyRefresh> refresh = {};
  async::TaskGroup tasks{on, {}};
  http::Tcp::acceptor place = http::listen_on(on, "127.0.0.1:0").value();

  void start_server() {
    std::vector<http::Route> routes{
        {http::Method::get, "/.well-known/jwks.json", "open", 0, 5s,
         [this](async::Context& ctx, http::Exchange& exchange) { return serve_keys(published, ctx, exchange); }}};
    server =
        std::make_unique<http::Server>(std::move(place), http::RouteTable::create(std::move(routes)).value(),
                                       http::Server::Options{.name = "keys"}, metrics, foundation::telemetry::Log());
    server->start();
  }
  void start_refresh(KeyRefresh::Times times) {
    client = http::Client::create(on, {.base_url = "http://" + address}).value();
    refresh = std::make_unique<KeyRefresh>(*client, foundation::telemetry::Log(), times);
    tasks.spawn([this](async::Seat& seat) { return refresh->run(seat); });
  }
  // Waits until `holds`; false after 10 s.
  template <class F>
  async::Task<bool> becomes(F holds) {
    for (auto until = steady_clock::now() + 10s; steady_clock::now() < until;) {
      if (holds()) co_return true;
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return std::unexpected(slept.error());
    }
    co_return false;
  }
  std::string address = http::address_text(place);
};
using Scenario = async::Task<void> (*)(Lab&);

async::Task<void> run_and_stop(async::asio::any_io_executor on, Scenario scenario) {
  Lab lab{on};
  Done done = co_await scenario(lab);
  lab.tasks.drain();
  EXPECT_TRUE(co_await lab.tasks.wait(10s)) << "it does not end when told to";
  if (lab.server) co_await lab.server->stop(0ms);
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

const PrivateKey kOne = PrivateKey::generate(), kTwo = PrivateKey::generate();
std::string kid_of(const PrivateKey& key) { return foundation::jwt::thumbprint(key.public_key()); }

// An early fetch for a kid that is not known would be a fetch that whoever sends tokens asks for.
TEST(KeyRefresh, AFloodOfUnknownKidsFetchesNothing) {
  play([](Lab& lab) -> async::Task<void> {
    lab.published.add(kOne);
    lab.start_server();
    lab.start_refresh({.every = 1h});
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.refresh->loaded(); }));
    for (int i = 0; i < 2'000; ++i) {
      auto verdict = lab.refresh->verify(token(kTwo, "kid-" + std::to_string(i)), kNow);
      EXPECT_EQ(verdict.error().reason, "kid_unknown");
    }
    async::Context ctx{"own", steady_clock::now() + 10s, {}};
    for (int own = 1; own <= 3; ++own) {  // a fetch that the flood had asked for would come before these
      http::Request request{.method = http::Method::get, .target = "/.well-known/jwks.json", .headers = {}, .body = {}};
      EXPECT_TRUE(co_await lab.client->send(ctx, std::move(request), 64 << 10));
      EXPECT_EQ(lab.published.fetches, 1 + own);
    }
    EXPECT_TRUE(lab.refresh->verify(token(kOne, kid_of(kOne)), kNow)) << "and the service still answers";
    co_return Done{};
  });
}

TEST(KeyRefresh, AfterARotationTheNewKeyVerifiesAndTheRetiredOneDoesNot) {
  play([](Lab& lab) -> async::Task<void> {
    lab.published.add(kOne);
    lab.start_server();
    lab.start_refresh({.every = 20ms});
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.refresh->verify(token(kOne, kid_of(kOne)), kNow).has_value(); }));
    lab.published.add(kTwo);
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.refresh->verify(token(kTwo, kid_of(kTwo)), kNow).has_value(); }));
    EXPECT_TRUE(lab.refresh->verify(token(kOne, kid_of(kOne)), kNow)) << "published still";
    lab.published.keys.erase(lab.published.keys.begin());
    EXPECT_TRUE(co_await lab.becomes([&] { return !lab.refresh->verify(token(kOne, kid_of(kOne)), kNow); }));
    EXPECT_TRUE(lab.refresh->verify(token(kTwo, kid_of(kTwo)), kNow));
    co_return Done{};
  });
}

TEST(KeyRefresh, WaitsForAControlPlaneThatIsNotThereYet) {
  testing::internal::CaptureStderr();
  play([](Lab& lab) -> async::Task<void> {
    lab.published.add(kOne);
    lab.published.away = true;
    lab.start_server();
    lab.start_refresh({.first_wait = 1ms, .longest_wait = 5ms});
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.published.fetches >= 4; }));
    EXPECT_FALSE(lab.refresh->loaded());
    EXPECT_EQ(lab.refresh->verify(token(kOne, kid_of(kOne)), kNow).error().reason, "kid_unknown");
    lab.published.away = false;
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.refresh->loaded(); }));
    EXPECT_TRUE(lab.refresh->verify(token(kOne, kid_of(kOne)), kNow));
    co_return Done{};
  });
  std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("waiting_for_control_plane"), std::string::npos) << log;
  EXPECT_NE(log.find("keys_loaded"), std::string::npos) << log;
}

TEST(KeyRefresh, KeepsItsKeysWhileTheControlPlaneFails) {
  play([](Lab& lab) -> async::Task<void> {
    lab.published.add(kOne);
    lab.start_server();
    lab.start_refresh({.every = 5ms, .first_wait = 5ms});
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.refresh->loaded(); }));
    lab.published.keys.clear();  // an empty set is no set
    int before = lab.published.fetches;
    EXPECT_TRUE(co_await lab.becomes([&] { return lab.published.fetches >= before + 3; }));
    EXPECT_TRUE(lab.refresh->verify(token(kOne, kid_of(kOne)), kNow));
    co_return Done{};
  });
}

}  // namespace
}  // namespace ai_ops::control_plane
