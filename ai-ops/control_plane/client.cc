#include "ai-ops/control_plane/client.h"

#include <array>
#include <chrono>
#include <functional>

#include "foundation/json/view.h"

namespace ai_ops::control_plane {

using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::fail;
using foundation::Result;
using foundation::kubernetes::Snapshot;
namespace http = foundation::http;

namespace {

struct Refusal {
  int status;
  Code code;
};
constexpr std::array kRefusals{
    Refusal{400, Code::invalid},      Refusal{401, Code::unauthenticated}, Refusal{403, Code::denied},
    Refusal{404, Code::not_found},    Refusal{409, Code::conflict},        Refusal{413, Code::too_large},
    Refusal{429, Code::rate_limited}, Refusal{502, Code::unavailable},     Refusal{503, Code::unavailable},
    Refusal{504, Code::deadline},
};

std::unexpected<Error> refused(std::string doing, const http::Response& response) {
  Code code = Code::internal;
  for (const Refusal& row : kRefusals)
    if (row.status == response.status) code = row.code;
  auto problem = json::parse_strict(response.body);
  std::string detail = problem ? std::string(json::View(*problem)["detail"].text()) : std::string();
  if (detail.empty()) detail = "the control plane answered " + std::to_string(response.status);
  return fail(code, std::move(doing), std::move(detail));
}

// No answer came: what the user may know of it; the log has the rest.
std::unexpected<Error> lost(const async::Context& ctx, std::string doing, const Error& error) {
  if (error.code == Code::cancelled) return std::unexpected(error);
  ctx.log.warning("control_plane_lost", {{"doing", doing}, {"cause", error.text()}});
  std::string_view cause = "the connection to the control plane broke";
  if (error.code == Code::unavailable) cause = "the control plane cannot be reached";
  if (error.code == Code::deadline) cause = "it took too long";
  if (error.code == Code::too_large) cause = "the answer is too large";
  if (error.code == Code::corrupt) cause = "the control plane's answer is not readable";
  return fail(error.code, std::move(doing), std::string(cause));
}

std::string workspace_path(const Caller& caller, std::string_view rest) {
  return "/internal/v1/workspaces/" + http::percent_encode(caller.workspace) + "/" + std::string(rest);
}

// "?project=shop&limit=50" from the members that are set.
class QueryText {
 public:
  QueryText& with(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    text_ += (text_.empty() ? '?' : '&');
    text_.append(name).append("=").append(http::percent_encode(value));
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

http::Request request_of(const Caller& caller, http::Method method, std::string target) {
  http::Request request{.method = method, .target = std::move(target), .headers = {}, .body = {}};
  request.headers.set("Authorization", "Bearer " + caller.token.reveal());
  return request;
}

// The answer's body, piece by piece as it comes.
async::Task<void> read_body(http::ResponseStream& stream, std::size_t most,
                            std::function<Done(std::string_view)> take) {
  for (;;) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return Done{};
    if (piece->size() > most) co_return fail(Code::too_large, "read response", "body over its limit");
    most -= piece->size();
    if (auto taken = take(*piece); !taken) co_return taken;
  }
}

}  // namespace

async::Task<std::shared_ptr<const Snapshot>> Client::snapshot(async::Context& ctx, const Caller& caller) {
  const std::string doing = "read the workspace";
  auto kept = snapshots_.find(caller.user, caller.workspace, std::chrono::steady_clock::now());
  auto request = request_of(caller, http::Method::get, workspace_path(caller, "snapshot"));
  if (kept) request.headers.set("If-None-Match", kept->etag);
  auto limited = ctx.child(kSnapshotTime);
  auto stream = co_await http_.open(limited, std::move(request));
  if (!stream) co_return lost(ctx, doing, stream.error());
  http::Response response{(*stream)->status(), (*stream)->headers(), {}};
  if (kept && response.status == 304) co_return kept->snapshot;
  if (response.status != 200) {
    // Who may see nothing any more leaves nothing here; an outage says nothing about rights.
    if (response.status == 403 || response.status == 404) snapshots_.forget(caller.user, caller.workspace);
    auto take = [&](std::string_view piece) { return response.body += piece, Done{}; };
    auto read = co_await async::with_deadline(limited.deadline, read_body(**stream, kMaxReadBytes, take));
    if (!read) co_return lost(ctx, doing, read.error());
    co_return refused(doing, response);
  }
  std::size_t bytes = 0;
  foundation::kubernetes::SnapshotParser parser;
  auto take = [&](std::string_view piece) { return bytes += piece.size(), parser.push(piece); };
  auto read = co_await async::with_deadline(limited.deadline, read_body(**stream, kMaxSnapshotBytes, take));
  if (!read) co_return lost(ctx, doing, read.error());
  auto parsed = parser.finish();
  if (!parsed) co_return lost(ctx, doing, parsed.error());
  auto snapshot = std::make_shared<const Snapshot>(std::move(*parsed));
  if (auto etag = response.headers.find("ETag"))
    snapshots_.keep(caller.user, caller.workspace, {std::string(*etag), snapshot, bytes},
                    std::chrono::steady_clock::now());
  co_return snapshot;
}

async::Task<json::Value> Client::read_json(async::Context& ctx, const Caller& caller, std::string doing,
                                           std::string target) {
  auto limited = ctx.child(kReadTime);
  auto request = request_of(caller, http::Method::get, std::move(target));
  auto response = co_await http_.send(limited, std::move(request), kMaxReadBytes);
  if (!response) co_return lost(ctx, doing, response.error());
  if (response->status != 200) co_return refused(doing, *response);
  auto body = json::parse_tolerant(response->body, {.bytes = kMaxReadBytes, .depth = 64});
  if (!body) co_return lost(ctx, doing, {Code::corrupt, body.error().doing, body.error().cause});
  co_return std::move(*body);
}

async::Task<json::Value> Client::object(async::Context& ctx, const Caller& caller, std::string kind,
                                        std::string project, std::string name) {
  auto path =
      "objects/" + http::percent_encode(kind) + "/" + http::percent_encode(project) + "/" + http::percent_encode(name);
  return read_json(ctx, caller, "read " + kind + "/" + name, workspace_path(caller, path));
}

async::Task<json::Value> Client::events(async::Context& ctx, const Caller& caller, EventQuery query) {
  QueryText asked;
  asked.with("project", query.project).with("kind", query.kind).with("name", query.name);
  asked.with("limit", std::to_string(query.limit));
  return read_json(ctx, caller, "read events", workspace_path(caller, "events" + asked.text()));
}

async::Task<std::vector<std::string>> Client::logs(async::Context& ctx, const Caller& caller, LogQuery query) {
  const std::string doing = "read logs of " + query.pod;
  QueryText asked;
  asked.with("project", query.project).with("pod", query.pod).with("container", query.container);
  asked.with("previous", query.previous ? "true" : "").with("tail_lines", std::to_string(query.tail_lines));
  auto body = co_await read_json(ctx, caller, doing, workspace_path(caller, "logs" + asked.text()));
  if (!body) co_return std::unexpected(body.error());
  std::vector<std::string> lines;
  for (const auto& line : json::View(*body)["lines"].array()) {
    if (!line.is_string()) co_return lost(ctx, doing, {Code::corrupt, "read lines", "one is no text"});
    lines.emplace_back(json::View(line).text());
  }
  co_return lines;
}

async::Task<OperationReply> Client::request(async::Context& ctx, const Caller& caller, std::string operation,
                                            std::string call_id, json::Object arguments) {
  const std::string doing = "request " + operation;
  auto request = request_of(caller, http::Method::post, "/internal/v1/operations/" + http::percent_encode(operation));
  request.headers.set("Content-Type", "application/json");
  request.body = json::to_text(json::Object{{"call_id", call_id}, {"arguments", std::move(arguments)}});
  auto limited = ctx.child(kOperationTime);
  auto response = co_await http_.send(limited, request, kMaxOperationBytes);
  if (!response && response.error().code == Code::io) {
    ctx.log.info("operation_asked_again", {{"operation", operation}, {"cause", response.error().text()}});
    // The same call_id: what the first request began is answered, not done twice.
    auto again = co_await http_.send(limited, std::move(request), kMaxOperationBytes);
    if (again) response = std::move(again);  // else the first failure stands: it may have arrived
  }
  if (!response) co_return lost(ctx, doing, response.error());
  auto body = json::parse_strict(response->body);
  if (!body) co_return lost(ctx, doing, {Code::corrupt, body.error().doing, body.error().cause});
  co_return OperationReply{response->status, std::move(*body)};
}

}  // namespace ai_ops::control_plane
