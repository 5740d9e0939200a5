#include "api/change/performance.h"

#include <gtest/gtest.h>

namespace api::change {
namespace {

using foundation::Code;

foundation::Result<void> failed(Code code) { return foundation::fail(code, "patch"); }

TEST(AfterTry, ASuccessIsASuccess) {
  EXPECT_EQ(after_try({}, false), Next::done);
  EXPECT_EQ(after_try({}, true), Next::done);
}

TEST(AfterTry, OnlyADefiniteNoOfTheFirstTryEndsIt) {
  for (Code code : {Code::invalid, Code::denied, Code::not_found})
    EXPECT_EQ(after_try(failed(code), false), Next::refused);
  EXPECT_EQ(after_try(failed(Code::conflict), false), Next::moved);
}

TEST(AfterTry, WhatMayHaveArrivedIsLookedFor) {
  for (Code code : {Code::unavailable, Code::deadline, Code::io, Code::corrupt, Code::too_large, Code::rate_limited,
                    Code::internal, Code::unauthenticated, Code::cancelled})
    EXPECT_EQ(after_try(failed(code), false), Next::look) << to_string(code);
}

TEST(AfterTry, OnceATryMayHaveArrivedNoAnswerButSuccessIsBelieved) {
  for (Code code : {Code::invalid, Code::denied, Code::not_found, Code::conflict, Code::unavailable})
    EXPECT_EQ(after_try(failed(code), true), Next::look) << to_string(code);
}

}  // namespace
}  // namespace api::change
