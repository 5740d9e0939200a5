// The client against our server, and against an imposter that does what real origins do wrong.
#include <string>

#include "foundation/http/http_lab.h"
#include "foundation/http/imposter.h"

namespace foundation::http {
namespace {

using namespace std::chrono_literals;
using Lab = HttpLab;
using Act = Imposter;

struct Pooled : HttpLab {};

std::string ok(std::string body, std::string more = "") {
  return "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// One GET against an imposter that plays `script`.
async::Task<Response> ask(Lab& lab, Imposter::Script script, Request request = {}) {
  Imposter imposter(lab.on(), {std::move(script)});
  auto client = lab.client({.base_url = imposter.url()});
  auto ctx = lab.context(2s);
  auto response = co_await client->send(ctx, std::move(request), 1 << 20);
  client.reset();
  co_await imposter.stop();
  co_return response;
}

Code code_of(const Result<Response>& response) { return response ? Code::internal : response.error().code; }

TEST_F(Pooled, RequestsShareOneConnection) {
  run([](Lab& lab) -> async::Task<void> {
    Imposter imposter(lab.on(), {{Act::await_request(), Act::send(ok("a")), Act::await_request(), Act::send(ok("b")),
                                  Act::await_request(), Act::send(ok("c"))}});
    auto client = lab.client({.base_url = imposter.url() + "/base/"});
    auto ctx = lab.context();
    for (auto body : {"a", "b", "c"}) {
      auto response = co_await client->send(ctx, {.method = Method::post, .target = "/x?y=1", .body = "hi"});
      EXPECT_EQ(response ? response->body : response.error().text(), body);
    }
    EXPECT_EQ(imposter.connections(), 1u);
    EXPECT_TRUE(imposter.requests().front().starts_with("POST /base/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_TRUE(imposter.requests().front().ends_with("Content-Length: 2\r\n\r\nhi"));
    co_await imposter.stop();
    co_return Done{};
  });
}

TEST_F(Pooled, AConnectionThatTheOriginClosedAtRestIsNotUsed) {
  run([](Lab& lab) -> async::Task<void> {
    Imposter imposter(lab.on(), {{Act::await_request(), Act::send(ok("a"))}});
    auto client = lab.client({.base_url = imposter.url()});
    auto ctx = lab.context();
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(co_await client->send(ctx, {.method = Method::post}));
      EXPECT_TRUE((co_await Lab::becomes([&] { return imposter.live() == 0; })).value_or(false));
    }
    EXPECT_EQ(imposter.connections(), 3u);
    co_await imposter.stop();
    co_return Done{};
  });
}

TEST_F(Pooled, AGetThatMetAClosingConnectionIsSentOnceMoreAndAPostIsNot) {
  run([](Lab& lab) -> async::Task<void> {
    for (auto method : {Method::get, Method::post}) {
      // The first connection takes a second request and dies on it without a byte.
      Imposter imposter(lab.on(), {{Act::await_request(), Act::send(ok("a")), Act::await_request()},
                                   {Act::await_request(), Act::send(ok("b"))}});
      auto client = lab.client({.base_url = imposter.url()});
      auto ctx = lab.context();
      EXPECT_TRUE(co_await client->send(ctx, {.method = method}));
      auto second = co_await client->send(ctx, {.method = method});
      EXPECT_EQ(second.has_value(), method == Method::get);
      if (!second) EXPECT_EQ(second.error().code, Code::io);
      EXPECT_EQ(imposter.requests().size(), method == Method::get ? 3u : 2u);
      co_await imposter.stop();
    }
    co_return Done{};
  });
}

TEST_F(Pooled, AnAnswerIsReadTheSameHoweverItIsSplit) {
  run([](Lab& lab) -> async::Task<void> {
    auto chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n";
    auto by_end = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nabcde";
    auto interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("abcde");
    for (auto& answer : {std::string(chunked), std::string(by_end), interim, ok("abcde")}) {
      for (std::size_t piece : {0, 1, 2, 7}) {
        auto response = co_await ask(lab, {Act::await_request(), Act::send(answer, piece)});
        EXPECT_EQ(response ? response->body : response.error().text(), "abcde") << answer;
        EXPECT_EQ(response ? response->status : 0, 200);
      }
    }
    co_return Done{};
  });
}

TEST_F(Pooled, ALostOrMalformedAnswerIsAnError) {
  run([](Lab& lab) -> async::Task<void> {
    auto lost = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(lost)})), Code::io);
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(lost), Act::reset()})), Code::io);
    auto half_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(half_chunk)})), Code::io);
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send("HTTP/1.1 200 OK\r\nA")})), Code::io);
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request()})), Code::io);
    for (auto bad :
         {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "SSH-2.0-x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
      EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(bad)})), Code::corrupt) << bad;
    }
    co_return Done{};
  });
}

