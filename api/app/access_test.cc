// Who is turned away, and what they are told.
#include "api/app/access.h"

#include <gtest/gtest.h>

namespace api::app {
namespace {

using foundation::Code;

const async::Context kAsked{.request_id = "r", .log = {}};

TEST(Refusal, ADenialSaysWhyAndAllElseGoesOn) {
  auto denied = refusal_of({Code::denied, "manage", "You may not."}, kAsked);
  ASSERT_TRUE(denied);
  EXPECT_EQ(denied->status, 403);
  auto body = json::parse_strict(denied->body).value();
  EXPECT_EQ(body.at("reason"), (json::Object{{"code", "missing_permission"}, {"text", "You may not."}}));
  EXPECT_EQ(refusal_of({Code::not_found, "find", ""}, kAsked).error().code, Code::not_found);
}

}  // namespace
}  // namespace api::app
