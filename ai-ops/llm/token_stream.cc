#include "ai-ops/llm/token_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "ai-ops/llm/refusal.h"
#include "ai-ops/llm/sieve.h"

namespace ai_ops::llm {

namespace http = foundation::http;
using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::fail;
using foundation::SteadyTime;

namespace {

constexpr std::string_view kAsking = "ask the model";
constexpr std::string_view kReading = "read the model's answer";

SteadyTime now() { return std::chrono::steady_clock::now(); }

// Why nothing came in time.
Error late(const async::Context& ctx, std::string_view what, Milliseconds patience) {
  if (ctx.deadline <= now()) return {Code::deadline, std::string(kReading), "the time for the whole answer is over"};
  return {Code::deadline, std::string(kReading), fmt::format("no {} within {:g} s", what, patience.count() / 1000.0)};
}

Error broken(Error error) {
  if (error.code == Code::io) error.code = Code::unavailable;
  return error;
}

class StreamedAnswer final : public Answer {
 public:
  StreamedAnswer(std::unique_ptr<http::ResponseStream> stream, std::unique_ptr<Decoder> decoder, const Prompt& prompt,
                 Patience patience)
      : stream_(std::move(stream)), decoder_(std::move(decoder)), sieve_(prompt), patience_(patience) {}

  async::Task<std::optional<Piece>> next(async::Context& ctx) override;
  Usage usage() const override {
    return ended_ ? decoder_->ending()->usage : Usage{.input_tokens = 0, .output_tokens = sieve_.events()};
  }
  bool cut_off() const override { return decoder_->ending() && decoder_->ending()->cut_off; }

  // Reads until a piece is on hand, or the end, or a failure; the next token must be here at `until`.
  async::Task<void> fill(async::Context& ctx, SteadyTime until);
  const std::optional<Error>& failed() const { return failed_; }
  bool heard() const { return sieve_.events() > 0; }

 private:
  Done take(std::string_view bytes);
  Done take_end();
  Error failure(const async::Context& ctx, const foundation::Result<std::string>& bytes) const;
  Done keep(foundation::Result<std::vector<Piece>> pieces);

