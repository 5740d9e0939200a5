// Listening sockets: bound here, or inherited so that a test can bind port 0 for a daemon before starting it.
#include <sys/socket.h>

#include <charconv>

#include "foundation/http/server.h"

namespace foundation::http {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Tcp::acceptor> inherited(Tcp::acceptor acceptor, std::string_view digits) {
  auto fd = number_of<int>(digits);
  if (!fd || *fd < 3) return fail(Code::invalid, "listen on an inherited socket", "not a descriptor number over 2");
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  int listening = 0;
  socklen_t flag_length = sizeof listening;
  if (getsockname(*fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0 ||
      getsockopt(*fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &flag_length) != 0 || listening == 0 ||
      (bound.ss_family != AF_INET && bound.ss_family != AF_INET6)) {
    return fail(Code::invalid, "listen on an inherited socket", "descriptor is not a listening TCP socket");
  }
  boost::system::error_code ec;
  acceptor.assign(bound.ss_family == AF_INET ? Tcp::v4() : Tcp::v6(), *fd, ec);
  if (ec) return std::unexpected(async::error_from(ec, "listen on an inherited socket"));
  return acceptor;
}

Result<Tcp::endpoint> endpoint_of(std::string_view where) {
  auto colon = where.rfind(':');
  auto port = colon == std::string_view::npos ? std::nullopt : number_of<std::uint16_t>(where.substr(colon + 1));
  if (!port) return fail(Code::invalid, "read listen address " + std::string(where), "want HOST:PORT or fd:N");
  auto host = where.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code ec;
  auto address = async::asio::ip::make_address(std::string(host), ec);
  if (ec) return fail(Code::invalid, "read listen address " + std::string(where), "the host must be an IP address");
  return Tcp::endpoint(address, *port);
}

}  // namespace

Result<Tcp::acceptor> listen_on(async::asio::any_io_executor on, std::string_view where) {
  Tcp::acceptor acceptor(on);
  if (where.starts_with("fd:")) return inherited(std::move(acceptor), where.substr(3));
  auto endpoint = endpoint_of(where);
  if (!endpoint) return std::unexpected(endpoint.error());
  boost::system::error_code ec;
  acceptor.open(endpoint->protocol(), ec);
  if (!ec) acceptor.set_option(Tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(*endpoint, ec);
  if (!ec) acceptor.listen(Tcp::acceptor::max_listen_connections, ec);
  if (ec) return fail(Code::unavailable, "listen on " + std::string(where), ec.message());
  return acceptor;
}

std::string address_text(const Tcp::acceptor& acceptor) {
  boost::system::error_code ec;
  auto bound = acceptor.local_endpoint(ec);
  if (ec) return "";
  auto host = bound.address().to_string();
  return (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
}

}  // namespace foundation::http
