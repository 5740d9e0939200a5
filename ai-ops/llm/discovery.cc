#include "ai-ops/llm/discovery.h"

#include <algorithm>

namespace ai_ops::llm {
namespace {

using Tcp = async::asio::ip::tcp;

std::vector<std::string> without_doubles(std::vector<std::string> urls) {
  std::ranges::sort(urls);
  urls.erase(std::ranges::unique(urls).begin(), urls.end());
  return urls;
}

std::string url_of(const Tcp::endpoint& at) {
  auto address = at.address().to_string();
  return "http://" + (at.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(at.port());
}

}  // namespace

FixedReplicas::FixedReplicas(std::vector<std::string> urls) : urls_(without_doubles(std::move(urls))) {}

async::Task<std::vector<std::string>> NamedReplicas::find() {
  // On a thread of Asio's; not cancellable, bounded by resolv.conf.
  Tcp::resolver resolver(co_await async::asio::this_coro::executor);
  auto [ec, found] = co_await resolver.async_resolve(host_, port_, Tcp::resolver::numeric_service, async::as_result);
  if (ec == async::asio::error::host_not_found) co_return std::vector<std::string>();
  if (ec) co_return std::unexpected(async::error_from(ec, "resolve " + host_));
  std::vector<std::string> urls;
  for (const auto& entry : found) urls.push_back(url_of(entry.endpoint()));
  co_return without_doubles(std::move(urls));
}

}  // namespace ai_ops::llm
