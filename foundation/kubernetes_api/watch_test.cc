#include "foundation/kubernetes_api/watch.h"

#include <gtest/gtest.h>

namespace foundation::kubernetes_api {
namespace {

TEST(PauseAfter, GrowsIsBoundedAndIsScattered) {
  EXPECT_EQ(pause_after(1, 0.9).count(), 0);
  EXPECT_EQ(pause_after(2, 0), kFirstPause / 2);
  EXPECT_EQ(pause_after(3, 1), kFirstPause * 2);
  EXPECT_EQ(pause_after(1'000'000, 1), kLastPause);
}

TEST(RandomFraction, IsOne) {
  for (int i = 0; i < 100; ++i) {
    double fraction = random_fraction();
    EXPECT_GE(fraction, 0);
    EXPECT_LT(fraction, 1);
  }
}

}  // namespace
}  // namespace foundation::kubernetes_api
