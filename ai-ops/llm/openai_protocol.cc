#include "ai-ops/llm/openai_protocol.h"

#include <algorithm>
#include <utility>

#include "ai-ops/llm/refusal.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm::openai {

using foundation::Code;
using foundation::Done;
using foundation::fail;

namespace {

constexpr std::string_view kDoing = "read the model's answer";

std::unexpected<foundation::Error> corrupt(std::string cause) {
  return fail(Code::corrupt, std::string(kDoing), std::move(cause));
}

}  // namespace

json::Value chat_body(const ServerOptions& options, const Prompt& prompt) {
  json::Object body{{"model", options.model}, {"messages", messages_json(prompt)}, {"stream", true}};
  body["stream_options"] = json::Object{{"include_usage", true}};
  body["max_tokens"] = prompt.max_tokens;
  body["temperature"] = 0;
  body["seed"] = kSeed;
  if (!prompt.answer_schema.is_null()) {
    json::Object schema{{"name", "answer"}, {"strict", true}, {"schema", prompt.answer_schema}};
    body["response_format"] = json::Object{{"type", "json_schema"}, {"json_schema", std::move(schema)}};
  }
  if (!prompt.tools.empty()) body["tools"] = tools_json(prompt);
  return body;
}

std::vector<Event> Frames::push(std::string_view bytes) {
  std::vector<Event> events;
  if (over_) return events;
  auto frames = frames_.push(bytes);
  Done taken = frames ? Done() : std::unexpected(frames.error());
  for (std::size_t i = 0; taken && !over_ && i < frames->size(); ++i) taken = take((*frames)[i].data, events);
  if (!taken && !ending_) events.push_back(Trouble{taken.error()});  // a complete answer stays one
  over_ |= !taken;
  return events;
}

Done Frames::take(std::string_view data, std::vector<Event>& events) {
  if (data == "[DONE]") {
    over_ = true;
    return ending_ ? Done() : finish({}, events);  // a server that gives no reason
  }
  auto parsed = json::parse_tolerant(data, {.bytes = kMaxEventBytes, .depth = 64});
  if (!parsed) return corrupt("a frame of it is no JSON");
  json::View frame(*parsed);
  if (!frame["error"].is_null() || frame["object"].text() == "error") {
    return std::unexpected(refusal(500, server_words(data)));
  }
  if (!frame["choices"] && !frame["usage"]) return corrupt("a frame of it is none of the protocol");
  auto choice = frame["choices"][0];
  auto delta = choice["delta"];
  for (auto name : {"reasoning_content", "reasoning"})
    if (auto words = delta[name].text(); !words.empty()) events.push_back(Thinking{std::string(words)});
  if (auto words = delta["content"].text(); !words.empty()) events.push_back(Text{std::string(words)});
  for (const auto& fragment : delta["tool_calls"].array()) take_fragment(fragment);
  if (call_bytes_ > kMaxAnswerBytes) return fail(Code::too_large, std::string(kDoing), "a tool call does not end");
  if (auto reason = choice["finish_reason"].text(); !reason.empty() && !ending_) {
    if (auto finished = finish(reason, events); !finished) return finished;
  }
  if (auto usage = frame["usage"]; ending_ && !usage.is_null()) {
    ending_->usage = {.input_tokens = usage["prompt_tokens"].integer_or(0),
                      .output_tokens = usage["completion_tokens"].integer_or(0)};
  }
  return {};
}

// Servers differ: some give each call its index, some all the same; some repeat a call's name in every fragment.
void Frames::take_fragment(json::View fragment) {
  auto index = fragment["index"].integer_or(calls_.empty() ? 0 : calls_.back().index);
  auto id = fragment["id"].text();
  auto name = fragment["function"]["name"].text();
  auto open = std::ranges::find(calls_.rbegin(), calls_.rend(), index, &OpenCall::index);
  bool another = open != calls_.rend() && !name.empty() && !open->name.empty() &&
                 (id.empty() ? json::parse_tolerant(open->arguments).has_value() : id != open->id);
  if (open == calls_.rend() || another) {
    calls_.push_back({index, std::string(id), {}, {}});
    open = calls_.rbegin();
  }
  if (open->name.empty()) open->name = name;
  auto arguments = fragment["function"]["arguments"];
  auto text = arguments.value() && arguments.value()->is_object() ? json::to_text(*arguments.value())
                                                                  : std::string(arguments.text());
  open->arguments += text;
  call_bytes_ += name.size() + text.size() + 1;
}

Done Frames::finish(std::string_view reason, std::vector<Event>& events) {
  Ending ending{.cut_off = reason == "length" || reason == "content_filter"};
  for (auto& call : std::exchange(calls_, {})) {
    json::Value text(call.arguments);
    auto arguments = call_arguments(text);
    if (arguments && !call.name.empty()) {
      events.push_back(ToolCall{std::move(call.name), std::move(*arguments)});
    } else if (!ending.cut_off) {
      return corrupt("a tool call of it is none");
    }
  }
  ending_ = ending;
  return {};
}

std::optional<Traits> traits_of(const ServerOptions& options, json::View models) {
  for (const auto& offered : models["data"].array()) {
    json::View model(offered);
    auto id = model["id"].text();
    if (id != options.model && id != options.model + ":latest") continue;
    Traits traits{.model = options.model, .context_tokens = options.num_ctx, .calls_tools = options.calls_tools};
    auto most = model["max_model_len"].integer_or(model["context_length"].integer_or(options.num_ctx));
    if (most > 0) traits.context_tokens = std::min(most, options.num_ctx);
    return traits;
  }
  return std::nullopt;
}

}  // namespace ai_ops::llm::openai
