// The server's pipeline, spoken to in raw bytes.
#include <string>
#include <string_view>

#include "foundation/http/http_lab.h"

namespace foundation::http {
namespace {

using namespace std::chrono_literals;
using Lab = HttpLab;

struct ServerPipeline : HttpLab {};

std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n";
}
std::string post(std::string_view more, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n" + std::string(body);
}
int status_of(const Result<std::string>& answer) {
  if (!answer || !answer->starts_with("HTTP/1.1 ")) return 0;
  return std::stoi(answer->substr(9, 3));
}

TEST_F(ServerPipeline, MalformedHeadsEndInA4xxAndAClosedConnection) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    const std::string cases[] = {
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: 3, 3\r\n", "abc"),
        post("Content-Length: +3\r\n", "abc"),
        post("Content-Length: -1\r\n", "abc"),
        post("Content-Length: 99999999999999999999999\r\n", ""),
        post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\nabcd\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "1;" + std::string(20'000, 'x')),
        post("Expect: magic\r\nContent-Length: 1\r\n", "x"),
        get("/hello", "Host: y\r\n"),
        "GET /hello HTTP/1.1\r\n\r\n",
        get("/hello", "X: a\r\n folded\r\n"),
        get("/hello", std::string("X: a\0b\r\n", 8)),
        get("/hello", "X: a\rb\r\n"),
        get("/hello", "X Y: a\r\n"),
        get("/hello", ": a\r\n"),
        "GET /hello HTTP/1.0\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET /hello\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: x\n\n",
        "GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a/../hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "\x16\x03\x01\x02\n\r\n\r\n",
    };
    for (auto& bytes : cases) {
      auto answer = co_await lab.talk(bytes);
      int status = status_of(answer);
      EXPECT_TRUE(status >= 400 && status < 500) << bytes << "\n -> " << (answer ? *answer : answer.error().text());
      if (answer) EXPECT_TRUE(answer->contains("Connection: close")) << bytes;
    }
    EXPECT_EQ(lab.handled, 0);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, EverythingOverALimitIsRefusedBeforeItIsRead) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server({.name = "lab", .limits = {.head_bytes = 1000}});
    EXPECT_EQ(status_of(co_await lab.talk(get("/hello", "X: " + std::string(2000, 'x') + "\r\n"))), 431);
    EXPECT_EQ(status_of(co_await lab.talk(get("/" + std::string(2000, 'x')))), 414);
    EXPECT_EQ(status_of(co_await lab.talk(post("Content-Length: 1001\r\n", ""))), 413);
    EXPECT_EQ(status_of(co_await lab.talk(post("Content-Length: 50000000\r\n", std::string(600'000, 'x')))), 413);
    auto chunk = "200\r\n" + std::string(512, 'x') + "\r\n";
    EXPECT_EQ(status_of(co_await lab.talk(post("Transfer-Encoding: chunked\r\n", chunk + chunk))), 413);
    auto most = post("Content-Length: 1000\r\nConnection: close\r\n", std::string(1000, 'x'));
    EXPECT_EQ(status_of(co_await lab.talk(most)), 200);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, SlowPeersAreCutByNamedTimes) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server({.name = "lab", .limits = {.head_time = 50ms, .idle_time = 50ms, .body_time = 50ms}});
    EXPECT_EQ(status_of(co_await lab.talk("GET /hello HT")), 408);
    EXPECT_EQ(status_of(co_await lab.talk(post("Content-Length: 10\r\n", "half"))), 408);
    EXPECT_EQ((co_await lab.talk("")).value_or("not closed"), "");
    auto kept = co_await lab.talk(get("/hello"));
    EXPECT_EQ(status_of(kept), 200);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, PipelinedRequestsAreAnsweredInOrderOnOneConnection) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto body = post("Transfer-Encoding: chunked\r\n", "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
    auto answer =
        co_await lab.talk(get("/items/1") + body + get("/nowhere") + get("/items/2", "Connection: close\r\n"));
    if (!answer) co_return std::unexpected(answer.error());
    auto first = answer->find("item 1"), second = answer->find("abcde"), third = answer->find("404 Not Found"),
         fourth = answer->find("item 2");
    EXPECT_TRUE(first < second && second < third && third < fourth && fourth != std::string::npos) << *answer;
    co_return Done{};
  });
}

TEST_F(ServerPipeline, ARequestMayArriveByteByByte) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto connection = co_await lab.dial();
    if (!connection) co_return std::unexpected(connection.error());
    for (char c : post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")) {
      if (auto sent = co_await (*connection)->write({&c, 1}); !sent) co_return sent;
      co_await async::asio::post(lab.on(), async::asio::use_awaitable);
    }
    auto answer = co_await Lab::read_until(**connection, "abc");
    EXPECT_EQ(status_of(answer), 200);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, TheBodyIsAskedForOnlyWhenItWouldBeTaken) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto connection = co_await lab.dial();
    if (!connection) co_return std::unexpected(connection.error());
    if (auto sent = co_await (*connection)->write(post("Expect: 100-continue\r\nContent-Length: 3\r\n", "")); !sent) {
      co_return sent;
    }
    auto asked = co_await Lab::read_until(**connection, "\r\n\r\n");
    EXPECT_EQ(status_of(asked), 100);
    if (auto sent = co_await (*connection)->write("abc"); !sent) co_return sent;
    auto answer = co_await Lab::read_until(**connection, "abc");
    EXPECT_EQ(status_of(answer), 200);
    auto refused = co_await lab.talk(post("Expect: 100-continue\r\nContent-Length: 5000\r\n", ""));
    EXPECT_EQ(status_of(refused), 413);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, HeadIsGetWithoutABody) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto answer = co_await lab.talk("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_TRUE(answer->contains("Content-Length: 5"));
    EXPECT_TRUE(answer->ends_with("\r\n\r\n"));
    auto stream = co_await lab.talk("HEAD /flood HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(stream), 200);
    EXPECT_TRUE(stream && stream->ends_with("\r\n\r\n"));
    EXPECT_EQ(lab.streamed_bytes, 0u);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, AnotherVerbIs405WithTheVerbsThatExist) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto answer = co_await lab.talk("DELETE /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(answer), 405);
    EXPECT_TRUE(answer && answer->contains("Allow: GET, HEAD\r\n"));
    EXPECT_EQ(status_of(co_await lab.talk("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n")), 501);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, FailuresBecomeProblemsWithoutTheirCause) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto thrown = co_await lab.talk(get("/throws", "Connection: close\r\n"));
    EXPECT_EQ(status_of(thrown), 500);
    EXPECT_TRUE(thrown && thrown->contains("application/problem+json") && !thrown->contains("secret cause"));
    EXPECT_EQ(status_of(co_await lab.talk(get("/conflict", "Connection: close\r\n"))), 409);
    EXPECT_EQ(status_of(co_await lab.talk(get("/hasty", "Connection: close\r\n"))), 504);
    EXPECT_EQ(lab.handlers_live, 0);
    EXPECT_EQ(lab.handlers_cancelled, 1);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, TheRequestIdIsTheServersOwn) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto answer = co_await lab.talk(get("/whoami", "X-Request-Id: forged\r\nConnection: close\r\n"));
    if (!answer) co_return std::unexpected(answer.error());
    auto at = answer->find("X-Request-Id: ");
    EXPECT_NE(at, std::string::npos);
    auto id = answer->substr(at + 14, 36);
    EXPECT_TRUE(answer->ends_with(id)) << "the handler's context has another one: " << *answer;
    EXPECT_FALSE(answer->contains("forged"));
    EXPECT_TRUE(answer->contains("X-Content-Type-Options: nosniff"));
    co_return Done{};
  });
}

