#include "foundation/kubernetes_api/log_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "foundation/http/imposter.h"

namespace foundation::kubernetes_api {
namespace {

using namespace std::chrono_literals;
using http::Imposter;

const LogRequest kWeb{.namespace_name = "shop", .pod = "web-1", .container = "app", .tail_lines = 500};
const std::string kTarget = "/api/v1/namespaces/shop/pods/web-1/log?tailLines=500";

std::string answer(std::string_view status, std::string_view body, std::string_view headers = {}) {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body);
}
std::string answer_until_close(std::string_view body) { return fmt::format("HTTP/1.1 200 OK\r\n\r\n{}", body); }
std::string busy(std::string_view retry_after) {
  return answer("429 Too Many Requests", R"({"message":"busy"})", fmt::format("Retry-After: {}\r\n", retry_after));
}

Imposter::Script exchanges(const std::vector<std::string>& answers) {
  Imposter::Script script;
  for (const auto& bytes : answers) script.insert(script.end(), {Imposter::await_request(), Imposter::send(bytes)});
  return script;
}

// What one reading of a log came to, with an API server that plays `script` on each connection.
struct Reading {
  explicit Reading(Imposter::Script script, LogRequest request = kWeb, Milliseconds budget = 20s) {
    async::asio::io_context loop(1);
    Imposter imposter(loop.get_executor(), {std::move(script)});
    Kubeconfig kubeconfig;
    kubeconfig.server = imposter.url();
    auto api = *ApiServer::create(loop.get_executor(), kubeconfig);
    async::Context ctx{.request_id = "test", .deadline = std::chrono::steady_clock::now() + budget, .log = {}};
    bool ended = false;
    async::asio::co_spawn(loop, perform(*api, ctx, std::move(request), imposter),
                          [&](std::exception_ptr thrown, Done d) {
                            EXPECT_FALSE(thrown) << "the reading threw";
                            done = std::move(d);
                            ended = true;
                          });
    loop.run_for(60s);
    EXPECT_TRUE(ended) << "the reading hangs";
    for (const auto& head : imposter.requests()) targets.push_back(head.substr(4, head.find(" HTTP/") - 4));
  }
  Code code() const { return done ? Code::internal : done.error().code; }

  Done done;
  std::string text;
  std::size_t pieces = 0;
  std::vector<std::string> targets;

