#include "ai-ops/llm/ollama_protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ai-ops/llm/refusal.h"
#include "ai-ops/llm/wire_json.h"

namespace ai_ops::llm::ollama {

using foundation::Code;
using foundation::Done;
using foundation::fail;

namespace {

// "smollm2" is "smollm2:latest".
std::string full_name(std::string_view model) {
  auto tag = model.find(':', model.rfind('/') == std::string_view::npos ? 0 : model.rfind('/'));
  return std::string(model) + (tag == std::string_view::npos ? ":latest" : "");
}

// v0.24 holds a format back until a thinking model has thought, if it reads the model by a parser of its own: told not
// to think, the model is never held to the format. Not so by these parsers.
constexpr std::array<std::string_view, 3> kParsersWithSchema{"", "gemma4", "harmony"};

}  // namespace

json::Value chat_body(const ServerOptions& options, const Prompt& prompt) {
  json::Object body{{"model", options.model}, {"messages", messages_json(prompt)}, {"stream", true}};
  body["think"] = false;
  body["truncate"] = false;
  body["shift"] = false;
  if (!options.keep_alive.empty()) body["keep_alive"] = options.keep_alive;
  body["options"] = json::Object{
      {"num_ctx", options.num_ctx}, {"temperature", 0}, {"seed", kSeed}, {"num_predict", prompt.max_tokens}};
  if (!prompt.answer_schema.is_null()) body["format"] = prompt.answer_schema;
  if (!prompt.tools.empty()) body["tools"] = tools_json(prompt);
  return body;
}

std::vector<Event> Lines::push(std::string_view bytes) {
  std::vector<Event> events;
  if (over_) return events;
  auto lines = lines_.push(bytes);
  Done taken = lines ? Done() : std::unexpected(lines.error());
  for (std::size_t i = 0; taken && !ending_ && i < lines->size(); ++i) taken = take((*lines)[i], events);
  if (!taken) events.push_back(Trouble{taken.error()});
  over_ = ending_ || !taken;
  return events;
}

Done Lines::take(std::string_view text, std::vector<Event>& events) {
  auto parsed = json::parse_tolerant(text, {.bytes = kMaxEventBytes, .depth = 64});
  if (!parsed) return fail(Code::corrupt, "read the model's answer", "a line of it is no JSON");
  json::View line(*parsed);
  if (line["error"]) return std::unexpected(refusal(500, server_words(text)));
  auto message = line["message"];
  bool done = line["done"].boolean_or(false);
  if (!message && !done) return fail(Code::corrupt, "read the model's answer", "a line of it is none of the protocol");
  if (auto words = message["thinking"].text(); !words.empty()) events.push_back(Thinking{std::string(words)});
  if (auto words = message["content"].text(); !words.empty()) events.push_back(Text{std::string(words)});
  for (const auto& call : message["tool_calls"].array()) {
    auto function = json::View(call)["function"];
    auto arguments = call_arguments(function["arguments"]);
    if (!arguments || function["name"].text().empty()) {
      return fail(Code::corrupt, "read the model's answer", "a tool call of it is none");
    }
    events.push_back(ToolCall{std::string(function["name"].text()), std::move(*arguments)});
  }
  if (done) {
    ending_ = {.cut_off = line["done_reason"].text() == "length",
               .usage = {.input_tokens = line["prompt_eval_count"].integer_or(0),
                         .output_tokens = line["eval_count"].integer_or(0)}};
  }
  return {};
}

json::Value show_body(const ServerOptions& options) { return json::Object{{"model", options.model}}; }

Traits traits_of(const ServerOptions& options, json::View shown) {
  Traits traits{.model = options.model, .context_tokens = options.num_ctx};
  bool thinks = false;
  for (const auto& capability : shown["capabilities"].array()) {
    traits.calls_tools |= json::View(capability).text() == "tools";
    thinks |= json::View(capability).text() == "thinking";
  }
  auto parser = std::ranges::find(kParsersWithSchema, shown["parser"].text());
  traits.keeps_schema = !thinks || parser != kParsersWithSchema.end();
  auto family = std::string(shown["model_info"]["general.architecture"].text());
  auto trained = shown["model_info"][family + ".context_length"].integer_or(options.num_ctx);
  if (trained > 0) traits.context_tokens = std::min(trained, options.num_ctx);
  return traits;
}

bool is_loaded(std::string_view model, json::View processes) {
  auto wanted = full_name(model);
  return std::ranges::any_of(processes["models"].array(), [&](const json::Value& running) {
    json::View view(running);
    return full_name(view["name"].text()) == wanted || full_name(view["model"].text()) == wanted;
  });
}

}  // namespace ai_ops::llm::ollama
