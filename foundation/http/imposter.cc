#include "foundation/http/imposter.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace foundation::http {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;

// The length of the first request in `received`, or 0 when it is not complete.
std::size_t request_bytes(std::string_view received) {
  auto end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  std::size_t body = 0;
  constexpr std::string_view kName = "Content-Length: ";
  if (auto at = received.substr(0, end).find(kName); at != std::string_view::npos) {
    std::from_chars(received.data() + at + kName.size(), received.data() + end, body);
  }
  auto whole = end + 4 + body;
  return received.size() >= whole ? whole : 0;
}

}  // namespace

Imposter::Imposter(async::asio::any_io_executor on, std::vector<Script> scripts)
    : scripts_(std::move(scripts)),
      acceptor_(on, Tcp::endpoint(async::asio::ip::address_v4::loopback(), 0)),
      group_(on, telemetry::Log()) {
  group_.spawn([this](async::Seat&) { return accept_all(); });
}

async::asio::awaitable<void> Imposter::stop() {
  group_.cancel();
  co_await group_.wait(std::chrono::minutes(1));
}

std::string Imposter::url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

async::Task<void> Imposter::accept_all() {
  for (;;) {
    auto [ec, socket] = co_await acceptor_.async_accept(async::as_result);
    if (ec) co_return std::unexpected(async::error_from(ec, "accept"));
    auto script = scripts_[std::min(connections_++, scripts_.size() - 1)];
    group_.spawn([this, taken = std::move(socket), script = std::move(script)](async::Seat&) mutable {
      return play(std::move(taken), std::move(script));
    });
  }
}

async::Task<void> Imposter::play(Tcp::socket socket, Script script) {
  struct Live {
    explicit Live(std::size_t& c) : count(c) { ++count; }
    ~Live() { --count; }
    std::size_t& count;
  } live(live_);
  auto reset = std::ranges::any_of(script, [](const Act& act) { return act.what == Act::reset; });
  if (reset) socket.set_option(async::asio::socket_base::linger(true, 0));
  Connection connection(std::move(socket));
  std::string received;
  for (auto& act : script) {
    if (auto done = co_await perform(connection, act, received); !done) co_return done;
  }
  co_return Done{};
}

async::Task<void> Imposter::perform(Connection& connection, const Act& act, std::string& received) {
  switch (act.what) {
    case Act::await_request: co_return co_await receive_request(connection, received);
    case Act::pause: co_return co_await async::sleep_for(act.time);
    case Act::hold: co_return co_await connection.peer_gone();
    case Act::reset: connection.close(); co_return Done{};
    case Act::send: break;
  }
  std::string_view left = act.bytes;
  while (!left.empty()) {
    auto piece = left.substr(0, act.piece == 0 ? left.size() : act.piece);
    if (auto written = co_await connection.write(piece); !written) co_return written;
    left.remove_prefix(piece.size());
    co_await async::asio::post(connection.executor(), async::asio::use_awaitable);  // the reader sees each piece alone
  }
  co_return Done{};
}

async::Task<void> Imposter::receive_request(Connection& connection, std::string& received) {
  while (request_bytes(received) == 0) {
    auto got = co_await connection.read_some(received, kReadBytes);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Code::io, "receive request", "the client left");
  }
  auto whole = request_bytes(received);
  requests_.push_back(received.substr(0, whole));
  received.erase(0, whole);
  co_return Done{};
}

}  // namespace foundation::http
