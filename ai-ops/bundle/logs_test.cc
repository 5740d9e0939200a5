#include "ai-ops/bundle/logs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foundation/json/view.h"

namespace ai_ops::bundle {
namespace {

KnownPods pods() {
  static const auto kPods = foundation::json::parse_tolerant(R"([
    {"kind":"Pod","metadata":{"name":"web-5d-a","namespace":"shop"},"spec":{"containers":[{"name":"app"},{"name":"proxy"}]}},
    {"kind":"Pod","metadata":{"name":"db-0","namespace":"shop"},"spec":{"containers":[{"name":"db"}]}},
    {"kind":"Pod","metadata":{"name":"db-0","namespace":"other"},"spec":{"containers":[{"name":"db"}]}},
    {"kind":"Pod","metadata":{"name":"cart-7f-b","namespace":"shop"},"status":{"containerStatuses":[{"name":"server"}]}},
    {"kind":"Pod","metadata":{"name":"api-1","namespace":"shop"}},
    {"kind":"Pod","metadata":{"name":"api-2","namespace":"shop"}}])");
  KnownPods out;
  for (const auto& pod : kPods->as_array()) out.add(foundation::kubernetes::ObjectView(foundation::json::View(pod)));
  return out;
}

std::string place(std::string_view path) {
  auto of = pods().place_of(path);
  if (!of) return "none";
  return fmt::format("{}/{}/{}{}", of->project, of->pod, of->container, of->previous ? " previous" : "");
}

TEST(PlaceOfLog, EachLayoutOfABundle) {
  const std::pair<const char*, const char*> kPaths[] = {
      {"shop/web-5d-a/logs.txt", "shop/web-5d-a/"},
      {"dump/shop/cart-7f-b/logs.txt", "shop/cart-7f-b/server"},
      {"web-5d-a/app/logs/current.log", "shop/web-5d-a/app"},
      {"must-gather/namespaces/other/pods/db-0/db/db/logs/previous.log", "other/db-0/db previous"},
      {"pod-logs/shop/web-5d-a/proxy.log", "shop/web-5d-a/proxy"},
      {"shop/web-5d-a/proxy-previous.log", "shop/web-5d-a/proxy previous"},
      {"var/log/pods/shop_web-5d-a_0b1c/app/0.log", "shop/web-5d-a/app"},
      {"var/log/containers/web-5d-a_shop_proxy-9f8e7d.log", "shop/web-5d-a/"},
      {"web-5d-a.log", "shop/web-5d-a/"},
      {"web-5d-a-proxy.log", "shop/web-5d-a/proxy"},
      {"web-5d-a-previous.txt", "shop/web-5d-a/ previous"},
      {"cart.log", "shop/cart-7f-b/server"},
      {"logs/cart-previous.log", "shop/cart-7f-b/server previous"},
      // Which of two it is, nothing says.
      {"db-0.log", "none"},
      {"api.log", "none"},
      {"readme.txt", "none"},
      {"", "none"},
      {"////", "none"},
  };
  for (const auto& [path, expected] : kPaths) EXPECT_EQ(place(path), expected) << path;
}

}  // namespace
}  // namespace ai_ops::bundle
