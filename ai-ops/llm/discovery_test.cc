#include "ai-ops/llm/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ai_ops::llm {
namespace {

using foundation::Milliseconds;
using foundation::Result;
using Urls = std::vector<std::string>;

Result<Urls> find(Discovery& discovery) {
  async::asio::io_context io(1);
  Result<Urls> out;
  async::asio::co_spawn(io, async::in_branch(discovery.find()), [&](std::exception_ptr thrown, Result<Urls> found) {
    if (thrown) std::rethrow_exception(thrown);
    out = std::move(found);
  });
  io.run();
  return out;
}

TEST(Discovery, AFixedListIsEachReplicaOnceAndNeverAskedAgain) {
  FixedReplicas fixed({"http://b:1", "http://a:1", "http://b:1"});
  EXPECT_EQ(find(fixed).value(), (Urls{"http://a:1", "http://b:1"}));
  EXPECT_EQ(fixed.again(), std::nullopt);
}

TEST(Discovery, ANameIsEveryAddressThatItResolvesTo) {
  NamedReplicas named("localhost", "11434", Milliseconds(5'000));
  EXPECT_THAT(find(named).value(), testing::Contains("http://127.0.0.1:11434"));
  EXPECT_EQ(named.again(), Milliseconds(5'000));
  NamedReplicas six("::1", "11434", Milliseconds(5'000));
  EXPECT_EQ(find(six).value(), Urls{"http://[::1]:11434"});
}

}  // namespace
}  // namespace ai_ops::llm
