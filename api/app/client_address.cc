#include "api/app/client_address.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <optional>

namespace api::app {

namespace ip = boost::asio::ip;
using foundation::Code;
using foundation::fail;
using foundation::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The last part of a list, which loses it.
std::string_view take_last(std::string_view& list) {
  std::size_t comma = list.rfind(',');
  std::string_view last = list.substr(comma == std::string_view::npos ? 0 : comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return trimmed(last);
}

// An IPv4 address that came over an IPv6 socket is that IPv4 address. No zone: it means nothing on another machine.
std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code ec;
  auto address = ip::make_address(text, ec);
  if (ec || text.contains('%')) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

template <class Network, class Address>
bool holds(const Network& network, const Address& address) {
  return Network(address, network.prefix_length()).canonical() == network.canonical();
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view list) {
  TrustedProxies proxies;
  while (!list.empty()) {
    std::string text(take_last(list));
    bool single = !text.contains('/');
    boost::system::error_code not_v4, not_v6;
    auto v4 = ip::make_network_v4(single ? text + "/32" : text, not_v4);
    auto v6 = ip::make_network_v6(single ? text + "/128" : text, not_v6);
    if (not_v4 && not_v6)
      return fail(Code::invalid, "read trusted proxies", "\"" + text + "\" is neither a network nor an address");
    proxies.networks_.push_back(not_v4 ? Network(v6) : Network(v4));
  }
  return proxies;
}

bool TrustedProxies::trusts(const ip::address& address) const {
  return std::ranges::any_of(networks_, [&](const Network& network) {
    const auto* v4 = std::get_if<ip::network_v4>(&network);
    if (v4 != nullptr) return address.is_v4() && holds(*v4, address.to_v4());
    return address.is_v6() && holds(std::get<ip::network_v6>(network), address.to_v6());
  });
}

std::string TrustedProxies::client_of(std::string_view peer, const foundation::http::Headers& headers) const {
  auto client = address_of(peer);
  if (!client || !trusts(*client)) return std::string(peer);
  auto fields = headers.all("X-Forwarded-For");
  for (; !fields.empty(); fields.pop_back()) {
    for (std::string_view list = fields.back(); !list.empty();) {
      client = address_of(take_last(list));
      if (!client) return std::string(peer);
      if (!trusts(*client)) return client->to_string();
    }
  }
  return client->to_string();
}

}  // namespace api::app
