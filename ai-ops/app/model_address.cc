#include "ai-ops/app/model_address.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "foundation/base/ascii.h"

namespace ai_ops::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;

namespace {

namespace ip = boost::asio::ip;

struct Network {
  std::uint32_t base;
  int bits;
};
constexpr Network kPrivateNetworks[] = {
    {0x7f000000, 8},   // 127.0.0.0/8
    {0x0a000000, 8},   // 10.0.0.0/8, with the next two RFC 1918
    {0xac100000, 12},  // 172.16.0.0/12
    {0xc0a80000, 16},  // 192.168.0.0/16
};

// RFC 6761, 6762 and 8375, ICANN's "internal", and the services of a cluster.
constexpr std::string_view kPrivateDomains[] = {"localhost", "local", "home.arpa",
                                                "internal",  "svc",   "svc.cluster.local"};

bool is_private(const ip::address_v4& address) {
  return std::ranges::any_of(kPrivateNetworks, [&](const Network& network) {
    return (address.to_uint() >> (32 - network.bits)) == (network.base >> (32 - network.bits));
  });
}

bool is_private(const ip::address& address) {
  if (address.is_v4()) return is_private(address.to_v4());
  auto six = address.to_v6();
  if (six.is_v4_mapped()) return is_private(ip::make_address_v4(ip::v4_mapped, six));
  return six.is_loopback() || (six.to_bytes()[0] & 0xfe) == 0xfc;  // fc00::/7, RFC 4193
}

struct Address {
  bool secure;
  std::string host;
};
std::optional<Address> address_of(std::string_view url) {
  bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(secure ? 8 : 7);
  auto authority = url.substr(0, url.find_first_of("/?#\\"));
  if (authority.find('@') != authority.npos) return std::nullopt;  // a password would stand in the log
  bool bracketed = authority.starts_with('[');
  auto end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == authority.npos || end == 0) return std::nullopt;
  return Address{secure, foundation::lowered(authority.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end))};
}

}  // namespace

bool is_on_our_ground(std::string_view host) {
  auto name = foundation::lowered(host);
  boost::system::error_code not_an_address;
  auto address = ip::make_address(name, not_an_address);
  if (!not_an_address) return is_private(address);
  if (name.ends_with('.')) name.pop_back();
  auto last = name.substr(name.rfind('.') + 1);  // npos + 1 is 0
  if (last.empty() || last[0] < 'a' || last[0] > 'z')
    return false;  // "2130706433" and "0x7f.1" are addresses to resolvers
  if (last.size() == name.size()) return true;
  return std::ranges::any_of(kPrivateDomains, [&](std::string_view domain) {
    return name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.';
  });
}

Done check_model_url(std::string_view url, bool external_allowed) {
  auto doing = "read model URL " + std::string(url);
  auto address = address_of(url);
  if (!address) return fail(Code::invalid, "read model URL", "want http(s)://HOST[:PORT][/PATH], without a password");
  if (is_on_our_ground(address->host)) return {};
  if (!external_allowed)
    return fail(Code::invalid, doing,
                "it is beyond this machine, the cluster and private networks; --model-external allows it");
  if (!address->secure) return fail(Code::invalid, doing, "beyond private networks it must be https");
  return {};
}

}  // namespace ai_ops::app
