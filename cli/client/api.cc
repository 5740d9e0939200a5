#include "cli/client/api.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "cli/client/origin.h"
#include "cli/client/problem.h"
#include "foundation/async/context.h"
#include "foundation/base/uuid.h"
#include "foundation/json/fields.h"

namespace cli::client {
namespace {

using namespace std::chrono_literals;
using events::Event;
using foundation::Code;
using foundation::Error;
using foundation::fail;
using foundation::Milliseconds;

constexpr Milliseconds kReplyTime = 70s;  // the control plane takes at most 60 s for a change
constexpr Milliseconds kSilence = 60s;    // the control plane says something every 15 s
constexpr std::size_t kMaxReplyBytes = 16 << 20;
constexpr std::size_t kMaxProblemBytes = 64 << 10;

foundation::SteadyTime in(Milliseconds time) { return std::chrono::steady_clock::now() + time; }

async::Context context() { return {foundation::new_uuid(foundation::SystemClock().wall()), in(kReplyTime), {}}; }

Error not_as_agreed(std::string doing, const Error& error) {
  return {Code::corrupt, std::move(doing), "the answer is not that of a control plane: " + error.text()};
}

// The body of an answer that is no success, as far as it is worth reading.
async::Task<std::string> problem_body(http::ResponseStream& stream) {
  std::string body;
  while (body.size() < kMaxProblemBytes) {
    auto piece = co_await stream.read();
    if (!piece || piece->empty()) break;
    body += *piece;
  }
  co_return body;
}

}  // namespace

async::Task<std::optional<Event>> Chat::next() {
  while (ready_.empty()) {
    auto bytes = co_await async::with_deadline(in(kSilence), stream_->read());
    if (!bytes && bytes.error().code == Code::deadline)
      co_return fail(Code::deadline, "read the answer", fmt::format("nothing came for {} s", kSilence / 1s));
    if (!bytes) co_return foundation::fail_with("read the answer", bytes.error());
    if (bytes->empty() && parser_.in_frame()) co_return fail(Code::io, "read the answer", "it broke off");
    if (bytes->empty()) co_return std::optional<Event>();
    auto frames = parser_.push(*bytes);
    if (!frames) co_return foundation::fail_with("read the answer", frames.error());
    for (auto& frame : *frames) {
      auto event = events::from_frame(std::move(frame.event), frame.data);
      if (!event) co_return std::unexpected(event.error());
      ready_.push_back(std::move(*event));
    }
  }
  std::optional<Event> event(std::move(ready_.front()));
  ready_.pop_front();
  co_return event;
}

Result<std::unique_ptr<Api>> Api::create(async::asio::any_io_executor on, std::string server, Secret token) {
  auto options = origin_options(server);
  if (!options) return std::unexpected(options.error());
  server = options->base_url;
  auto client = http::Client::create(std::move(on), std::move(*options));
  if (!client) return std::unexpected(client.error());
  return std::unique_ptr<Api>(new Api(std::move(*client), std::move(server), std::move(token)));
}

http::Request Api::request(http::Method method, std::string target, const json::Object* body) const {
  http::Request request{.method = method, .target = std::move(target), .headers = {{"User-Agent", "hks"}}};
  if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_.reveal());
  if (body == nullptr) return request;
  request.headers.add("Content-Type", "application/json");
  request.body = json::to_text(*body);
  return request;
}

Error Api::unreached(Error error) const {
  if (error.code == Code::cancelled) return error;
  Error out{error.code, "reach " + server_, error.cause.empty() ? error.text() : error.cause};
  if (error.code == Code::unavailable)
    out.cause += "\nIs the control plane running there? ./run starts one; --server URL or HKS_SERVER names another.";
  return out;
}

async::Task<http::Response> Api::send(std::string doing, http::Request request) {
  auto ctx = context();
  auto response = co_await client_->send(ctx, std::move(request), kMaxReplyBytes);
  if (!response) co_return std::unexpected(unreached(response.error()));
  if (response->status < 200 || response->status > 299)
    co_return std::unexpected(error_of(std::move(doing), response->status, response->headers, response->body));
  co_return response;
}

