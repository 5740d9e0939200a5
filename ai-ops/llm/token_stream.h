// The way of one answer from a server to its caller, the same for every protocol: patience, one more try on a broken
// connection before the first token, and the server's stream through its Decoder and the Sieve.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ai-ops/llm/answer_event.h"
#include "ai-ops/llm/server.h"
#include "foundation/http/client.h"

namespace ai_ops::llm {

inline constexpr Milliseconds kEndingTime{1'000};             // for the counts and the end mark after a complete answer
inline constexpr std::size_t kMaxRefusalBytes = 64 << 10;     // of a body that is no stream
inline constexpr std::size_t kMaxDescriptionBytes = 8 << 20;  // /api/show carries licences and templates

// One request, as one protocol puts it.
struct Question {
  foundation::http::Request request;
  std::string_view stream_type;  // the Content-Type of an answer
  std::function<std::unique_ptr<Decoder>()> decoder;
  const Prompt& prompt;
};

// Returns with the first piece of the answer on hand. The errors are those of Model::ask.
async::Task<std::unique_ptr<Answer>> begin_answer(async::Context& ctx, foundation::http::Client& client,
                                                  Patience patience, Question question);

// A JSON answer to a question about the server. Errors: refusal.h's, unavailable, corrupt, deadline.
async::Task<json::Value> ask_server(async::Context& ctx, foundation::http::Client& client,
                                    foundation::http::Request request);

// GET, or POST of a body, with the key where there is one.
foundation::http::Request server_request(const ServerOptions& options, std::string target,
                                         std::optional<json::Value> body = {});

}  // namespace ai_ops::llm
