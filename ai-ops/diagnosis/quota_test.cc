#include "ai-ops/diagnosis/quota.h"

#include <gtest/gtest.h>

#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis {
namespace {

TEST(Quota, NumbersOfAnySizeAreCompared) {
  auto is_full = [](std::string_view used, std::string_view hard) {
    sample::Cluster sample;
    sample.add(fmt::format(R"({{"kind": "ResourceQuota", "metadata": {{"name": "q", "namespace": "shop"}},
      "status": {{"used": {{"services": "{}"}}, "hard": {{"services": "{}"}}}}}})",
                           used, hard));
    return full_quota(Cluster(sample.snapshot()), "shop", kServiceResources).has_value();
  };
  EXPECT_TRUE(is_full("9223372036854775", "-9223372036854775"));
  EXPECT_FALSE(is_full("-9223372036854775", "9223372036854775"));
}

}  // namespace
}  // namespace ai_ops::diagnosis
