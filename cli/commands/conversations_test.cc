// `hks conversations`, against a fake control plane.
#include "cli/commands/commands_lab.h"

namespace cli::commands {
namespace {

using testing::HasSubstr;

const std::string kConversations = "/api/v1/workspaces/shop/conversations";
const std::string kId = "019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10";

struct ConversationCommands : Commands {
  void SetUp() override {
    Commands::SetUp();
    sign_in();
    fake.reply("GET " + kConversations, {{200, FakeControlPlane::example("conversations.reply.json")}});
    fake.reply("GET " + kConversations + "/" + kId, {{200, FakeControlPlane::example("conversation.reply.json")}});
    fake.reply("DELETE " + kConversations + "/" + kId, {{204, ""}});
  }
};

TEST_F(ConversationCommands, AreListed) {
  auto ran = run({"conversations"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("019b7d5a-0c1e-7003…  scale web to 5   2 messages, 2026-01-02 03:05:00 UTC\n"));
  EXPECT_THAT(ran.out, HasSubstr("why is <withheld> failing?   1 message"));
  EXPECT_EQ(run({"conversations", "list"}).out, ran.out);
}

TEST_F(ConversationCommands, OneIsShownByItsBeginning) {
  auto ran = run({"conversations", "show", "019b7d5a-0c1e-7003"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(" > scale web to 5   2026-01-02 03:04:05 UTC\n   web is set to 5 replicas.\n"));
  EXPECT_THAT(ran.out, HasSubstr(" · scale Deployment/web: waiting\n"));
}

TEST_F(ConversationCommands, OneIsDeleted) {
  auto ran = run({"conversations", "delete", kId});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, " Deleted.\n");
  EXPECT_EQ(fake.seen().back(), "DELETE " + kConversations + "/" + kId + " ");
}

TEST_F(ConversationCommands, OneThatIsNotThereIsSaidSo) {
  auto ran = run({"conversations", "show", "ffff"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.err, HasSubstr("ffff"));
}

}  // namespace
}  // namespace cli::commands
