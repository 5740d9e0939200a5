// Who may sign off what: rights are those of the moment, the proposer's too, and a no of one person leaves the proposal
// to the others.
#include "api/change/change_lab.h"

namespace api::change {
namespace {

using tenancy::Role;

struct ApprovalRights : ApprovalLab {
  ApprovalRights() : ApprovalLab({0}) {}
};

// "403 denied ...", and the proposal waits on: nothing was written or tried.
async::Task<void> expect_refused(Lab& lab, const Result<Answer>& proposed, std::string user, std::string with) {
  auto given = lab.given(user, proposed);
  EXPECT_EQ(Lab::said(co_await lab.approve(given)), with);
  EXPECT_EQ(lab.approval(given.approval).state, "open");
  EXPECT_EQ(lab.operation(lab.approval(given.approval).operation_id).state, "proposed");
  EXPECT_TRUE(lab.fake.written.empty());
  co_return Done{};
}

bool may_approve_now(Lab& lab, const std::string& user, const Result<Answer>& proposed) {
  auto given = lab.given(user, proposed);
  auto row = lab.approval(given.approval);
  return lab.must(lab.database.read(
      [row, by = given.by](Session& session) -> Result<bool> { return may_approve(session, row, by); }));
}

TEST_F(ApprovalRights, TheProposerMayApproveWhatIsOfLowRisk) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_TRUE(may_approve_now(lab, "erin", waiting) && may_approve_now(lab, "ada", waiting));
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "200 executed");
    EXPECT_FALSE(may_approve_now(lab, "ada", waiting)) << "it is decided";
    co_return Done{};
  });
}

TEST_F(ApprovalRights, HighRiskNeedsAnotherPersonThoughCommanded) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish(0);
    EXPECT_EQ(Lab::said(waiting), "202 risk_high");
    EXPECT_FALSE(may_approve_now(lab, "erin", waiting));
    EXPECT_TRUE(may_approve_now(lab, "ada", waiting));
    (void)co_await expect_refused(lab, waiting, "erin", "403 denied other_person_needed");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    EXPECT_EQ(lab.fake.replicas("web"), 0);
    EXPECT_EQ(lab.audited().at(1), "operation.decision refused") << "the try is audited";
    co_return Done{};
  });
}

TEST_F(ApprovalRights, APolicyMayAskForAnotherPersonAtLowRisk) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    tenancy::WorkspacePolicy policy;
    policy.low = tenancy::ApprovalRule::two_person;
    lab.set_policy(policy);
    (void)co_await expect_refused(lab, waiting, "erin", "403 denied other_person_needed");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, AViewerSeesItAndDecidesNothing) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    EXPECT_FALSE(may_approve_now(lab, "vic", waiting));
    (void)co_await expect_refused(lab, waiting, "vic", "403 denied missing_permission");
    EXPECT_EQ(Lab::said(co_await lab.reject(lab.given("vic", waiting))), "403 denied missing_permission");
    (void)co_await expect_refused(lab, waiting, "vic", "403 denied missing_permission");
    co_return Done{};
  });
}

// Whoever could see a proposal could end it, in the moment in which its object was otherwise.
TEST_F(ApprovalRights, WhoMayNotApproveVoidsNothingEither) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.scale("web", 4);
    (void)co_await expect_refused(lab, waiting, "vic", "403 denied missing_permission");
    lab.fake.scale("web", 3);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, MembersOfAnotherProjectAndStrangersFindNone) {
  add_person("sam", std::nullopt);
  add_person("vera", Role::admin, tenancy::ProjectName("vault"));
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    for (const char* user : {"nora", "vera", "sam"}) {
      EXPECT_EQ(Lab::said(co_await lab.approve(lab.given(user, waiting))), "error not_found") << user;
      EXPECT_EQ(Lab::said(co_await lab.reject(lab.given(user, waiting))), "error not_found") << user;
    }
    EXPECT_EQ(lab.audited(), Lines{"approval.opened"});
    co_return Done{};
  });
}

