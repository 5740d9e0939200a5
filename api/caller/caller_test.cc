// A token names a turn; whether that means anything is read anew each time.
#include "api/caller/caller.h"

#include <gtest/gtest.h>

#include "api/audit/audit.h"
#include "api/operations/catalogue.h"
#include "api/turns/migrations.h"
#include "foundation/crypto/digest.h"
#include "foundation/database/temp_database.h"

namespace api::caller {
namespace {

namespace store = tenancy::store;
using foundation::Code;
using foundation::Done;
using foundation::Milliseconds;
using foundation::WallTime;
using tenancy::OrganizationName;
using tenancy::Permission;
using tenancy::ProjectName;
using tenancy::Role;
using tenancy::UserName;
using tenancy::WorkspaceName;

const OrganizationName kDemo("demo");
const WorkspaceName kShop("shop");
const UserName kErin("erin");

Done add_world(Session& session) {
  if (auto done = store::add_organization(session, {kDemo, "Demo"}); !done) return done;
  for (const char* name : {"shop", "office"}) {
    store::Workspace workspace{.name = WorkspaceName(name),
                               .organization = kDemo,
                               .display = name,
                               .cluster = store::InCluster{},
                               .policy = {},
                               .projects = {ProjectName("cart"), ProjectName("web")},
                               .bindings_revision = 0};
    if (auto done = store::add_workspace(session, workspace); !done) return done;
  }
  for (const char* name : {"erin", "vic"})
    if (auto done = identity::add_user(session, {UserName(name), kDemo, name, false}, ""); !done) return done;
  return Done{};
}

struct CallerTest : testing::Test {
  void SetUp() override {
    must(database.write(add_world));
    binding = grant("erin", Role::editor, ProjectName("web"));
    auto opened = database.write([](Session& session) { return identity::open_session(session, kErin); });
    ASSERT_TRUE(opened);
    session_id = opened->session_id;
    open_turn("turn-1", session_id);
    claims.subject = "erin";
    claims.organization = "demo";
    claims.workspace = "shop";
    claims.turn = "turn-1";
    claims.jti = "jti-1";
  }
  std::string grant(const char* user, const Role& role, std::optional<ProjectName> project) {
    tenancy::RoleBinding granted{.id = {}, .subject = UserName(user), .role = role, .scope = {kDemo, kShop, project}};
    auto id = database.write([granted](Session& session) { return store::grant(session, granted); });
    EXPECT_TRUE(id);
    return id.value_or("");
  }
  void open_turn(const std::string& id, const std::string& credential) {
    turns::Turn turn;
    turn.id = id;
    turn.user = kErin;
    turn.organization = kDemo;
    turn.workspace = kShop;
    turn.credential = credential;
    turn.conversation = "conversation of " + id;
    for (int replicas : {5, 6})
      turn.commands.push_back({operations::find_operation("scale"), {{"replicas", replicas}}});
    turn.deadline = clock.wall() + turns::kTurnTime;
    must(database.write([turn](Session& session) { return turns::open_turn(session, turn); }));
  }
  Result<Caller> load() {
    return database.read([c = claims](Session& session) { return load_caller(session, c); });
  }
  // ok, or the code that it is refused with.
  std::string loaded() {
    auto caller = load();
    return caller ? "ok" : std::string(to_string(caller.error().code));
  }
  Result<Member> member(const char* user, const char* workspace, tenancy::Ceiling ceiling = {}) {
    identity::SessionUser as;
    as.user.name = UserName(user);
    as.ceiling = ceiling;
    return database.read([=](Session& session) { return load_member(session, as, WorkspaceName(workspace)); });
  }
  void sql(std::string text) {
    must(database.write([text](Session& session) -> Done {
      auto done = session.execute(text);
      return done ? Done{} : Done(std::unexpected(done.error()));
    }));
  }
  static void must(Done done) { ASSERT_TRUE(done) << done.error().text(); }

