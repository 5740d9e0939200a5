#include "ai-ops/bundle/attempt.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ai_ops::bundle {
namespace {

TEST(FailureOf, WhatAReaderThrowsIsWhyItsTextIsLeftOut) {
  EXPECT_EQ(failure_of([] { throw std::out_of_range("no such place"); }), "its reader failed: no such place");
  EXPECT_EQ(failure_of([] {}), std::nullopt);
}

}  // namespace
}  // namespace ai_ops::bundle