 private:
  async::Task<void> perform(ApiServer& api, async::Context& ctx, LogRequest request, Imposter& imposter) {
    auto read =
        co_await read_log(api, ctx, std::move(request), [this](std::string_view piece) { text += piece, ++pieces; });
    co_await imposter.stop();
    co_return read;
  }
};

// The kubelet counted limitBytes from the first line that was asked for: what told why a program died was missing.
TEST(ReadLog, GivesTheEndOfALongLog) {
  std::string log;
  while (log.size() < (3 << 20)) log += std::string(1'000, '.') + "\n";
  log += "panic: out of file descriptors\n";
  Reading reading(exchanges({answer("200 OK", log)}));
  EXPECT_TRUE(reading.done);
  EXPECT_TRUE(reading.text == log) << reading.text.size();
  EXPECT_GT(reading.pieces, 100u) << "held as one text";
  EXPECT_EQ(reading.targets, std::vector{kTarget + "&container=app"});
}

TEST(ReadLog, AsksForTheRunBeforeAndLeavesTheOnlyContainerUnnamed) {
  Reading reading(exchanges({answer("200 OK", "one\n")}),
                  {.namespace_name = "shop", .pod = "web-1", .previous = true, .tail_lines = 7});
  EXPECT_EQ(reading.text, "one\n");
  EXPECT_EQ(reading.targets,
            std::vector<std::string>{"/api/v1/namespaces/shop/pods/web-1/log?tailLines=7&previous=true"});
}

TEST(ReadLog, ANameThatTheApiWouldNotHaveGivenIsRefusedBeforeAnyRequest) {
  for (const LogRequest& request :
       {LogRequest{.namespace_name = "../x", .pod = "web-1", .tail_lines = 1},
        LogRequest{.namespace_name = "shop", .pod = "a/../b", .tail_lines = 1},
        LogRequest{.namespace_name = "", .pod = "web-1", .tail_lines = 1},
        LogRequest{.namespace_name = "shop", .pod = "web-1", .container = "a&follow=true", .tail_lines = 1},
        LogRequest{.namespace_name = "shop", .pod = "web-1", .tail_lines = 0}}) {
    Reading reading(exchanges({answer("200 OK", "one\n")}), request);
    EXPECT_EQ(reading.code(), Code::invalid)
        << request.namespace_name << "/" << request.pod << " " << request.container;
    EXPECT_TRUE(reading.targets.empty());
  }
}

TEST(ReadLog, ARefusalHasTheMeaningOfARead) {
  struct {
    const char* status;
    Code code;
  } const rows[] = {{"400 Bad Request", Code::invalid},
                    {"401 Unauthorized", Code::unavailable},
                    {"403 Forbidden", Code::denied},
                    {"404 Not Found", Code::not_found},
                    {"500 Internal Server Error", Code::unavailable}};
  for (const auto& row : rows) {
    Reading reading(exchanges({answer(row.status, R"({"message":"container app is waiting to start"})")}));
    EXPECT_EQ(reading.code(), row.code) << row.status;
    if (!reading.done) EXPECT_EQ(reading.done.error().cause, "container app is waiting to start");
    EXPECT_EQ(reading.text, "") << "a refusal is no log";
  }
}

// A stream had no second try, which the whole answers had.
TEST(ReadLog, ABusyServerIsAskedAgainWhenItSaysSo) {
  Reading patient(exchanges({busy("0"), busy("0"), answer("200 OK", "one\n")}));
  EXPECT_TRUE(patient.done);
  EXPECT_EQ(patient.text, "one\n");
  EXPECT_EQ(patient.targets.size(), 3u);
  Reading tired(exchanges({busy("0"), busy("0"), busy("0"), answer("200 OK", "one\n")}));
  EXPECT_EQ(tired.code(), Code::rate_limited);
  EXPECT_EQ(tired.targets.size(), 1u + kReadRetries);
  Reading late(exchanges({busy("5"), answer("200 OK", "one\n")}), kWeb, 3s);
  EXPECT_EQ(late.code(), Code::rate_limited) << "the context does not leave that long";
  EXPECT_EQ(late.targets.size(), 1u);
}

TEST(ReadLog, AStallEndsByTheDeadlineAndWhatCameWasGiven) {
  auto script = exchanges({answer_until_close("one\ntw")});
  script.push_back(Imposter::hold());
  Reading reading(script, kWeb, 300ms);
  EXPECT_EQ(reading.code(), Code::deadline);
  EXPECT_EQ(reading.text, "one\ntw");
  Reading silent({Imposter::await_request(), Imposter::hold()}, kWeb, 300ms);
  EXPECT_EQ(silent.code(), Code::deadline);
}

TEST(ReadLog, ABrokenStreamIsUnavailableAndWhatCameWasGiven) {
  Reading reading(exchanges({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\none\n"}));
  EXPECT_EQ(reading.code(), Code::unavailable);
  EXPECT_EQ(reading.text, "one\n");
}

TEST(ReadLog, ALogWithoutEndIsTooLargeAfterItsBound) {
  Reading reading(exchanges({answer_until_close(std::string(kMaxLogStream + (1 << 20), 'x'))}), kWeb, 50s);
  EXPECT_EQ(reading.code(), Code::too_large);
  EXPECT_EQ(reading.text.size(), kMaxLogStream);
  Reading whole(exchanges({answer_until_close(std::string(kMaxLogStream, 'x'))}), kWeb, 50s);
  EXPECT_TRUE(whole.done);
}

}  // namespace
}  // namespace foundation::kubernetes_api
