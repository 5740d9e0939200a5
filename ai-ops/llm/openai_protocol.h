// The OpenAI-compatible chat API as values: what is sent, what comes back. Pure.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/llm/answer_event.h"
#include "ai-ops/llm/server.h"
#include "foundation/http/sse.h"
#include "foundation/json/view.h"

namespace ai_ops::llm::openai {

inline constexpr std::string_view kStreamType = "text/event-stream";

json::Value chat_body(const ServerOptions& options, const Prompt& prompt);  // of POST /v1/chat/completions

// The frames of its answer. A call's arguments come in fragments; the calls come out with the finish reason.
class Frames final : public Decoder {
 public:
  std::vector<Event> push(std::string_view bytes) override;
  const std::optional<Ending>& ending() const override { return ending_; }

 private:
  struct OpenCall {
    std::int64_t index;
    std::string id;
    std::string name;
    std::string arguments;
  };
  foundation::Done take(std::string_view data, std::vector<Event>& events);
  foundation::Done finish(std::string_view reason, std::vector<Event>& events);
  void take_fragment(json::View fragment);

  foundation::http::SseParser frames_{kMaxEventBytes};
  std::vector<OpenCall> calls_;
  std::size_t call_bytes_ = 0;
  std::optional<Ending> ending_;
  bool over_ = false;  // its end mark has come, or it failed
};

// What the answer of GET /v1/models says of our model; nothing when it is not among them.
std::optional<Traits> traits_of(const ServerOptions& options, json::View models);

}  // namespace ai_ops::llm::openai