TEST_F(Pooled, AnAnswerOverItsLimitIsRefused) {
  run([](Lab& lab) -> async::Task<void> {
    auto big = ok(std::string((1 << 20) + 1, 'x'));
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(big)})), Code::too_large);
    auto long_head = ok("", "X: " + std::string(100 << 10, 'x') + "\r\n");
    EXPECT_EQ(code_of(co_await ask(lab, {Act::await_request(), Act::send(long_head)})), Code::too_large);
    co_return Done{};
  });
}

TEST_F(Pooled, SilenceEndsAtTheDeadline) {
  run([](Lab& lab) -> async::Task<void> {
    for (std::string part : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
      Imposter imposter(lab.on(), {{Act::await_request(), Act::send(part), Act::hold()}});
      auto client = lab.client({.base_url = imposter.url()});
      auto ctx = lab.context(100ms);
      EXPECT_EQ(code_of(co_await client->send(ctx, {})), Code::deadline) << part;
      EXPECT_TRUE((co_await Lab::becomes([&] { return imposter.live() == 0; })).value_or(false)) << "not hung up";
      co_await imposter.stop();
    }
    co_return Done{};
  });
}

TEST_F(Pooled, AnEarlyRefusalOfALargeBodyIsRead) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = lab.client();
    auto ctx = lab.context();
    Request request{.method = Method::post, .target = "/echo", .body = std::string(900'000, 'x')};
    auto response = co_await client->send(ctx, request);
    EXPECT_EQ(response ? response->status : 0, 413) << response.error().text();
    co_return Done{};
  });
}

TEST_F(Pooled, AnOriginThatDoesNotListenIsUnavailable) {
  run([](Lab& lab) -> async::Task<void> {
    std::string url;
    {
      Imposter gone(lab.on(), {{}});
      url = gone.url();
      co_await gone.stop();
    }
    auto client = lab.client({.base_url = url});
    auto ctx = lab.context();
    EXPECT_EQ(code_of(co_await client->send(ctx, {})), Code::unavailable);
    co_return Done{};
  });
}

TEST_F(Pooled, ADroppedStreamHangsUpAndALeaseCarriesOneRequest) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = lab.client();
    auto ctx = lab.context();
    auto lease = co_await client->acquire(ctx);
    if (!lease) co_return std::unexpected(lease.error());
    EXPECT_EQ((*lease)->peer_thumbprint(), "");
    auto stream = co_await (*lease)->open(ctx, {.target = "/one"});
    if (!stream) co_return std::unexpected(stream.error());
    EXPECT_FALSE(co_await (*lease)->open(ctx, {.target = "/one"}));
    EXPECT_EQ((co_await (*stream)->read()).value_or(""), "data: one\n\n");
    stream->reset();
    EXPECT_TRUE((co_await Lab::becomes([&] { return lab.handlers_live == 0; })).value_or(false));
    co_return Done{};
  });
}

TEST_F(Pooled, ConnectionsAreBounded) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = lab.client({.connections = 2});
    auto ctx = lab.context();
    {
      auto first = co_await client->acquire(ctx);
      auto second = co_await client->acquire(ctx);
      EXPECT_TRUE(first && second);
      auto third = co_await client->acquire(ctx);
      EXPECT_FALSE(third);
      if (!third) EXPECT_EQ(third.error().code, Code::rate_limited);
    }
    EXPECT_TRUE(co_await client->acquire(ctx));
    co_return Done{};
  });
}

TEST_F(Pooled, WhatCannotGoOnTheWireIsRefused) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto client = lab.client();
    auto ctx = lab.context();
    for (auto target : {"", "hello", "/a b", "/a\r\nX: y", "/\xC3\xA9"}) {
      EXPECT_EQ(code_of(co_await client->send(ctx, {.target = target})), Code::invalid) << target;
    }
    EXPECT_EQ(code_of(co_await client->send(ctx, {.headers = {{"A", "b\r\nC: d"}}})), Code::invalid);
    EXPECT_EQ(code_of(co_await client->send(ctx, {.headers = {{"A b", "c"}}})), Code::invalid);
    EXPECT_EQ(lab.handled, 0);
    co_return Done{};
  });
}

TEST(Origins, MalformedUrlsAreRefused) {
  async::asio::io_context loop;
  for (auto url : {"", "127.0.0.1", "ftp://x", "http://", "http://u:p@x", "http://x?y", "http://x#y", "https://x",
                   "http://x:99999", "http://x:0"}) {
    EXPECT_FALSE(Client::create(loop.get_executor(), {.base_url = url})) << url;
  }
  EXPECT_TRUE(Client::create(loop.get_executor(), {.base_url = "http://[::1]:80/a/"}));
}

}  // namespace
}  // namespace foundation::http
