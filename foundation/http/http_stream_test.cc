// Long replies: hang-ups, back-pressure, relaying and the end of the server.
#include <sys/socket.h>

#include <string>

#include "foundation/http/http_lab.h"

namespace foundation::http {
namespace {

using namespace std::chrono_literals;
using Lab = HttpLab;

struct Streaming : HttpLab {};

std::string get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

async::Task<std::unique_ptr<Connection>> ask(Lab& lab, std::string target) {
  auto connection = co_await lab.dial();
  if (!connection) co_return connection;
  if (auto sent = co_await (*connection)->write(get(target)); !sent) co_return std::unexpected(sent.error());
  co_return connection;
}

async::Task<std::size_t> read_all(ResponseStream& stream) {
  std::size_t total = 0;
  for (;;) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return total;
    total += piece->size();
  }
}

// Until the producer has written nothing for a while; returns what it had written.
async::Task<std::size_t> standstill(Lab& lab) {
  for (int rounds = 0; rounds < 100; ++rounds) {
    auto before = lab.streamed_bytes;
    if (auto slept = co_await async::sleep_for(100ms); !slept) co_return std::unexpected(slept.error());
    if (before > 0 && lab.streamed_bytes == before) co_return before;
  }
  co_return fail(Code::internal, "standstill", "the producer never stood still");
}

SteadyTime now() { return std::chrono::steady_clock::now(); }

TEST_F(Streaming, AHangUpCancelsASilentHandler) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = co_await ask(lab, "/silent");
    if (!client) co_return std::unexpected(client.error());
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 1; })).value_or(false));
    auto left = now();
    (*client)->close();
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false));
    EXPECT_LT(now() - left, 1s);
    EXPECT_EQ(lab.handlers_cancelled, 1);
    co_return Done{};
  });
}

TEST_F(Streaming, AHangUpAfterPipelinedRequestsIsStillSeen) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = co_await ask(lab, "/silent");
    if (!client) co_return std::unexpected(client.error());
    if (auto sent = co_await (*client)->write(get("/hello")); !sent) co_return sent;
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 1; })).value_or(false));
    (*client)->close();
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false));
    co_return Done{};
  });
}

TEST_F(Streaming, ARequestSentDuringAStreamIsServedAfterIt) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = co_await ask(lab, "/big");
    if (!client) co_return std::unexpected(client.error());
    if (auto sent = co_await (*client)->write(get("/hello")); !sent) co_return sent;
    auto all = co_await Lab::read_until(**client, "hello");
    EXPECT_TRUE(all && all->contains("\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
    co_return Done{};
  });
}

TEST_F(Streaming, ASlowReaderHoldsTheProducerBackAndItsHangUpEndsTheBlockedWrite) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = co_await ask(lab, "/flood");
    if (!client) co_return std::unexpected(client.error());
    (*client)->bound_buffers(64 << 10);
    auto stood_at = co_await standstill(lab);
    if (!stood_at) co_return std::unexpected(stood_at.error());
    EXPECT_LT(*stood_at, std::size_t{8} << 20);
    std::string some;
    for (int i = 0; i < 200; ++i) {
      if (auto got = co_await (*client)->read_some(some, 16 << 10); !got) co_return std::unexpected(got.error());
    }
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.streamed_bytes > *stood_at; })).value_or(false));
    auto left = now();
    (*client)->close();
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false));
    EXPECT_LT(now() - left, 1s);
    co_return Done{};
  });
}

TEST_F(Streaming, AWriteWithoutProgressEndsTheConnection) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server({.name = "lab", .limits = {.write_time = 200ms}});
    auto client = co_await ask(lab, "/flood");
    if (!client) co_return std::unexpected(client.error());
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 1; })).value_or(false));
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false));
    co_return Done{};
  });
}

TEST_F(Streaming, TwentyFourMegabytesArriveWholeAndTheConnectionIsUsedAgain) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = lab.client();
    auto ctx = lab.context();
    for (int round = 0; round < 3; ++round) {
      auto stream = co_await client->open(ctx, {.target = "/big"});
      if (!stream) co_return std::unexpected(stream.error());
      EXPECT_EQ((*stream)->headers().find("Cache-Control"), "no-store");
      auto total = co_await read_all(**stream);
      EXPECT_EQ(total.value_or(0), std::size_t{24} << 20);
    }
    EXPECT_TRUE(lab.metrics.render().contains("hks_connections_live{listener=\"lab\"} 1"));
    co_return Done{};
  });
}

