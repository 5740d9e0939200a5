#include "foundation/http/connection_pool.h"

#include <algorithm>
#include <boost/url.hpp>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace foundation::http {

ConnectionPool::Used::Used(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool fresh)
    : pool_(&pool), connection_(std::move(connection)), fresh_(fresh) {}

ConnectionPool::Used::Used(Used&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)), fresh_(other.fresh_) {}

ConnectionPool::Used::~Used() {
  if (pool_) --pool_->used_;
}

void ConnectionPool::Used::give_back() {
  auto* pool = std::exchange(pool_, nullptr);
  --pool->used_;
  if (pool->kept_.size() < pool->options_.idle_connections) pool->kept_.push_back(std::move(connection_));
  connection_.reset();
}

ConnectionPool::~ConnectionPool() {
  if (used_ != 0) std::abort();
}

std::unique_ptr<Connection> ConnectionPool::take_kept() {
  while (!kept_.empty()) {
    auto last = std::move(kept_.back());
    kept_.pop_back();
    if (last->looks_open()) return last;
  }
  return nullptr;
}

async::Task<ConnectionPool::Used> ConnectionPool::take(SteadyTime deadline, Want want) {
  auto doing = "connect to " + origin_.header;
  if (used_ >= options_.connections) co_return fail(Code::rate_limited, doing, "all connections are in use");
  ++used_;
  Used used(*this, want == Want::any ? take_kept() : nullptr, false);
  if (used) co_return std::move(used);
  auto connect_end = std::chrono::steady_clock::now() + options_.connect_time;
  auto made = co_await async::with_deadline(
      std::min(deadline, connect_end),
      Connection::connect(origin_.host, origin_.port, options_.tls ? &*options_.tls : nullptr));
  if (made) {
    ++used_;
    co_return Used(*this, std::move(*made), true);
  }
  auto& error = made.error();
  if (error.code == Code::cancelled) co_return std::unexpected(error);
  if (error.code == Code::deadline && deadline <= connect_end) co_return fail_with(doing, error);
  co_return fail(Code::unavailable, doing, error.text());
}

Result<Origin> parse_origin(const Client::Options& options) {
  auto doing = "read URL " + options.base_url;
  auto parsed = boost::urls::parse_uri(options.base_url);
  if (!parsed) return fail(Code::invalid, doing, parsed.error().message());
  bool secure = parsed->scheme_id() == boost::urls::scheme::https;
  if (!secure && parsed->scheme_id() != boost::urls::scheme::http) return fail(Code::invalid, doing, "want http(s)");
  if (parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment() || parsed->host().empty()) {
    return fail(Code::invalid, doing, "want scheme, host, port and path only");
  }
  if (secure != options.tls.has_value()) return fail(Code::invalid, doing, "TLS settings and scheme disagree");
  auto port = parsed->has_port() ? std::string(parsed->port()) : std::string(secure ? "443" : "80");
  if (!port_number(port)) return fail(Code::invalid, doing, "bad port");
  Origin origin{.host = parsed->host_address(),
                .port = std::move(port),
                .header = std::string(parsed->encoded_host_and_port()),
                .prefix = std::string(parsed->encoded_path())};
  if (origin.prefix.ends_with('/')) origin.prefix.pop_back();
  return origin;
}

}  // namespace foundation::http
