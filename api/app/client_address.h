// Whose address a request counts under. Behind an ingress every peer is the ingress; what it says of its clients counts
// only where the operator has named it. Pure. Threads: any.
#pragma once
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/http/server.h"

namespace api::app {

class TrustedProxies {
 public:
  TrustedProxies() = default;  // none
  // "10.0.0.0/8,2001:db8::/32,192.0.2.7": networks, and addresses of single machines. invalid: names the bad one.
  static foundation::Result<TrustedProxies> parse(std::string_view list);

  // The peer's, unless that is a trusted proxy: then the right-most address of X-Forwarded-For that is none, since all
  // to its left is what the client itself may have sent. With an entry on the way there that is no address, the peer's.
  std::string client_of(std::string_view peer, const foundation::http::Headers& headers) const;
  std::string client_of(const foundation::http::Exchange& exchange) const {
    return client_of(exchange.peer().address, exchange.request().headers);
  }

 private:
  using Network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;
  bool trusts(const boost::asio::ip::address& address) const;

  std::vector<Network> networks_;
};

}  // namespace api::app