  foundation::ManualClock clock{WallTime(Milliseconds(1'800'000'000'000))};
  foundation::database::TempDatabase database{
      {store::migrations(), identity::migrations(), audit::migrations(), turns::migrations()}, &clock};
  std::string binding, session_id;
  foundation::jwt::InternalClaims claims;
};

TEST_F(CallerTest, ALiveTurnOfAnActiveUserIsACaller) {
  auto caller = load();
  ASSERT_TRUE(caller) << caller.error().text();
  EXPECT_EQ(caller->turn.id, "turn-1");
  EXPECT_EQ(caller->user.name, kErin);
  EXPECT_EQ(caller->workspace.name, kShop);
  ASSERT_EQ(caller->bindings.size(), 1u);
  EXPECT_EQ(caller->bindings[0].role, Role::editor);
  EXPECT_EQ(caller->token_digest, foundation::crypto::sha256_text("jti-1"));
}

const std::string kRefused(to_string(Code::unauthenticated));

TEST_F(CallerTest, ATokenOfAnotherTurnUserWorkspaceOrOrganizationIsRefused) {
  const auto good = claims;
  for (auto member : {&foundation::jwt::InternalClaims::turn, &foundation::jwt::InternalClaims::subject,
                      &foundation::jwt::InternalClaims::workspace, &foundation::jwt::InternalClaims::organization})
    for (const char* other : {"", "vic", "office", "globex", "turn-2", "Erin", "erin "}) {
      claims = good;
      claims.*member = other;
      EXPECT_EQ(loaded(), kRefused) << other;
    }
  claims = good;
  EXPECT_EQ(loaded(), "ok");
}

TEST_F(CallerTest, RolesInTheTokenAreNotRead) {
  claims.roles = {{"admin", std::nullopt}};
  EXPECT_EQ(load()->bindings.at(0).role, Role::editor);
}

TEST_F(CallerTest, AClosedTurnIsRefusedWhateverTheTokensExpiry) {
  must(database.write([](Session& session) { return turns::close_turn(session, "turn-1", "answered"); }));
  EXPECT_EQ(loaded(), kRefused);
}

TEST_F(CallerTest, ATurnWhoseLeaseRanOutIsRefused) {
  clock.advance(turns::kLease);
  EXPECT_EQ(loaded(), kRefused);
}

TEST_F(CallerTest, ATurnPastItsDeadlineIsRefusedThoughItsLeaseGoesOn) {
  sql("UPDATE turns SET lease_until = deadline_at + 60000");
  clock.advance(turns::kTurnTime);
  EXPECT_EQ(loaded(), kRefused);
}

TEST_F(CallerTest, AClosedSessionEndsItsTurns) {
  must(database.write([](Session& session) { return identity::close_sessions_of(session, kErin); }));
  EXPECT_EQ(loaded(), kRefused);
}

TEST_F(CallerTest, ADisabledUserIsRefusedAtOnce) {
  must(database.write([](Session& session) { return identity::set_disabled(session, kErin, true); }));
  EXPECT_EQ(loaded(), kRefused);
  must(database.write([](Session& session) { return identity::set_disabled(session, kErin, false); }));
  EXPECT_EQ(loaded(), kRefused) << "the session that opened the turn is gone for good";
}

TEST_F(CallerTest, ASessionOfAnotherUserDoesNotCarryATurn) {
  auto vics = database.write([](Session& session) { return identity::open_session(session, UserName("vic")); });
  open_turn("turn-2", vics->session_id);
  claims.turn = "turn-2";
  EXPECT_EQ(loaded(), kRefused);
}

TEST_F(CallerTest, RightsAreThoseOfNow) {
  auto before = load();
  must(database.write([id = binding](Session& session) -> Done {
    auto gone = store::revoke(session, kShop, id);
    return gone ? Done{} : Done(std::unexpected(gone.error()));
  }));
  auto after = load();
  ASSERT_TRUE(before && after) << "a caller without rights is still known";
  EXPECT_TRUE(after->bindings.empty());
  EXPECT_GT(after->bindings_revision, before->bindings_revision);
}

TEST_F(CallerTest, OnlyCommandsThatAreNotConsumedAreOpen) {
  must(database.write([](Session& session) { return turns::consume_command(session, "turn-1", 0, "op-1"); }));
  auto caller = load();
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->command_positions, std::vector<std::size_t>{1});
  ASSERT_EQ(caller->open_commands.size(), 1u);
  EXPECT_EQ(caller->open_commands[0].arguments, (foundation::json::Object{{"replicas", 6}}));
}

// It looked like a bad token, and the advisor gave the turn up for lost.
TEST_F(CallerTest, ADatabaseThatCannotAnswerSaysNothingAboutTheCaller) {
  sql("ALTER TABLE sessions RENAME TO lost");
  auto caller = load();
  ASSERT_FALSE(caller);
  EXPECT_NE(caller.error().code, Code::unauthenticated);
}

TEST_F(CallerTest, AMemberIsSomebodyWithABindingThere) {
  auto erin = member("erin", "shop");
  ASSERT_TRUE(erin);
  EXPECT_EQ(erin->workspace.name, kShop);
  EXPECT_EQ(erin->bindings.size(), 1u);
}

TEST_F(CallerTest, AMemberMayWhatTheirBindingsGiveInTheProject) {
  auto erin = member("erin", "shop");
  ASSERT_TRUE(erin);
  EXPECT_TRUE(may(*erin, Permission::objects_read, ProjectName("web")));
  EXPECT_TRUE(may(*erin, Permission::workloads_scale, ProjectName("web")));
  EXPECT_FALSE(may(*erin, Permission::members_manage, ProjectName("web")));
  EXPECT_FALSE(may(*erin, Permission::objects_read, ProjectName("cart")));
}

TEST_F(CallerTest, AMemberMayNoMoreThanTheirSession) {
  auto erin = member("erin", "shop", {.at_most = {Permission::objects_read, Permission::members_manage}});
  ASSERT_TRUE(erin);
  EXPECT_TRUE(may(*erin, Permission::objects_read, ProjectName("web")));
  EXPECT_FALSE(may(*erin, Permission::workloads_scale, ProjectName("web"))) << "it cuts";
  EXPECT_FALSE(may(*erin, Permission::members_manage, ProjectName("web"))) << "and never adds";
}

TEST_F(CallerTest, WhoIsOnlyDeniedIsNoMember) {
  tenancy::RoleBinding denial{"", UserName("vic"), Role::viewer, {kDemo, kShop, {}}, tenancy::BindingEffect::deny};
  ASSERT_TRUE(database.write([denial](Session& session) { return store::grant(session, denial); }));
  EXPECT_EQ(member("vic", "shop").error().code, Code::not_found);
}

TEST_F(CallerTest, AForeignWorkspaceLooksLikeOneThatIsNot) {
  auto foreign = member("vic", "shop"), absent = member("vic", "no-such");
  ASSERT_FALSE(foreign);
  ASSERT_FALSE(absent);
  EXPECT_EQ(foreign.error().code, Code::not_found);
  EXPECT_EQ(foreign.error().code, absent.error().code);
  EXPECT_EQ(foreign.error().text(), absent.error().text());
}

TEST_F(CallerTest, ProjectsAreThoseWhereThePermissionReachesUnderTheCeiling) {
  grant("erin", Role::viewer, std::nullopt);
  auto caller = load();
  auto with = [&](Permission permission, tenancy::Ceiling ceiling = {}) {
    std::string names;
    for (const auto& project : projects_with(permission, caller->workspace, caller->bindings, ceiling))
      names += project.str() + " ";
    return names;
  };
  EXPECT_EQ(with(Permission::objects_read), "cart web ");
  EXPECT_EQ(with(Permission::workloads_scale), "web ");
  EXPECT_EQ(with(Permission::members_manage), "");
  EXPECT_EQ(with(Permission::workloads_scale, {.at_most = {Permission::objects_read}}), "");
}

}  // namespace
}  // namespace api::caller
