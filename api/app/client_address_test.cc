// Who is throttled: never the ingress for all of its clients, never an address that the client made up.
#include "api/app/client_address.h"

#include <gtest/gtest.h>

namespace api::app {
namespace {

using foundation::http::Headers;

TrustedProxies proxies(std::string_view list = "10.0.0.0/8,2001:db8::/32,192.0.2.7") {
  auto parsed = TrustedProxies::parse(list);
  EXPECT_TRUE(parsed) << parsed.error().text();
  return *parsed;
}

std::string client(std::string_view peer, const std::string& forwarded_for) {
  return proxies().client_of(peer, {{"X-Forwarded-For", forwarded_for}});
}

TEST(ClientAddress, IsThePeersWithoutATrustedProxy) {
  EXPECT_EQ(TrustedProxies().client_of("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}), "10.0.0.1");
  EXPECT_EQ(client("203.0.113.5", "203.0.113.9"), "203.0.113.5");
  EXPECT_EQ(client("192.0.2.8", "203.0.113.9"), "192.0.2.8") << "a single machine is trusted, not its neighbour";
  EXPECT_EQ(client("11.0.0.1", "203.0.113.9"), "11.0.0.1");
  EXPECT_EQ(client("2001:db9::1", "203.0.113.9"), "2001:db9::1");
}

// The login throttle counted everybody behind an ingress as one.
TEST(ClientAddress, BehindATrustedProxyIsWhomItNames) {
  for (auto peer : {"10.0.0.1", "10.255.255.255", "192.0.2.7", "2001:db8:1::5", "::ffff:10.0.0.1"})
    EXPECT_EQ(client(peer, "203.0.113.9"), "203.0.113.9") << peer;
  EXPECT_EQ(client("10.0.0.1", "2001:db9::7"), "2001:db9::7");
  EXPECT_EQ(client("10.0.0.1", "::ffff:203.0.113.9"), "203.0.113.9") << "one address, not two";
}

TEST(ClientAddress, IsTheRightMostThatIsNoProxy) {
  EXPECT_EQ(client("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.2.3.4 ,\t192.0.2.7"), "203.0.113.9");
  EXPECT_EQ(client("10.0.0.1", "1.2.3.4,203.0.113.9"), "203.0.113.9") << "what the client itself sent says nothing";
  EXPECT_EQ(client("10.0.0.1", "what the client likes, 203.0.113.9"), "203.0.113.9");
  EXPECT_EQ(client("10.0.0.1", "10.9.9.9, 10.2.3.4"), "10.9.9.9") << "from inside";
}

TEST(ClientAddress, SeveralHeadersAreOneList) {
  Headers headers{
      {"X-Forwarded-For", "198.51.100.1"}, {"x-forwarded-for", "203.0.113.9"}, {"X-Forwarded-For", "10.2.3.4"}};
  EXPECT_EQ(proxies().client_of("10.0.0.1", headers), "203.0.113.9");
}

TEST(ClientAddress, IsThePeersWhenTheProxyNamesNone) {
  EXPECT_EQ(proxies().client_of("10.0.0.1", {}), "10.0.0.1");
  for (auto bad :
       {"", ",", "unknown", "203.0.113.9,", "203.0.113", "203.0.113.9:4711", "[2001:db9::7]", "203.0.113.9 x",
        "203.0.113.256", "0x7f.1", "fe80::1%eth0", "203.0.113.9, , 10.2.3.4", "203.0.113.9;10.2.3.4",
        "\xc2\xa0"
        "203.0.113.9"})
    EXPECT_EQ(client("10.0.0.1", bad), "10.0.0.1") << bad;
}

TEST(TrustedProxyList, MayBeEmptyOrSpaced) {
  EXPECT_EQ(proxies("").client_of("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}), "10.0.0.1");
  EXPECT_EQ(proxies(" 10.0.0.0/8 , 192.0.2.7").client_of("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}),
            "203.0.113.9");
  EXPECT_EQ(proxies("0.0.0.0/0").client_of("10.0.0.1", {{"X-Forwarded-For", "::1"}}), "::1") << "all of IPv4 only";
}

TEST(TrustedProxyList, SaysWhatItCannotRead) {
  for (std::string bad :
       {"10.0.0.0/33", "10.0.0/8", "2001:db8::/129", "ingress", "10.0.0.0/", "/8", "10.0.0.0/8/8", "10.0.0.0/-1"}) {
    auto parsed = TrustedProxies::parse("192.0.2.7," + bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_TRUE(parsed.error().text().contains("\"" + bad + "\"")) << parsed.error().text();
  }
  EXPECT_FALSE(TrustedProxies::parse("10.0.0.0/8,,192.0.2.7"));
}

}  // namespace
}  // namespace api::app
