#include "foundation/http/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"

namespace foundation::http {
namespace {

namespace asio = async::asio;

constexpr std::size_t kPieceBytes = 16 << 10;  // of one system call, a TLS record at most
constexpr std::size_t kAsideBytes = 16 << 10;  // pipelined requests read while one is served
constexpr std::size_t kTurnBytes = 256 << 10;  // after these without a wait, the others of this core have their turn
constexpr std::size_t kLingerBytes = 1 << 20;  // of a refused body that is still coming

std::string socket_error() { return std::strerror(errno); }

std::optional<asio::ip::address> address_literal(const std::string& text) {
  boost::system::error_code ec;
  auto address = asio::ip::make_address(text, ec);
  return ec ? std::nullopt : std::optional(address);
}

async::Task<Tcp::socket> connect_socket(std::string host, std::string port) {
  auto number = port_number(port);
  if (!number) co_return fail(Code::invalid, "connect to " + host + ":" + port, "bad port");
  Tcp::socket socket(co_await asio::this_coro::executor);
  if (auto address = address_literal(host)) {
    auto [ec] = co_await socket.async_connect({*address, *number}, async::as_result);
    if (ec) co_return std::unexpected(async::error_from(ec, "connect to " + host + ":" + port));
    co_return std::move(socket);
  }
  Tcp::resolver resolver(socket.get_executor());  // a thread of Asio's; not cancellable, bounded by resolv.conf
  auto [unknown, found] = co_await resolver.async_resolve(host, port, async::as_result);
  if (unknown) co_return std::unexpected(async::error_from(unknown, "resolve " + host));
  auto [ec, chosen] = co_await asio::async_connect(socket, found, async::as_result);
  if (ec) co_return std::unexpected(async::error_from(ec, "connect to " + host + ":" + port));
  co_return std::move(socket);
}

// The certificate must be for this name or address.
bool expect_name(SSL* ssl, const std::string& name) {
  if (address_literal(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

}  // namespace

std::optional<unsigned short> port_number(std::string_view text) {
  unsigned short number = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

struct Connection::Tls {
  explicit Tls(ssl_ctx_st* context) : ssl(SSL_new(context), SSL_free) {}
  std::unique_ptr<SSL, void (*)(SSL*)> ssl;
  std::string thumbprint;
  bool established = false;
  bool broken = false;  // after a fatal error OpenSSL must not be called again

  // What the last call came to. `result` is its return value; the error queue was clear before it.
  Attempt attempt_of(int result, std::size_t bytes) {
    switch (SSL_get_error(ssl.get(), result)) {
      case SSL_ERROR_NONE: return {Attempt::moved, bytes};
      case SSL_ERROR_WANT_READ: return {Attempt::want_read};
      case SSL_ERROR_WANT_WRITE: return {Attempt::want_write};
      case SSL_ERROR_ZERO_RETURN: return {Attempt::ended};
      default: break;
    }
    auto why = errno != 0 ? socket_error() : std::string("connection lost");
    if (auto error = ERR_peek_error()) why = ERR_reason_error_string(error) ? ERR_reason_error_string(error) : "TLS";
    if (auto verdict = SSL_get_verify_result(ssl.get()); verdict != X509_V_OK && !established) {
      why = X509_verify_cert_error_string(verdict);
    }
    ERR_clear_error();
    broken = true;
    return {Attempt::failed, 0, std::move(why)};
  }
  template <class Call>
  Attempt attempt(Call call) {
    if (broken) return {Attempt::failed, 0, "connection lost"};
    ERR_clear_error();
    errno = 0;
    std::size_t bytes = 0;
    int result = call(ssl.get(), &bytes);
    return attempt_of(result, bytes);
  }
  void note_peer() {
    established = true;
    std::unique_ptr<X509, void (*)(X509*)> peer(SSL_get1_peer_certificate(ssl.get()), X509_free);
    if (!peer) return;
    std::string der(static_cast<std::size_t>(i2d_X509(peer.get(), nullptr)), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(peer.get(), &out);
    thumbprint = crypto::to_base64url(crypto::sha256(der));
  }
};

Connection::Connection(Tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // a socket that is already gone shows it at the first read
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() { close(); }

async::Task<std::unique_ptr<Connection>> Connection::connect(std::string host, std::string port, const TlsClient* tls) {
  auto socket = co_await connect_socket(host, port);
  if (!socket) co_return std::unexpected(socket.error());
  auto connection = std::make_unique<Connection>(std::move(*socket));
  if (!tls) co_return std::move(connection);
  connection->tls_ = std::make_unique<Tls>(tls->context());
  SSL* ssl = connection->tls_->ssl.get();
  SSL_set_connect_state(ssl);
  if (!expect_name(ssl, tls->server_name().empty() ? host : tls->server_name())) {
    co_return fail(Code::invalid, "connect to " + host, "not a name that a certificate can carry");
  }
  if (auto done = co_await connection->handshake(*connection->tls_); !done) co_return std::unexpected(done.error());
  co_return std::move(connection);
}

async::Task<void> Connection::accept_tls(const TlsServer& tls) {
  tls_ = std::make_unique<Tls>(tls.context());
  SSL_set_accept_state(tls_->ssl.get());
  return handshake(*tls_);
}

async::Task<void> Connection::handshake(Tls& tls) {
  if (SSL_set_fd(tls.ssl.get(), socket_.native_handle()) != 1) co_return fail(Code::io, "TLS handshake", "no socket");
  for (;;) {
    auto attempt = tls.attempt([](SSL* ssl, std::size_t*) { return SSL_do_handshake(ssl); });
    if (attempt.outcome == Attempt::moved) break;
    if (attempt.outcome == Attempt::ended) co_return fail(Code::io, "TLS handshake", "connection lost");
    if (attempt.outcome == Attempt::failed) co_return fail(Code::io, "TLS handshake", attempt.why);
    if (auto done = co_await wait(attempt.outcome, SteadyTime::max()); !done) co_return done;
  }
  tls.note_peer();
  co_return Done{};
}

// A plain function: its piece lives on the stack, so that a waiting connection holds no buffer.
Connection::Attempt Connection::try_read(std::string& into, std::size_t room) {
  if (!aside_.empty()) {
    auto count = std::min(room, aside_.size());
    into.append(aside_, 0, count);
    aside_.erase(0, count);
    if (aside_.empty()) aside_ = {};
    return {Attempt::moved, count};
  }
  std::array<char, kPieceBytes> piece;
  auto most = std::min(room, piece.size());
  Attempt attempt{Attempt::moved};
  if (tls_) {
    attempt = tls_->attempt([&](SSL* ssl, std::size_t* got) { return SSL_read_ex(ssl, piece.data(), most, got); });
  } else {
    auto got = ::recv(socket_.native_handle(), piece.data(), most, MSG_DONTWAIT);
    if (got == 0) return {Attempt::ended};
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {Attempt::want_read};
    if (got < 0) return {Attempt::failed, 0, socket_error()};
    attempt.bytes = static_cast<std::size_t>(got);
  }
  if (attempt.outcome == Attempt::moved) into.append(piece.data(), attempt.bytes);
  return attempt;
}

Connection::Attempt Connection::try_write(std::string_view bytes) {
  if (tls_) {
    return tls_->attempt([&](SSL* ssl, std::size_t* taken) {
      return SSL_write_ex(ssl, bytes.data(), std::min(bytes.size(), kPieceBytes), taken);
    });
  }
  auto taken = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (taken >= 0) return {Attempt::moved, static_cast<std::size_t>(taken)};
  if (errno == EAGAIN || errno == EINTR) return {Attempt::want_write};
  return {Attempt::failed, 0, socket_error()};
}

async::Task<void> Connection::ready(Tcp::socket::wait_type what) {
  auto [ec] = co_await socket_.async_wait(what, async::as_result);
  if (ec) co_return std::unexpected(async::error_from(ec, "wait for the peer"));
  co_return Done{};
}

async::Task<void> Connection::wait(Attempt::Outcome wanted, SteadyTime until) {
  moved_in_turn_ = 0;
  auto what = wanted == Attempt::want_read ? Tcp::socket::wait_read : Tcp::socket::wait_write;
  return until == SteadyTime::max() ? ready(what) : async::with_deadline(until, ready(what));
}

// A peer that is always ready would keep this coroutine running and the others of its thread waiting.
bool Connection::had_its_turn(std::size_t moved) {
  moved_in_turn_ += moved;
  if (moved_in_turn_ < kTurnBytes) return false;
  moved_in_turn_ = 0;
  return true;
}

async::Task<std::size_t> Connection::read_some(std::string& into, std::size_t room, SteadyTime until) {
  for (;;) {
    auto attempt = try_read(into, room);
    if (attempt.outcome == Attempt::ended) co_return 0;
    if (attempt.outcome == Attempt::failed) co_return fail(Code::io, "read from the peer", attempt.why);
    if (attempt.outcome == Attempt::moved) {
      if (had_its_turn(attempt.bytes)) co_await asio::post(executor(), asio::use_awaitable);
      co_return attempt.bytes;
    }
    if (auto done = co_await wait(attempt.outcome, until); !done) co_return std::unexpected(done.error());
  }
}

async::Task<void> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto attempt = try_write(bytes);
    if (attempt.outcome == Attempt::failed) co_return fail(Code::io, "write to the peer", attempt.why);
    if (attempt.outcome == Attempt::ended) co_return fail(Code::io, "write to the peer", "connection lost");
    if (attempt.outcome == Attempt::moved) {
      bytes.remove_prefix(attempt.bytes);
      if (had_its_turn(attempt.bytes)) co_await asio::post(executor(), asio::use_awaitable);
      continue;
    }
    if (auto done = co_await wait(attempt.outcome, std::chrono::steady_clock::now() + write_time_); !done) {
      co_return fail_with("write to the peer", done.error());
    }
  }
  co_return Done{};
}

async::Task<void> Connection::peer_gone() {
  for (;;) {
    auto aside = std::exchange(aside_, {});  // try_read would hand out what was put aside before
    auto attempt = aside.size() < kAsideBytes ? try_read(aside, kAsideBytes - aside.size()) : Attempt{Attempt::moved};
    aside_ = std::move(aside);
    if (attempt.outcome == Attempt::ended || attempt.outcome == Attempt::failed) co_return Done{};
    if (aside_.size() >= kAsideBytes) break;
    if (attempt.outcome == Attempt::moved) continue;
    if (auto done = co_await wait(attempt.outcome, SteadyTime::max()); !done) co_return done;
  }
  // Nothing more can be put aside, so nothing more is read: the handler's deadline has to do.
  co_return co_await async::sleep_until(SteadyTime::max());
}

async::Task<void> Connection::linger(Milliseconds most) {
  auto until = std::chrono::steady_clock::now() + most;
  say_goodbye();
  boost::system::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  std::array<char, kPieceBytes> unread;  // raw: what TLS would make of it is of no interest
  for (std::size_t left = kLingerBytes; left > 0;) {
    auto got = ::recv(socket_.native_handle(), unread.data(), std::min(left, unread.size()), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) break;
    if (got > 0) left -= static_cast<std::size_t>(got);
    if (got < 0) {
      if (auto done = co_await wait(Attempt::want_read, until); !done) co_return done;
    }
  }
  co_return Done{};
}

bool Connection::looks_open() {
  if (!socket_.is_open() || !aside_.empty()) return false;
  char byte = 0;
  if (tls_) {  // a peek also takes in what is no data, such as session tickets
    auto attempt = tls_->attempt([&](SSL* ssl, std::size_t* got) { return SSL_peek_ex(ssl, &byte, 1, got); });
    return attempt.outcome == Attempt::want_read;
  }
  return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

// Sends close_notify if it can; the answer is not waited for.
void Connection::say_goodbye() {
  if (!tls_ || !tls_->established || tls_->broken) return;
  SSL_shutdown(tls_->ssl.get());
  ERR_clear_error();
  tls_->broken = true;
}

void Connection::close() {
  if (!socket_.is_open()) return;
  say_goodbye();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::bound_buffers(int bytes) {
  boost::system::error_code ignored;  // a hint: back-pressure is looser without it, not wrong
  socket_.set_option(asio::socket_base::send_buffer_size(bytes), ignored);
  socket_.set_option(asio::socket_base::receive_buffer_size(bytes), ignored);
}

const std::string& Connection::peer_thumbprint() const {
  static const std::string kNone;
  return tls_ ? tls_->thumbprint : kNone;
}

std::string Connection::peer_address() const {
  boost::system::error_code gone;
  auto peer = socket_.remote_endpoint(gone);
  return gone ? "" : peer.address().to_string();
}

async::asio::any_io_executor Connection::executor() { return socket_.get_executor(); }

}  // namespace foundation::http
