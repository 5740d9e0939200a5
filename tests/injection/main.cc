// hijacked-model: what a model that obeys everybody answers to each line of its input. JSON lines in, JSON lines out:
// the body of Ollama's POST /api/chat -> the message of its answer. tests/support/obedient.py puts HTTP around it.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "ai-ops/llm/hijacked.h"
#include "foundation/json/view.h"

namespace {

namespace json = foundation::json;
using ai_ops::prompts::Author;
using ai_ops::prompts::Prompt;

Prompt prompt_of(json::View body) {
  Prompt out;
  for (const json::Value& value : body["messages"].array()) {
    json::View message(value);
    Author author = message["role"].text() == "system" ? Author::system : Author::user;
    out.messages.push_back({author, std::string(message["content"].text())});
  }
  if (json::View format = body["format"]) out.answer_schema = *format.value();
  for (const json::Value& value : body["tools"].array()) {
    json::View function = json::View(value)["function"];
    out.tools.push_back({std::string(function["name"].text()), {}, json::Value(function["parameters"].object())});
  }
  return out;
}

json::Object message_of(ai_ops::prompts::Reply reply) {
  json::Array calls;
  for (auto& call : reply.calls)
    calls.push_back(
        json::Object{{"function", json::Object{{"name", call.name}, {"arguments", std::move(call.arguments)}}}});
  return {{"role", "assistant"}, {"content", reply.text}, {"tool_calls", std::move(calls)}};
}

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  for (std::string line; std::getline(std::cin, line);) {
    auto body = json::parse_strict(line, {.bytes = 1 << 20, .depth = 64});
    if (!body) {
      fmt::print(stderr, "hijacked-model: {}\n", body.error().text());
      return 1;
    }
    fmt::print("{}\n", json::to_text(message_of(ai_ops::llm::most_harmful(prompt_of(json::View(*body)), {}))));
    std::fflush(stdout);
  }
  return 0;
}
