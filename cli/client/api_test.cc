// The client against an origin that does what servers and networks do wrong.
#include "cli/client/api.h"

#include <gtest/gtest.h>

#include "foundation/http/imposter.h"

namespace cli::client {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using http::Imposter;

constexpr const char* kToken = "Pzrx7Ou9FBCrQX7A0nu_y100Dhd64Vm1n8hibC39kXU";

std::string reply(std::string status, std::string type, std::string body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
std::string stream_of(std::string frames) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + frames;
}

struct Lab : testing::Test {
  using Scenario = async::Task<void> (*)(Lab&, Imposter&, Api&);
  // An imposter that plays the script to each connection, and an Api that speaks to it.
  void run(Imposter::Script script, Scenario scenario) {
    async::asio::io_context loop(1);
    bool ended = false;
    async::asio::co_spawn(loop, play(std::move(script), scenario), [&](std::exception_ptr thrown, Done done) {
      EXPECT_FALSE(thrown);
      if (!thrown) EXPECT_TRUE(done) << done.error().text();
      ended = true;
    });
    loop.run_for(30s);
    EXPECT_TRUE(ended) << "the scenario hangs";
  }
  async::Task<void> play(Imposter::Script script, Scenario scenario) {
    auto on = co_await async::asio::this_coro::executor;
    Imposter imposter(on, {std::move(script)});
    auto api = Api::create(on, imposter.url(), Secret(kToken));
    Done done = api ? co_await scenario(*this, imposter, **api) : Done(std::unexpected(api.error()));
    if (api) api->reset();
    co_await imposter.stop();
    co_return done;
  }
  static async::Task<std::vector<events::Event>> all_of(Chat& chat) {
    std::vector<events::Event> all;
    for (;;) {
      auto event = co_await chat.next();
      if (!event) co_return std::unexpected(event.error());
      if (!*event) co_return all;
      all.push_back(std::move(**event));
    }
  }
};
using ApiTest = Lab;

// The frames in one piece, then byte by byte.
TEST_F(ApiTest, EventsComeOneByOneHoweverTheBytesAreSplit) {
  std::string frames =
      ": still working\n\nid: 1\nevent: turn\ndata: {\"seq\":1}\n\nid: 2\nevent: done\ndata: {\"seq\":2}\n\n";
  for (std::size_t piece : {0, 1, 7}) {
    run({Imposter::await_request(), Imposter::send(stream_of(frames), piece)},
        [](Lab&, Imposter& imposter, Api& api) -> async::Task<void> {
          auto chat = co_await api.open_chat({"shop", "scale \"web\" to 5"});
          if (!chat) co_return std::unexpected(chat.error());
          auto all = co_await Lab::all_of(**chat);
          if (!all) co_return std::unexpected(all.error());
          EXPECT_EQ(all->size(), 2u);
          EXPECT_EQ(all->front().name, "turn");
          EXPECT_EQ(events::to_line(all->back()), R"({"event":"done","seq":2})");
          const std::string& asked = imposter.requests().front();
          EXPECT_TRUE(asked.starts_with("POST /api/v1/workspaces/shop/ai/chat HTTP/1.1\r\n")) << asked;
          EXPECT_NE(asked.find(std::string("Authorization: Bearer ") + kToken + "\r\n"), std::string::npos) << asked;
          EXPECT_TRUE(asked.ends_with(R"({"message":"scale \"web\" to 5"})")) << asked;
          co_return Done{};
        });
  }
}

TEST_F(ApiTest, AWorkspaceCannotRetargetTheRequest) {
  run({Imposter::await_request(), Imposter::send(stream_of(""))},
      [](Lab&, Imposter& imposter, Api& api) -> async::Task<void> {
        (void)co_await api.open_chat({"../../sessions?x#", "hi", "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10"});
        const std::string& asked = imposter.requests().front();
        EXPECT_TRUE(asked.starts_with("POST /api/v1/workspaces/..%2F..%2Fsessions%3Fx%23/ai/chat ")) << asked;
        EXPECT_NE(asked.find("\"conversation_id\":\"019b7d5a"), std::string::npos);
        co_return Done{};
      });
}

TEST_F(ApiTest, NoIdOrNameCanRetargetARequestEither) {
  run({Imposter::await_request(), Imposter::send(reply("204 No Content", "text/plain", ""))},
      [](Lab&, Imposter& imposter, Api& api) -> async::Task<void> {
        Item item{"a/b", "../x?y#"};
        (void)co_await api.approval(item);
        (void)co_await api.decide({.approval = item, .op_hash = "h", .approve = true});
        (void)co_await api.undo(item);
        (void)co_await api.remove_member(item);
        (void)co_await api.change_user(item, {{"disabled", true}});
        const char* expected[] = {"GET /api/v1/workspaces/a%2Fb/approvals/..%2Fx%3Fy%23 ",
                                  "POST /api/v1/workspaces/a%2Fb/approvals/..%2Fx%3Fy%23/decision ",
                                  "POST /api/v1/workspaces/a%2Fb/operations/..%2Fx%3Fy%23/undo ",
                                  "DELETE /api/v1/workspaces/a%2Fb/members/..%2Fx%3Fy%23 ",
                                  "PATCH /api/v1/organizations/a%2Fb/users/..%2Fx%3Fy%23 "};
        EXPECT_EQ(imposter.requests().size(), std::size(expected));
        for (std::size_t i = 0; i < imposter.requests().size(); ++i)
          EXPECT_TRUE(imposter.requests()[i].starts_with(expected[i])) << imposter.requests()[i];
        co_return Done{};
      });
}

TEST_F(ApiTest, AStreamThatBreaksOffInsideAnEventIsAnError) {
  run({Imposter::await_request(), Imposter::send(stream_of("event: delta\ndata: {\"text\""))},
      [](Lab&, Imposter&, Api& api) -> async::Task<void> {
        auto chat = co_await api.open_chat({"shop", "hi"});
        if (!chat) co_return std::unexpected(chat.error());
        auto all = co_await Lab::all_of(**chat);
        EXPECT_EQ(all ? Code::internal : all.error().code, Code::io);
        co_return Done{};
      });
}

TEST_F(ApiTest, WhatIsNoEventStreamIsRefused) {
  run({Imposter::await_request(), Imposter::send(reply("200 OK", "text/html", "<html>"))},
      [](Lab&, Imposter&, Api& api) -> async::Task<void> {
        auto chat = co_await api.open_chat({"shop", "hi"});
        EXPECT_EQ(chat ? Code::internal : chat.error().code, Code::corrupt);
        co_return Done{};
      });
  for (std::string frame : {"event: delta\ndata: nonsense\n\n", "event: delta\ndata: []\n\n"})
    run({Imposter::await_request(), Imposter::send(stream_of(frame))},
        [](Lab&, Imposter&, Api& api) -> async::Task<void> {
          auto chat = co_await api.open_chat({"shop", "hi"});
          if (!chat) co_return std::unexpected(chat.error());
          EXPECT_FALSE(co_await Lab::all_of(**chat));
          co_return Done{};
        });
}

TEST_F(ApiTest, DroppingTheChatClosesTheConnection) {
  run({Imposter::await_request(), Imposter::send(stream_of("event: turn\ndata: {}\n\n")), Imposter::hold()},
      [](Lab&, Imposter& imposter, Api& api) -> async::Task<void> {
        auto chat = co_await api.open_chat({"shop", "hi"});
        if (!chat) co_return std::unexpected(chat.error());
        auto event = co_await (*chat)->next();
        EXPECT_TRUE(event && *event);
        EXPECT_EQ(imposter.live(), 1u);
        chat->reset();
        for (int i = 0; i < 1000 && imposter.live() > 0; ++i) (void)co_await async::sleep_for(5ms);
        EXPECT_EQ(imposter.live(), 0u);
        co_return Done{};
      });
}

TEST_F(ApiTest, AProblemTellsItsReasonOrItsDetail) {
  run({Imposter::await_request(),
       Imposter::send(
           reply("403 Forbidden", "application/problem+json",
                 R"({"status":403,"detail":"d","code":"denied","reason":{"code":"c","text":"You may not."}})"))},
      [](Lab&, Imposter&, Api& api) -> async::Task<void> {
        auto page = co_await api.audit({"shop", 2, 411});
        EXPECT_EQ(page ? Code::internal : page.error().code, Code::denied);
        if (!page) EXPECT_EQ(page.error().text(), "list the audit of workspace shop: You may not.");
        co_return Done{};
      });
  run({Imposter::await_request(),
       Imposter::send(
           "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 22\r\n\r\n{\"detail\":\"Too many.\"}")},
      [](Lab&, Imposter&, Api& api) -> async::Task<void> {
        auto chat = co_await api.open_chat({"shop", "hi"});
        EXPECT_EQ(chat ? "" : chat.error().cause, "Too many. Try again in 7 s.");
        co_return Done{};
      });
  run({Imposter::await_request(), Imposter::send(reply("502 Bad Gateway", "text/html", "<h1>nginx</h1>"))},
      [](Lab&, Imposter&, Api& api) -> async::Task<void> {
        auto chat = co_await api.open_chat({"shop", "hi"});
        EXPECT_EQ(chat ? "" : chat.error().cause, "it answered 502 and not as a control plane does");
        co_return Done{};
      });
}

TEST_F(ApiTest, TheAuditIsAskedForByPage) {
  run({Imposter::await_request(),
       Imposter::send(reply("200 OK", "application/json", R"({"entries":[],"next_before":null})"))},
      [](Lab&, Imposter& imposter, Api& api) -> async::Task<void> {
        auto page = co_await api.audit({"shop", 2, 411});
        EXPECT_TRUE(page) << page.error().text();
        EXPECT_TRUE(imposter.requests().front().starts_with(
            "GET /api/v1/workspaces/shop/audit?limit=2&before=411 HTTP/1.1\r\n"));
        co_return Done{};
      });
}

TEST_F(ApiTest, AServerThatIsNotThereIsNamedWithWhatWouldHelp) {
  async::asio::io_context loop(1);
  auto api = Api::create(loop.get_executor(), "http://127.0.0.1:1");
  ASSERT_TRUE(api);
  std::optional<foundation::Error> error;
  async::asio::co_spawn(loop, (*api)->workspace_names(),
                        [&](std::exception_ptr, Result<std::vector<std::string>> names) {
                          if (!names) error = names.error();
                        });
  loop.run_for(30s);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::unavailable);
  EXPECT_EQ(error->doing, "reach http://127.0.0.1:1");
  EXPECT_NE(error->cause.find("--server"), std::string::npos);
}

}  // namespace
}  // namespace cli::client
