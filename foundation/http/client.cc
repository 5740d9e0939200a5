#include "foundation/http/client.h"

#include <utility>

#include "foundation/http/connection_pool.h"
#include "foundation/http/response_stream.h"
#include "foundation/http/wire.h"

namespace foundation::http {
namespace {

using Opened = std::unique_ptr<ResponseStream>;

class PooledLease final : public Lease {
 public:
  PooledLease(ConnectionPool& pool, ConnectionPool::Used connection)
      : pool_(pool), connection_(std::move(connection)) {}
  const std::string& peer_thumbprint() const override { return connection_->peer_thumbprint(); }
  async::Task<Opened> open(async::Context& ctx, Request request) override;
  // The connection was a kept one that the origin had closed: nothing of an answer came.
  bool was_stale() const { return stale_; }

 private:
  ConnectionPool& pool_;
  ConnectionPool::Used connection_;
  bool stale_ = false;
};

async::Task<Opened> PooledLease::open(async::Context& ctx, Request request) {
  if (!connection_) co_return fail(Code::internal, "send request", "a lease carries one request");
  auto head = request_head(request, pool_.origin().header, pool_.origin().prefix);
  if (!head) co_return std::unexpected(head.error());
  bool fresh = connection_.fresh();
  auto response = std::make_unique<PooledResponse>(std::move(connection_), pool_.options().head_bytes, request.method);
  auto begun = co_await async::with_deadline(ctx.deadline, response->begin(std::move(*head), std::move(request.body)));
  if (begun) co_return std::move(response);
  stale_ = !fresh && begun.error().code == Code::io && !response->answered();
  co_return fail_with("ask " + pool_.origin().header, begun.error());
}

class PooledClient final : public Client {
 public:
  PooledClient(Options options, Origin origin) : pool_(std::move(options), std::move(origin)) {}
  async::Task<std::unique_ptr<Lease>> acquire(async::Context& ctx) override;
  async::Task<Opened> open(async::Context& ctx, Request request) override;
  async::Task<Response> send(async::Context& ctx, Request request, std::size_t max_body) override;

 private:
  ConnectionPool pool_;
};

async::Task<std::unique_ptr<Lease>> PooledClient::acquire(async::Context& ctx) {
  auto connection = co_await pool_.take(ctx.deadline, ConnectionPool::Want::any);
  if (!connection) co_return std::unexpected(connection.error());
  co_return std::make_unique<PooledLease>(pool_, std::move(*connection));
}

async::Task<Opened> PooledClient::open(async::Context& ctx, Request request) {
  auto connection = co_await pool_.take(ctx.deadline, ConnectionPool::Want::any);
  if (!connection) co_return std::unexpected(connection.error());
  PooledLease lease(pool_, std::move(*connection));
  auto opened = co_await lease.open(ctx, request);
  if (opened || request.method != Method::get || !lease.was_stale()) co_return opened;
  // Others of the pool are likely as old as this one was.
  auto fresh = co_await pool_.take(ctx.deadline, ConnectionPool::Want::fresh);
  if (!fresh) co_return std::unexpected(fresh.error());
  PooledLease again(pool_, std::move(*fresh));
  co_return co_await again.open(ctx, std::move(request));
}

async::Task<std::string> whole_body(ResponseStream& stream, std::size_t max_body) {
  std::string body;
  for (;;) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return body;
    if (body.size() + piece->size() > max_body) co_return fail(Code::too_large, "read response", "body over its limit");
    body += *piece;
  }
}

async::Task<Response> PooledClient::send(async::Context& ctx, Request request, std::size_t max_body) {
  auto stream = co_await open(ctx, std::move(request));
  if (!stream) co_return std::unexpected(stream.error());
  auto body = co_await async::with_deadline(ctx.deadline, whole_body(**stream, max_body));
  if (!body) co_return fail_with("ask " + pool_.origin().header, body.error());
  co_return Response{(*stream)->status(), (*stream)->headers(), std::move(*body)};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::create(async::asio::any_io_executor, Options options) {
  auto origin = parse_origin(options);
  if (!origin) return std::unexpected(origin.error());
  return std::make_unique<PooledClient>(std::move(options), std::move(*origin));
}

}  // namespace foundation::http