TEST_F(ServerPipeline, AHandlerCannotWriteFramingOrSplitItsHead) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    auto answer = co_await lab.talk(get("/smuggle", "Connection: close\r\n"));
    EXPECT_TRUE(answer && answer->contains("X-Good") && !answer->contains("X-Evil"));
    EXPECT_TRUE(answer && answer->contains("Content-Length: 5\r\n") && !answer->contains("Content-Length: 3"));
    co_return Done{};
  });
}

TEST_F(ServerPipeline, ConnectionsOverTheLimitAreTold) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server({.name = "lab", .limits = {.connections = 1}});
    auto first = co_await lab.dial();
    if (!first) co_return std::unexpected(first.error());
    if (auto sent = co_await (*first)->write(get("/hello")); !sent) co_return sent;
    EXPECT_EQ(status_of(co_await Lab::read_until(**first, "hello")), 200);
    auto second = co_await lab.talk(get("/hello"));
    EXPECT_EQ(status_of(second), 503);
    EXPECT_TRUE(second && second->contains("Retry-After: "));
    (*first)->close();
    auto freed = co_await Lab::becomes(
        [&] { return lab.metrics.render().contains("hks_connections_live{listener=\"lab\"} 0"); });
    EXPECT_TRUE(freed.value_or(false));
    EXPECT_EQ(status_of(co_await lab.talk(get("/hello", "Connection: close\r\n"))), 200);
    co_return Done{};
  });
}

TEST_F(ServerPipeline, RequestsAreCountedByClassOfStatus) {
  run([](Lab& lab) -> async::Task<void> {
    lab.start_server();
    (void)co_await lab.talk(get("/hello") + get("/nowhere") + get("/throws", "Connection: close\r\n"));
    auto text = lab.metrics.render();
    for (auto status : {"2xx", "4xx", "5xx"}) {
      auto line = "hks_http_requests_total{listener=\"lab\",status=\"" + std::string(status) + "\"} 1";
      EXPECT_TRUE(text.contains(line)) << line << "\n" << text;
    }
    EXPECT_TRUE(text.contains("hks_http_request_seconds_count{listener=\"lab\"} 3"));
    co_return Done{};
  });
}

TEST(Listening, RefusesWhatIsNoAddress) {
  async::asio::io_context loop;
  for (auto where :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "nowhere.example:80", "fd:0", "fd:x", "fd:999"}) {
    EXPECT_FALSE(listen_on(loop.get_executor(), where)) << where;
  }
}

TEST(Listening, TakesAnInheritedSocket) {
  async::asio::io_context loop;
  auto parent = listen_on(loop.get_executor(), "127.0.0.1:0");
  ASSERT_TRUE(parent);
  auto address = address_text(*parent);
  auto child = listen_on(loop.get_executor(), "fd:" + std::to_string(parent->release()));
  ASSERT_TRUE(child);
  EXPECT_EQ(address_text(*child), address);
}

}  // namespace
}  // namespace foundation::http
