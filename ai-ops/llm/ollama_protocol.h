// Ollama's native API as values: what is sent, what comes back. Pure. The shapes are those of its v0.24.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/llm/answer_event.h"
#include "ai-ops/llm/server.h"
#include "foundation/http/sse.h"
#include "foundation/json/view.h"

namespace ai_ops::llm::ollama {

inline constexpr std::string_view kStreamType = "application/x-ndjson";

// The body of POST /api/chat. The load options are the same in every call: one that differs makes the server load the
// model again. An older server does not know `truncate` and `shift` and leaves out messages: see Sieve::end.
json::Value chat_body(const ServerOptions& options, const Prompt& prompt);

// The lines of its answer.
class Lines final : public Decoder {
 public:
  std::vector<Event> push(std::string_view bytes) override;
  const std::optional<Ending>& ending() const override { return ending_; }

 private:
  foundation::Done take(std::string_view text, std::vector<Event>& events);

  foundation::http::LineSplitter lines_{kMaxEventBytes};
  std::optional<Ending> ending_;
  bool over_ = false;  // complete or failed
};

json::Value show_body(const ServerOptions& options);  // of POST /api/show
Traits traits_of(const ServerOptions& options, json::View shown);
bool is_loaded(std::string_view model, json::View processes);  // by the answer of GET /api/ps

}  // namespace ai_ops::llm::ollama