TEST_F(ApprovalRights, AnotherWorkspacesIdIsNone) {
  must(database.write([](Session& session) {
    return tenancy::store::add_workspace(session, {.name = tenancy::WorkspaceName("lab"),
                                                   .organization = tenancy::OrganizationName("demo"),
                                                   .display = "Lab",
                                                   .cluster = tenancy::store::InCluster{},
                                                   .policy = {},
                                                   .projects = {tenancy::ProjectName("shop")},
                                                   .bindings_revision = 0});
  }));
  grant("ada", Role::admin, std::nullopt, "lab");
  add_person("leo", Role::admin, std::nullopt, "lab");
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    for (const char* user : {"ada", "leo"}) {
      auto given = lab.given(user, waiting);
      given.workspace = "lab";
      EXPECT_EQ(Lab::said(co_await lab.approve(given)), "error not_found") << user;
      EXPECT_EQ(Lab::said(co_await lab.reject(given)), "error not_found") << user;
    }
    auto leos = lab.given("leo", waiting);
    EXPECT_EQ(Lab::said(co_await lab.approve(leos)), "error not_found") << "no member there";
    for (std::string workspace : {"", "no-such"}) {
      auto given = lab.given("ada", waiting);
      given.workspace = workspace;
      EXPECT_EQ(Lab::said(co_await lab.approve(given)), "error not_found") << workspace;
    }
    auto given = lab.given("ada", waiting);
    given.approval = "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10";
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "error not_found");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "200 executed");
    co_return Done{};
  });
}

// The approver was told "You have no role in workspace shop", or that there were no such project.
TEST_F(ApprovalRights, AProposerWhoMayNotAnyMoreHoldsItUp) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.revoke_all_of("erin");
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied proposer_may_not");
    lab.grant("erin", Role::viewer, tenancy::ProjectName("vault"));
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied proposer_may_not");
    lab.grant("erin", Role::viewer);
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied proposer_may_not");
    auto answer = co_await lab.approve(lab.given("ada", waiting));
    if (answer)
      EXPECT_EQ(answer->body.at("detail"),
                json::Value("erin, who asked for this, may not do it any more. Nothing was changed."));
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "403 denied missing_permission");
    EXPECT_FALSE(may_approve_now(lab, "ada", waiting));
    lab.grant("erin", Role::editor);
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, ADisabledProposerHoldsItUp) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.sql("UPDATE users SET disabled = 1 WHERE name = 'erin'");
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied user_inactive");
    lab.sql("UPDATE users SET disabled = 0 WHERE name = 'erin'");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("ada", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, TheCeilingOfTheProposersCredentialStays) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.sql(R"(UPDATE approvals SET ceiling = '["objects.read"]')");
    (void)co_await expect_refused(lab, waiting, "erin", "403 denied above_ceiling");
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied proposer_may_not");
    lab.sql("UPDATE approvals SET ceiling = 'damaged'");
    (void)co_await expect_refused(lab, waiting, "ada", "403 denied proposer_may_not");
    co_return Done{};
  });
}

// Between the look and the intent: the transaction that writes the intent reads all of it anew.
struct RevokedBeforeTheIntent : ApprovalRights {
  // What approving ends in when `revoke` happens while it is rehearsed.
  async::Task<void> expect(std::function<void()> revoke, std::string with) {
    auto waiting = co_await wish();
    auto given = this->given("ada", waiting);
    fake.dry_runs = {Fake::after(std::move(revoke))};
    EXPECT_EQ(said(co_await approve(given)), with);
    EXPECT_EQ(approval(given.approval).state, "open");
    EXPECT_TRUE(fake.written.empty());
    EXPECT_EQ(std::ranges::count(audited(), "operation.intent"), 0);
    co_return Done{};
  }
};

TEST_F(RevokedBeforeTheIntent, TheApproversSession) {
  run([](Lab& lab) -> async::Task<void> {
    auto& self = static_cast<RevokedBeforeTheIntent&>(lab);
    return self.expect([&lab] { lab.end_sessions_of("ada"); }, "error unauthenticated");
  });
}

TEST_F(RevokedBeforeTheIntent, TheApproversRole) {
  run([](Lab& lab) -> async::Task<void> {
    auto& self = static_cast<RevokedBeforeTheIntent&>(lab);
    return self.expect([&lab] { lab.revoke_all_of("ada"); }, "403 denied missing_permission");
  });
}

TEST_F(RevokedBeforeTheIntent, TheProposersRole) {
  run([](Lab& lab) -> async::Task<void> {
    auto& self = static_cast<RevokedBeforeTheIntent&>(lab);
    return self.expect([&lab] { lab.revoke_all_of("erin"); }, "403 denied proposer_may_not");
  });
}

