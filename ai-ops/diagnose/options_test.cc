#include "ai-ops/diagnose/options.h"

#include <gtest/gtest.h>

namespace ai_ops::diagnose {
namespace {

std::variant<Options, Exit> read(std::vector<const char*> words) {
  words.insert(words.begin(), "hks-diagnose");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto out = read_options(static_cast<int>(words.size()), words.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return out;
}

TEST(Options, ABundleOrACluster) {
  auto bundle = std::get<Options>(read({"-", "--at", "2026-01-02T12:00:00Z", "--output", "json"}));
  EXPECT_EQ(bundle.path, "-");
  EXPECT_EQ(bundle.output, Output::json);
  EXPECT_EQ(bundle.at, *foundation::parse_rfc3339("2026-01-02T12:00:00Z"));
  auto live =
      std::get<Options>(read({"--kubeconfig", "f", "--namespace", "a", "--namespace", "b", "--severity", "warning"}));
  EXPECT_EQ(live.kubeconfig, "f");
  EXPECT_EQ(live.namespaces, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(live.severity, diagnosis::Severity::warning);
  EXPECT_FALSE(live.watch);
  EXPECT_TRUE(std::get<Options>(read({"--kubeconfig", "f", "--watch", "--output", "json"})).watch);
}

TEST(Options, WhatDoesNotMakeSenseIsAUsageError) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{},
                                             {"a", "b"},
                                             {"a", "--kubeconfig", "f"},
                                             {"a", "--output", "xml"},
                                             {"a", "--severity", "9"},
                                             {"a", "--at", "noon"},
                                             {"--kubeconfig", "f", "--at", "2026-01-02T12:00:00Z"},
                                             {"a", "--watch"},
                                             {"--kubeconfig", "f", "--watch", "--output", "findings"},
                                             {"a", "--colour"}})
    EXPECT_EQ(std::get<Exit>(read(words)), Exit::usage) << words.size();
  EXPECT_EQ(std::get<Exit>(read({"--help"})), Exit::fine);
  EXPECT_EQ(std::get<Exit>(read({"--version"})), Exit::fine);
}

}  // namespace
}  // namespace ai_ops::diagnose
