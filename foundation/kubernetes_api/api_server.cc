#include "foundation/kubernetes_api/api_server.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "foundation/kubernetes_api/api_error.h"

namespace foundation::kubernetes_api {

using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMaxRefusalBytes = 64 << 10;  // of the body of an answer that is no success, on a stream
constexpr Milliseconds kRetryAfterUnsaid{1'000};
constexpr int kUnknownCredential = 401;
constexpr int kTooManyRequests = 429;

bool is_success(int status) { return status >= 200 && status < 300; }

Milliseconds retry_after(const http::Headers& headers) {
  auto text = headers.find("Retry-After").value_or("");
  int seconds = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (ec != std::errc() || end != text.data() + text.size() || seconds < 0) return kRetryAfterUnsaid;
  return std::min<Milliseconds>(std::chrono::seconds(seconds), kMaxRetryAfter);
}

// How long to wait before a read that was answered so is tried again; none: it is not.
std::optional<Milliseconds> pause_before_retry(const async::Context& ctx, int retries, int status,
                                               const http::Headers& headers) {
  if (status != kTooManyRequests || retries >= kReadRetries) return std::nullopt;
  auto pause = retry_after(headers);
  return pause < ctx.left() ? std::optional(pause) : std::nullopt;
}

async::Task<std::string> first_bytes(http::ResponseStream& stream) {
  std::string body;
  while (body.size() < kMaxRefusalBytes) {
    auto piece = co_await stream.read();
    if (!piece || piece->empty()) break;
    body += *piece;
  }
  co_return body;
}

}  // namespace

Result<std::shared_ptr<ApiServer>> ApiServer::create(async::asio::any_io_executor on, const Kubeconfig& kubeconfig,
                                                     std::string user_agent) {
  http::Client::Options options;
  options.base_url = kubeconfig.server;
  if (kubeconfig.server.starts_with("https://")) {
    auto tls = http::TlsClient::create({.authority_pem = kubeconfig.authority_pem,
                                        .identity = kubeconfig.identity,
                                        .server_name = kubeconfig.server_name,
                                        .allow_tls12 = true});
    if (!tls) return fail_with("open cluster", tls.error());
    options.tls = std::move(*tls);
  }
  auto client = http::Client::create(on, std::move(options));
  if (!client) return fail_with("open cluster", client.error());
  return std::shared_ptr<ApiServer>(new ApiServer(std::move(*client), kubeconfig, std::move(user_agent)));
}

ApiServer::ApiServer(std::unique_ptr<http::Client> client, const Kubeconfig& kubeconfig, std::string user_agent)
    : client_(std::move(client)),
      user_agent_(std::move(user_agent)),
      token_(kubeconfig.token),
      token_file_(kubeconfig.token_file),
      token_read_at_(std::chrono::steady_clock::now()) {}

Request ApiServer::signed_in(Request request) {
  auto now = std::chrono::steady_clock::now();
  if (!token_file_.empty() && now > token_read_at_ + kTokenAge) {
    if (auto token = read_token_file(token_file_)) token_ = std::move(*token);  // else the old one may still do
    token_read_at_ = now;
  }
  if (!request.headers.find("Accept")) request.headers.set("Accept", kJson);
  request.headers.set("User-Agent", user_agent_);
  if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_.reveal());
  return request;
}

// An unknown token may have been replaced in its file before its time: the next request looks there.
void ApiServer::look_at_refusal(int status) {
  if (status == kUnknownCredential) token_read_at_ = SteadyTime::min();
}

async::Task<Response> ApiServer::send(async::Context& ctx, Request request, std::size_t max_body) {
  auto bounded = ctx.child(kRequestTime);
  auto response = co_await client_->send(bounded, signed_in(std::move(request)), max_body);
  if (!response) co_return std::unexpected(error_of_transport(std::move(response.error())));
  look_at_refusal(response->status);
  co_return std::move(*response);
}

async::Task<std::string> ApiServer::read(async::Context& ctx, std::string target, std::size_t max_body,
                                         std::string accept) {
  for (int retries = 0;; ++retries) {
    auto response = co_await send(ctx, {.target = target, .headers = {{"Accept", accept}}, .body = {}}, max_body);
    if (!response) co_return std::unexpected(response.error());
    if (is_success(response->status)) co_return std::move(response->body);
    auto pause = pause_before_retry(ctx, retries, response->status, response->headers);
    if (!pause) co_return std::unexpected(error_of_read_answer(response->status, response->body, "read the cluster"));
    if (auto slept = co_await async::sleep_for(*pause); !slept) co_return std::unexpected(slept.error());
  }
}

async::Task<std::string> ApiServer::write(async::Context& ctx, Request request, std::size_t max_body) {
  auto response = co_await send(ctx, std::move(request), max_body);
  if (!response) co_return std::unexpected(response.error());
  if (is_success(response->status)) co_return std::move(response->body);
  co_return std::unexpected(error_of_answer(response->status, response->body, "write to the cluster"));
}

async::Task<std::unique_ptr<http::ResponseStream>> ApiServer::open(async::Context& ctx, std::string target,
                                                                   std::string accept) {
  for (int retries = 0;; ++retries) {
    auto bounded = ctx.child(kRequestTime);
    auto opened =
        co_await client_->open(bounded, signed_in({.target = target, .headers = {{"Accept", accept}}, .body = {}}));
    if (!opened) co_return std::unexpected(error_of_transport(std::move(opened.error())));
    auto stream = std::move(*opened);
    look_at_refusal(stream->status());
    if (is_success(stream->status())) co_return std::move(stream);
    auto body = co_await async::with_deadline(bounded.deadline, first_bytes(*stream));
    auto pause = pause_before_retry(ctx, retries, stream->status(), stream->headers());
    if (!pause)
      co_return std::unexpected(error_of_read_answer(
          stream->status(), body ? std::string_view(*body) : std::string_view(), "read the cluster"));
    stream.reset();  // nobody else waits for its connection meanwhile
    if (auto slept = co_await async::sleep_for(*pause); !slept) co_return std::unexpected(slept.error());
  }
}

}  // namespace foundation::kubernetes_api