TEST_F(RevokedBeforeTheIntent, ThePolicysLeave) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.fake.dry_runs = {Fake::after([&lab] {
      tenancy::WorkspacePolicy policy;
      policy.low = tenancy::ApprovalRule::two_person;
      lab.set_policy(policy);
    })};
    (void)co_await expect_refused(lab, waiting, "erin", "403 denied other_person_needed");
    co_return Done{};
  });
}

// approve() asked for it in its transaction, reject() did not.
TEST_F(ApprovalRights, ASessionThatHasEndedRejectsNothing) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    for (const char* user : {"ada", "erin"}) {
      auto given = lab.given(user, waiting);
      lab.end_sessions_of(user);
      EXPECT_EQ(Lab::said(co_await lab.reject(given)), "error unauthenticated") << user;
      EXPECT_EQ(lab.approval(given.approval).state, "open");
    }
    EXPECT_EQ(lab.audited(), kWaits);
    co_return Done{};
  });
}

// It said that erin, with erin's roles, had been refused.
TEST_F(ApprovalRights, TheAuditSaysWhoTried) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    (void)co_await expect_refused(lab, waiting, "vic", "403 denied missing_permission");
    lab.fake.lists["HorizontalPodAutoscaler"] = {
        json::Object{{"metadata", {{"name", "web"}}},
                     {"spec", {{"scaleTargetRef", {{"kind", "Deployment"}, {"name", "web"}}}, {"maxReplicas", 9}}}}};
    (void)co_await expect_refused(lab, waiting, "ada", "422 guard_refused hpa_owned");
    auto entries = lab.audit_entries();
    json::View by_ada(entries.at(0)), by_vic(entries.at(1));
    EXPECT_EQ(by_vic["subject"].text(), "vic");
    EXPECT_EQ(by_vic["roles_seen"][std::size_t{0}]["role"].text(), "viewer");
    EXPECT_EQ(by_vic["decision"]["code"].text(), "missing_permission");
    EXPECT_EQ(by_ada["subject"].text(), "ada");
    EXPECT_EQ(by_ada["reason"].text(), "guard_refused");
    for (const auto& view : {by_ada, by_vic}) {
      EXPECT_TRUE(view["actor"].is_null()) << "no advisor spoke for them";
      EXPECT_EQ(view["approval"].text(), lab.given("ada", waiting).approval);
      EXPECT_EQ(view["outcome"].text(), "refused");
    }
    co_return Done{};
  });
}

TEST_F(ApprovalRights, UnattendedIsAuditedAsSuch) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    auto given = lab.given("erin", waiting);
    given.unattended = true;
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "200 executed");
    auto entries = lab.audit_entries();
    auto decided = std::ranges::find_if(
        entries, [](const auto& entry) { return json::View(entry)["kind"].text() == "approval.decided"; });
    EXPECT_TRUE(decided != entries.end() && json::View(*decided)["reason"].text() == "unattended");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, HighRiskIsNeverApprovedUnattended) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish(0);
    tenancy::WorkspacePolicy lenient;
    lenient.high = tenancy::ApprovalRule::approve;
    lab.set_policy(lenient);
    for (const char* user : {"erin", "ada"}) {
      auto given = lab.given(user, waiting);
      given.unattended = true;
      EXPECT_EQ(Lab::said(co_await lab.approve(given)), "403 denied unattended_forbidden") << user;
    }
    (void)co_await expect_refused(lab, waiting, "vic", "403 denied missing_permission");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "200 executed") << "by hand it may";
    co_return Done{};
  });
}

TEST_F(ApprovalRights, APolicyMayForbidTheUnattended) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    tenancy::WorkspacePolicy strict;
    strict.allow_unattended_approval = false;
    lab.set_policy(strict);
    auto given = lab.given("erin", waiting);
    given.unattended = true;
    EXPECT_EQ(Lab::said(co_await lab.approve(given)), "403 denied unattended_forbidden");
    EXPECT_EQ(Lab::said(co_await lab.approve(lab.given("erin", waiting))), "200 executed");
    co_return Done{};
  });
}

TEST_F(ApprovalRights, OnesOwnProposalMayAlwaysBeTakenBack) {
  run([](Lab& lab) -> async::Task<void> {
    auto waiting = co_await lab.wish();
    lab.revoke_all_of("erin");
    lab.grant("erin", Role::viewer);
    EXPECT_EQ(Lab::said(co_await lab.reject(lab.given("erin", waiting))), "200 rejected");
    EXPECT_EQ(lab.audited(), (Lines{"approval.opened", "approval.decided rejected"}));
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