TEST_F(Streaming, AFailureAfterTheHeadCutsTheConnection) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto answer = co_await lab.talk(get("/breaks"));
    EXPECT_TRUE(answer && answer->contains("half") && !answer->contains("\r\n0\r\n")) << *answer;
    auto client = lab.client();
    auto ctx = lab.context();
    auto failed = co_await client->send(ctx, {.target = "/breaks"});
    EXPECT_FALSE(failed);
    if (!failed) EXPECT_EQ(failed.error().code, Code::io);
    co_return Done{};
  });
}

TEST_F(Streaming, ARelayPassesAllBytesOn) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    lab.relay_client = lab.client();
    auto client = lab.client();
    auto ctx = lab.context();
    auto stream = co_await client->open(ctx, {.target = "/relay?of=/big"});
    if (!stream) co_return std::unexpected(stream.error());
    EXPECT_EQ((*stream)->headers().find("Content-Type"), "application/octet-stream");
    EXPECT_EQ((co_await read_all(**stream)).value_or(0), std::size_t{24} << 20);
    co_return Done{};
  });
}

TEST_F(Streaming, AHangUpTravelsThroughARelayToItsSource) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    lab.relay_client = lab.client();
    for (auto of : {"/relay?of=/silent", "/relay?of=/one", "/relay?of=/flood"}) {
      auto client = co_await ask(lab, of);
      if (!client) co_return std::unexpected(client.error());
      EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 2; })).value_or(false)) << of;
      auto left = now();
      (*client)->close();
      EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false)) << of;
      EXPECT_LT(now() - left, 1s) << of;
    }
    co_return Done{};
  });
}

TEST_F(Streaming, ARelayHoldsItsSourceBack) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    lab.relay_client = lab.client();
    auto client = co_await ask(lab, "/relay?of=/flood");
    if (!client) co_return std::unexpected(client.error());
    auto stood_at = co_await standstill(lab);
    if (!stood_at) co_return std::unexpected(stood_at.error());
    EXPECT_LT(*stood_at, std::size_t{16} << 20);
    co_return Done{};
  });
}

TEST_F(Streaming, ADrainLetsRequestsEndAndClosesIdleConnectionsAtOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto& server = lab.start_server();
    auto idle = co_await lab.dial();
    auto busy = co_await ask(lab, "/hasty");
    if (!idle || !busy) co_return fail(Code::internal, "dial");
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 1; })).value_or(false));
    auto began = now();
    co_await server.stop(10s);
    EXPECT_LT(now() - began, 5s);
    std::string answer, nothing;
    auto got = co_await (*busy)->read_some(answer, 4096);
    EXPECT_TRUE(got && answer.contains("504") && answer.contains("Connection: close")) << answer;
    EXPECT_EQ((co_await (*idle)->read_some(nothing, 1)).value_or(1), 0u);
    EXPECT_FALSE(co_await lab.dial());
    co_return Done{};
  });
}

TEST_F(Streaming, AStopCutsWhatItsGraceDidNotEnd) {
  run([](Lab& lab) -> async::Task<void> {
    auto& server = lab.start_server();
    std::vector<std::unique_ptr<Connection>> clients;
    for (int i = 0; i < 20; ++i) {
      auto client = co_await ask(lab, i % 2 == 0 ? "/one" : "/silent");
      if (!client) co_return std::unexpected(client.error());
      clients.push_back(std::move(*client));
    }
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 20; })).value_or(false));
    auto began = now();
    co_await server.stop(100ms);
    EXPECT_GE(now() - began, 100ms);
    EXPECT_LT(now() - began, 5s);
    EXPECT_EQ(lab.handlers_live, 0);
    EXPECT_EQ(lab.handlers_cancelled, 20);
    co_return Done{};
  });
}

}  // namespace
}  // namespace foundation::http