async::Task<json::Value> Api::fetch(std::string doing, http::Method method, std::string target,
                                    std::optional<json::Object> body) {
  auto response = co_await send(doing, request(method, std::move(target), body ? &*body : nullptr));
  if (!response) co_return std::unexpected(response.error());
  if (response->body.empty()) co_return json::Value();
  auto value = json::parse_tolerant(response->body);
  if (!value) co_return std::unexpected(not_as_agreed(std::move(doing), value.error()));
  co_return std::move(*value);
}

async::Task<SavedSession> Api::new_session(std::string doing, std::string target, json::Object body) {
  auto value = co_await fetch(doing, http::Method::post, std::move(target), std::move(body));
  if (!value) co_return std::unexpected(value.error());
  json::Fields fields(*value);
  fields.ignore_unknown();
  SavedSession session{.server = server_,
                       .user = fields.text("user", 63),
                       .token = Secret(fields.text("token", 256)),
                       .expires_at = fields.text("expires_at", 64)};
  if (auto done = fields.finish(); !done) co_return std::unexpected(not_as_agreed(std::move(doing), done.error()));
  co_return session;
}

async::Task<SavedSession> Api::sign_in(Login login) {
  json::Object body{{"user", login.user}, {"password", login.password.reveal()}};
  if (!login.permissions.empty()) body["permissions"] = json::Array(login.permissions.begin(), login.permissions.end());
  co_return co_await new_session("sign in", "/api/v1/sessions", std::move(body));
}

async::Task<SavedSession> Api::accept(Invitation invitation) {
  co_return co_await new_session("accept the invitation", "/api/v1/invitations",
                                 {{"token", invitation.token.reveal()}, {"password", invitation.password.reveal()}});
}

async::Task<void> Api::sign_out() {
  auto response = co_await send("sign out", request(http::Method::delete_, "/api/v1/sessions/current"));
  if (!response) co_return std::unexpected(response.error());
  co_return Done{};
}

async::Task<json::Value> Api::me() { co_return co_await fetch("ask who you are", http::Method::get, "/api/v1/me"); }

async::Task<json::Value> Api::workspaces() {
  co_return co_await fetch("list your workspaces", http::Method::get, "/api/v1/workspaces");
}

async::Task<std::vector<std::string>> Api::workspace_names() {
  auto value = co_await workspaces();
  if (!value) co_return std::unexpected(value.error());
  json::Fields fields(*value);
  fields.ignore_unknown();
  std::vector<std::string> names;
  for (json::Fields& workspace : fields.objects("workspaces", 10'000)) {
    workspace.ignore_unknown();
    names.push_back(workspace.text("name", 63));
  }
  if (auto done = fields.finish(); !done)
    co_return std::unexpected(not_as_agreed("list your workspaces", done.error()));
  co_return names;
}

async::Task<std::unique_ptr<Chat>> Api::open_chat(Question question) {
  std::string doing = "ask in workspace " + question.workspace;
  json::Object body{{"message", question.message}};
  if (question.conversation) body["conversation_id"] = *question.conversation;
  auto target = fmt::format("/api/v1/workspaces/{}/ai/chat", http::percent_encode(question.workspace));
  auto asked = request(http::Method::post, std::move(target), &body);
  asked.headers.add("Accept", "text/event-stream");
  auto ctx = context();
  auto stream = co_await client_->open(ctx, std::move(asked));
  if (!stream) co_return std::unexpected(unreached(stream.error()));
  http::ResponseStream& response = **stream;
  if (response.status() != 200) {
    auto problem = co_await async::with_deadline(ctx.deadline, problem_body(response));
    co_return std::unexpected(error_of(doing, response.status(), response.headers(), problem ? *problem : ""));
  }
  auto type = response.headers().find("Content-Type").value_or("");
  if (!type.starts_with("text/event-stream"))
    co_return std::unexpected(not_as_agreed(doing, {Code::corrupt, "it is no event stream", ""}));
  co_return std::make_unique<Chat>(std::move(*stream));
}

}  // namespace cli::client