  std::unique_ptr<http::ResponseStream> stream_;
  std::unique_ptr<Decoder> decoder_;
  Sieve sieve_;
  Patience patience_;
  std::deque<Piece> ready_;
  SteadyTime over_ = SteadyTime::max();  // when a complete answer waits for no more of its counts
  bool ended_ = false;
  std::optional<Error> failed_;  // told after the pieces that came before it
};

async::Task<std::optional<Piece>> StreamedAnswer::next(async::Context& ctx) {
  if (ready_.empty() && !failed_ && !ended_) {
    if (auto filled = co_await fill(ctx, now() + patience_.next_token); !filled) failed_ = filled.error();
  }
  if (!ready_.empty()) {
    auto piece = std::move(ready_.front());
    ready_.pop_front();
    co_return piece;
  }
  stream_.reset();
  if (failed_) co_return std::unexpected(*failed_);
  co_return std::nullopt;
}

async::Task<void> StreamedAnswer::fill(async::Context& ctx, SteadyTime until) {
  Done taken;
  while (taken && ready_.empty() && !ended_) {
    auto heard_before = sieve_.events();
    auto bytes = co_await async::with_deadline(std::min({until, over_, ctx.deadline}), stream_->read());
    if (bytes && !bytes->empty()) {
      taken = take(*bytes);
      if (sieve_.events() > heard_before) until = now() + patience_.next_token;  // bytes alone are no progress
    } else if (decoder_->ending()) {
      taken = take_end();  // complete, whatever became of the connection
    } else {
      taken = std::unexpected(failure(ctx, bytes));
    }
  }
  if (!taken) failed_ = taken.error();
  co_return Done{};
}

Done StreamedAnswer::take(std::string_view bytes) {
  for (auto& event : decoder_->push(bytes))
    if (auto kept = keep(sieve_.take(std::move(event))); !kept) return kept;
  if (decoder_->ending()) over_ = std::min(over_, now() + kEndingTime);
  return {};
}

Done StreamedAnswer::take_end() {
  ended_ = true;
  return keep(sieve_.end(*decoder_->ending()));
}

Done StreamedAnswer::keep(foundation::Result<std::vector<Piece>> pieces) {
  if (!pieces) return std::unexpected(pieces.error());
  std::ranges::move(*pieces, std::back_inserter(ready_));
  return {};
}

Error StreamedAnswer::failure(const async::Context& ctx, const foundation::Result<std::string>& bytes) const {
  if (bytes && !heard()) return {Code::corrupt, std::string(kReading), "it is empty"};
  if (bytes) return {Code::unavailable, std::string(kReading), "it stopped before its end"};
  if (bytes.error().code == Code::deadline) {
    return heard() ? late(ctx, "further token", patience_.next_token) : late(ctx, "token", patience_.first_token);
  }
  return heard() ? broken(bytes.error()) : bytes.error();
}

// "text/event-stream; charset=utf-8" is of the type "text/event-stream".
bool is_of_type(const http::Headers& headers, std::string_view type) {
  auto given = headers.find("Content-Type").value_or("");
  given = given.substr(0, given.find(';'));
  while (given.ends_with(' ')) given.remove_suffix(1);
  return http::same_name(given, type);
}

async::Task<std::string> body_of(http::ResponseStream& stream, std::size_t most) {
  std::string body;
  for (;;) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return body;
    if (body.size() + piece->size() > most) co_return fail(Code::too_large, "read response", "body over its limit");
    body += *piece;
  }
}

Error refusal_of(int status, const http::Headers& headers, std::string_view body) {
  return refusal(status, server_words(body), headers.find("Retry-After"));
}

async::Task<std::unique_ptr<StreamedAnswer>> attempt(async::Context& ctx, http::Client& client, Patience patience,
                                                     Question question, SteadyTime first) {
  async::Context until_first{ctx.request_id, std::min(first, ctx.deadline), ctx.log};
  auto stream = co_await client.open(until_first, std::move(question.request));
  if (!stream && stream.error().code == Code::deadline) {
    co_return std::unexpected(late(ctx, "token", patience.first_token));
  }
  if (!stream) co_return std::unexpected(stream.error());
  if (auto status = (*stream)->status(); status != 200) {
    auto body = co_await async::with_deadline(until_first.deadline, body_of(**stream, kMaxRefusalBytes));
    co_return std::unexpected(refusal_of(status, (*stream)->headers(), body ? *body : std::string()));
  }
  if (!is_of_type((*stream)->headers(), question.stream_type)) {
    co_return fail(Code::corrupt, std::string(kAsking), "the model server's answer is no stream");
  }
  auto answer = std::make_unique<StreamedAnswer>(std::move(*stream), question.decoder(), question.prompt, patience);
  if (auto filled = co_await answer->fill(ctx, first); !filled) co_return std::unexpected(filled.error());
  if (answer->failed()) co_return std::unexpected(*answer->failed());
  co_return std::move(answer);
}

}  // namespace

async::Task<std::unique_ptr<Answer>> begin_answer(async::Context& ctx, http::Client& client, Patience patience,
                                                  Question question) {
  auto first = now() + patience.first_token;
  auto answer = co_await attempt(ctx, client, patience, question, first);
  if (!answer && answer.error().code == Code::io) {
    ctx.log.info("model_asked_again", {{"cause", answer.error().text()}});
    answer = co_await attempt(ctx, client, patience, std::move(question), first);
  }
  if (!answer) co_return std::unexpected(broken(answer.error()));
  co_return std::move(*answer);
}

http::Request server_request(const ServerOptions& options, std::string target, std::optional<json::Value> body) {
  http::Request request{.target = std::move(target)};
  if (!options.bearer.empty()) request.headers.set("Authorization", "Bearer " + options.bearer.reveal());
  if (!body) return request;
  request.method = http::Method::post;
  request.headers.set("Content-Type", "application/json");
  request.body = json::to_text(*body);
  return request;
}

async::Task<json::Value> ask_server(async::Context& ctx, http::Client& client, http::Request request) {
  auto response = co_await client.send(ctx, std::move(request), kMaxDescriptionBytes);
  if (!response) co_return std::unexpected(broken(response.error()));
  if (response->status != 200) {
    co_return std::unexpected(refusal_of(response->status, response->headers, response->body));
  }
  auto body = json::parse_tolerant(response->body, {.bytes = kMaxDescriptionBytes, .depth = 64});
  if (!body) co_return fail(Code::corrupt, "ask the model server", "its answer is no JSON");
  co_return std::move(*body);
}

}  // namespace ai_ops::llm
