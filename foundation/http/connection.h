// One TCP connection, plain or TLS, as bytes in and bytes out. The one place where sockets and OpenSSL are read and
// written; parsing happens above it, on bytes. TLS runs on the socket's descriptor (SSL_set_fd) with released buffers:
// about 24 KB an end where Asio's own TLS stream holds 80. Owner: the server session, the client pool or a response
// stream. Threads: its executor's.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/http/tls.h"

namespace foundation::http {

using Tcp = async::asio::ip::tcp;

// 1 to 65535 in digits.
std::optional<unsigned short> port_number(std::string_view text);

class Connection {
 public:
  explicit Connection(Tcp::socket socket);  // plain; sets TCP_NODELAY and non-blocking
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // Connects to host:port and, with TLS, performs the handshake and checks the server's name.
  static async::Task<std::unique_ptr<Connection>> connect(std::string host, std::string port, const TlsClient* tls);
  async::Task<void> accept_tls(const TlsServer& tls);

  // At most `room` bytes are appended to `into`; 0 means that the peer has ended its side. Code::deadline at `until`.
  async::Task<std::size_t> read_some(std::string& into, std::size_t room, SteadyTime until = SteadyTime::max());
  // All of them; `bytes` outlives the task. Code::deadline when the peer takes nothing for the write time.
  async::Task<void> write(std::string_view bytes);
  void set_write_time(Milliseconds most) { write_time_ = most; }
  // Ends with success when the peer has gone; until then pipelined bytes are put aside for read_some, at most 16 KiB.
  async::Task<void> peer_gone();
  // Ends our side, then reads on until the peer ends its own, so that our last bytes are not lost to a reset.
  async::Task<void> linger(Milliseconds most);
  bool looks_open();  // without waiting: for pooled connections about to be used again
  void close();
  // For long streams: small kernel buffers, so that a slow reader holds the writer back.
  void bound_buffers(int bytes);

  // base64url(SHA-256(DER)) of the peer's certificate; empty when it gave none.
  const std::string& peer_thumbprint() const;
  std::string peer_address() const;
  async::asio::any_io_executor executor();

 private:
  struct Tls;
  // What one system call came to.
  struct Attempt {
    enum Outcome { moved, want_read, want_write, ended, failed } outcome;
    std::size_t bytes = 0;
    std::string why = {};
  };
  Attempt try_read(std::string& into, std::size_t room);
  Attempt try_write(std::string_view bytes);
  async::Task<void> handshake(Tls& tls);
  async::Task<void> wait(Attempt::Outcome wanted, SteadyTime until);
  async::Task<void> ready(Tcp::socket::wait_type what);
  bool had_its_turn(std::size_t moved);
  void say_goodbye();

  Tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  std::string aside_;
  Milliseconds write_time_{30'000};
  std::size_t moved_in_turn_ = 0;
};

}  // namespace foundation::http
