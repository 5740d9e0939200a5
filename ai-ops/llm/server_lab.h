// The lab of the contract tests: an imposter that speaks either protocol, well or badly, and a server's adapter that
// asks it. A test names what the model does; the wire says it in its own words.
#pragma once
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "ai-ops/llm/ollama.h"
#include "ai-ops/llm/openai.h"
#include "foundation/http/imposter.h"

namespace ai_ops::llm::lab {

using foundation::Code;
using foundation::Done;
using foundation::Result;
using foundation::http::Imposter;
using Script = Imposter::Script;
using namespace std::chrono_literals;

inline const Prompt kQuestion{.messages = {{prompts::Author::user, "why?"}}};

// One protocol: how each thing that a model does looks on the wire.
struct Wire {
  std::string name;
  std::string stream_type;
  Result<std::unique_ptr<Server>> (*create)(async::asio::any_io_executor, ServerOptions);
  std::string (*text)(std::string words);
  std::string (*thinking)(std::string words);
  std::string (*call)(std::string words, std::vector<std::string> names);  // in one event, without arguments
  std::string (*end)(std::string reason, int prompt_tokens);               // all of it
  std::string (*complete)();                                               // the answer is, and the stream goes on
  std::string (*error)(std::string words);                                 // in a stream
  std::string (*refusal)(std::string words);                               // a body
  std::string idle;                                                        // bytes that are no token
};

template <class Model>
Result<std::unique_ptr<Server>> create(async::asio::any_io_executor on, ServerOptions options) {
  auto made = Model::create(std::move(on), std::move(options));
  if (!made) return std::unexpected(made.error());
  return std::move(*made);
}

inline std::string quoted(std::string words) { return json::to_text(json::Value(words)); }

inline std::string ollama_message(std::string members) {
  return R"({"model":"m","message":{"role":"assistant",)" + members + "},\"done\":false}\n";
}
inline std::string openai_delta(std::string members, std::string reason = "null") {
  return R"(data: {"choices":[{"index":0,"delta":{)" + members + R"(},"finish_reason":)" + reason + "}]}\n\n";
}
inline std::string calls(std::vector<std::string> names, bool indexed) {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    all += (i == 0 ? "{" : ",{") + (indexed ? "\"index\":" + std::to_string(i) + "," : std::string());
    all += R"("function":{"name":)" + quoted(names[i]) + R"(,"arguments":{}}})";
  }
  return R"("tool_calls":[)" + all + "]";
}

inline const Wire kOllama{
    .name = "Ollama",
    .stream_type = "application/x-ndjson",
    .create = create<OllamaModel>,
    .text = [](std::string words) { return ollama_message(R"("content":)" + quoted(words)); },
    .thinking = [](std::string words) { return ollama_message(R"("content":"","thinking":)" + quoted(words)); },
    .call =
        [](std::string words, std::vector<std::string> names) {
          return ollama_message(R"("content":)" + quoted(words) + "," + calls(names, false));
        },
    .end =
        [](std::string reason, int prompt_tokens) {
          return R"({"message":{"content":""},"done":true,"done_reason":)" + quoted(reason) +
                 R"(,"prompt_eval_count":)" + std::to_string(prompt_tokens) + ",\"eval_count\":3}\n";
        },
    .complete = [] { return std::string("{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n"); },
    .error = [](std::string words) { return "{\"error\":" + quoted(words) + "}\n"; },
    .refusal = [](std::string words) { return "{\"error\":" + quoted(words) + "}"; },
    .idle = ollama_message(R"("content":"")"),
};

inline const Wire kOpenAi{
    .name = "OpenAi",
    .stream_type = "text/event-stream; charset=utf-8",
    .create = create<OpenAiModel>,
    .text = [](std::string words) { return openai_delta(R"("content":)" + quoted(words)); },
    .thinking = [](std::string words) { return openai_delta(R"("reasoning_content":)" + quoted(words)); },
    .call =
        [](std::string words, std::vector<std::string> names) {
          return openai_delta(R"("content":)" + quoted(words) + "," + calls(names, true));
        },
    .end =
        [](std::string reason, int prompt_tokens) {
          return openai_delta("", quoted(reason)) + R"(data: {"choices":[],"usage":{"prompt_tokens":)" +
                 std::to_string(prompt_tokens) + ",\"completion_tokens\":3}}\n\ndata: [DONE]\n\n";
        },
    .complete = [] { return openai_delta("", "\"stop\""); },
    .error = [](std::string words) { return R"(data: {"error":{"message":)" + quoted(words) + "}}\n\n"; },
    .refusal = [](std::string words) { return R"({"error":{"message":)" + quoted(words) + R"(,"type":"api_error"}})"; },
    .idle = ": still here\n\n" + openai_delta(R"("role":"assistant","content":"")"),
};

inline std::string chunk(std::string bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }
inline std::string stream_head(const Wire& wire) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + wire.stream_type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
}
inline std::string reply(int status, std::string body, std::string headers = "Content-Type: application/json\r\n") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}
inline Script answers(std::string bytes, std::size_t piece = 0) {
  return {Imposter::await_request(), Imposter::send(std::move(bytes), piece)};
}
// A stream of these events that begins and neither goes on nor ends.
inline Script begins(const Wire& wire, std::string events) {
  auto script = answers(stream_head(wire) + chunk(std::move(events)));
  script.push_back(Imposter::hold());
  return script;
}
// A whole stream.
inline Script streams(const Wire& wire, std::string events, std::size_t piece = 0) {
  return answers(stream_head(wire) + chunk(std::move(events)) + "0\r\n\r\n", piece);
}

struct Scene {
  const Wire& wire;
  Imposter& origin;
  Server& server;
  async::Context ctx;

  // Waits for it, at most 10 s.
  async::Task<bool> becomes(std::function<bool()> holds) {
    for (auto until = std::chrono::steady_clock::now() + 10s; !holds();) {
      if (std::chrono::steady_clock::now() > until) co_return false;
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return std::unexpected(slept.error());
    }
    co_return true;
  }
};
using Play = std::function<async::Task<void>(Scene&)>;

inline async::Task<void> perform(async::asio::any_io_executor on, const Wire& wire, std::vector<Script> scripts,
                                 ServerOptions options, const Play& play) {
  Imposter origin(on, std::move(scripts));
  options.base_url = origin.url() + options.base_url;
  auto server = wire.create(on, std::move(options));
  if (!server) co_return std::unexpected(server.error());
  Scene scene{wire, origin, **server, {"test", std::chrono::steady_clock::now() + 20s, {}}};
  Done done = co_await play(scene);
  server->reset();
  co_await origin.stop();
  co_return done;
}

inline void run(const Wire& wire, std::vector<Script> scripts, ServerOptions options, const Play& play) {
  std::signal(SIGPIPE, SIG_IGN);
  async::asio::io_context io(1);
  Done ended = foundation::fail(Code::internal, "did not end");
  async::asio::co_spawn(
      io, async::in_branch(perform(io.get_executor(), wire, std::move(scripts), std::move(options), play)),
      [&](std::exception_ptr thrown, Done result) {
        if (thrown) std::rethrow_exception(thrown);
        ended = std::move(result);
      });
  io.run_for(60s);
  EXPECT_TRUE(ended) << ended.error().text();
}

}  // namespace ai_ops::llm::lab
