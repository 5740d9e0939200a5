#include "demo-cluster/world/world_lab.h"

namespace demo_cluster::world {
namespace {

class FollowedLog : public WorldLab {
 protected:
  Key pod() { return key_of(*pods().front()); }
};

TEST_F(FollowedLog, GivesWhatCameSinceAndEndsWithTheRun) {
  deploy(1, R"(demo/fail: CrashLoopBackOff, demo/log: "one\ntwo")");
  pass(Milliseconds(200));  // it has its pod
  while (!world.log(pod(), {}, now)) pass(Milliseconds(200));
  auto from = world.log_after(pod(), {}, {}).upto;
  EXPECT_EQ(from.run, 1);
  EXPECT_TRUE(world.log_after(pod(), {}, from).text.empty());
  EXPECT_FALSE(world.log_after(pod(), {}, from).over);
  EXPECT_EQ(world.log_after(pod(), {}, {from.run, from.lines - 1}).text, "two\n");
  while (!world.log_after(pod(), {}, from).over) pass(Milliseconds(100));
  while (world.log_after(pod(), {}, {}).upto.run == 1) pass(Milliseconds(200));
  auto late = world.log_after(pod(), {}, {from.run, from.lines - 1});
  EXPECT_TRUE(late.over);
  EXPECT_TRUE(late.text.starts_with("two\n")) << late.text;
}

TEST_F(FollowedLog, OfAPodThatIsGoneIsOver) { EXPECT_TRUE(world.log_after({"Pod", "shop", "gone"}, {}, {}).over); }

}  // namespace
}  // namespace demo_cluster::world
