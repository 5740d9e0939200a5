// What may change between a proposal and its approval, and what comes of it then: one row each. Who may sign off what,
// and what happens in the midst of an approval, stands in the files beside this one.
#include "api/change/change_lab.h"

namespace api::change {
namespace {

using tenancy::Role;

struct Between {
  const char* name;
  void (*happens)(Lab& lab);
  const char* answer;  // to ada, who approves
  const char* state;   // of the proposal then
  int wanted = 6;      // replicas of web, which has 3
};
void PrintTo(const Between& row, std::ostream* out) { *out << row.name; }

constexpr const char* kRuns = "200 executed";
constexpr const char* kVoid = "409 approval_void changed";

json::Object template_label(const char* value) {
  return {{"spec", {{"template", {{"metadata", {{"labels", {{"app", "web"}, {"build", value}}}}}}}}}};
}
json::Value quota_of_pods(int hard) {
  json::Object pods{{"pods", std::to_string(hard)}}, used{{"pods", "3"}};
  return json::Object{{"kind", "ResourceQuota"},
                      {"metadata", {{"name", "pods"}}},
                      {"spec", {{"hard", pods}}},
                      {"status", {{"hard", pods}, {"used", used}}}};
}
json::Value budget_of_web(int at_least) {
  return json::Object{{"kind", "PodDisruptionBudget"},
                      {"metadata", {{"name", "web"}}},
                      {"spec", {{"minAvailable", at_least}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}}};
}
void change_role_of(Lab& lab, const char* user, Role role) {
  lab.revoke_all_of(user);
  lab.grant(user, role);
}
void disable(Lab& lab, const char* user) {
  lab.sql(std::string("UPDATE users SET disabled = 1 WHERE name = '") + user + "'");
}

const Between kBetween[] = {
    // the object
    {"Nothing", [](Lab&) {}, kRuns, "approved"},
    {"ItsStatus", [](Lab& lab) { lab.fake.touch_status("web"); }, kRuns, "approved"},
    {"ItsLabels", [](Lab& lab) { lab.fake.change("web", {{"metadata", {{"labels", {{"team", "a"}}}}}}); }, kRuns,
     "approved"},
    {"ItsTemplate", [](Lab& lab) { lab.fake.change("web", template_label("2")); }, kRuns, "approved"},
    {"ItsReplicas", [](Lab& lab) { lab.fake.scale("web", 4); }, kVoid, "void"},
    {"ItsReplicasToWhatWasWanted", [](Lab& lab) { lab.fake.scale("web", 6); }, kVoid, "void"},
    {"ItsReplicasAndBack", [](Lab& lab) { lab.fake.scale("web", 9), lab.fake.scale("web", 3); }, kRuns, "approved"},
    {"ItIsDeleted", [](Lab& lab) { lab.fake.remove("web"); }, kVoid, "void"},
    {"ItIsMadeAnewUnderItsName", [](Lab& lab) { lab.fake.recreate("web", 3); }, kVoid, "void"},
    {"ItIsBeingDeleted",
     [](Lab& lab) { lab.fake.change("web", {{"metadata", {{"deletionTimestamp", "2027-01-15T08:00:00Z"}}}}); },
     "422 guard_refused object_deleting", "open"},
    // what stands around it
    {"AnAutoscaler", [](Lab& lab) { lab.fake.lists["HorizontalPodAutoscaler"] = {Lab::autoscaler_of("web")}; },
     "422 guard_refused hpa_owned", "open"},
    {"AnotherOnesAutoscaler",
     [](Lab& lab) { lab.fake.lists["HorizontalPodAutoscaler"] = {Lab::autoscaler_of("cart")}; }, kRuns, "approved"},
    {"AQuota", [](Lab& lab) { lab.fake.lists["ResourceQuota"] = {quota_of_pods(5)}; },
     "422 guard_refused quota_exceeded", "open"},
    {"AQuotaWithRoom", [](Lab& lab) { lab.fake.lists["ResourceQuota"] = {quota_of_pods(6)}; }, kRuns, "approved"},
    {"ADisruptionBudget", [](Lab& lab) { lab.fake.lists["PodDisruptionBudget"] = {budget_of_web(2)}; },
     "422 guard_refused pdb_violated", "open", 1},
    {"ADisruptionBudgetThatIsKept", [](Lab& lab) { lab.fake.lists["PodDisruptionBudget"] = {budget_of_web(2)}; }, kRuns,
     "approved", 2},
    {"ItsRolloutIsPaused", [](Lab& lab) { lab.fake.change("web", {{"spec", {{"paused", true}}}}); },
     "422 guard_refused rollout_paused", "open"},
    // people
    {"TheProposerLosesTheirRoles", [](Lab& lab) { lab.revoke_all_of("erin"); }, "403 denied proposer_may_not", "open"},
    {"TheProposerIsLowered", [](Lab& lab) { change_role_of(lab, "erin", Role::viewer); }, "403 denied proposer_may_not",
     "open"},
    {"TheProposerIsDisabled", [](Lab& lab) { disable(lab, "erin"); }, "403 denied user_inactive", "open"},
    {"TheProposerSignsOut", [](Lab& lab) { lab.end_sessions_of("erin"); }, kRuns, "approved"},
    {"TheProposersTurnEnds", [](Lab& lab) { lab.sql("UPDATE turns SET closed_at = 1"); }, kRuns, "approved"},
    {"TheApproverLosesTheirRoles", [](Lab& lab) { lab.revoke_all_of("ada"); }, "error not_found", "open"},
    {"TheApproverIsLowered", [](Lab& lab) { change_role_of(lab, "ada", Role::viewer); },
     "403 denied missing_permission", "open"},
    {"TheApproverIsDisabled", [](Lab& lab) { disable(lab, "ada"); }, "error unauthenticated", "open"},
    {"TheApproverSignsOut", [](Lab& lab) { lab.end_sessions_of("ada"); }, "error unauthenticated", "open"},
    // the workspace and the proposal itself
    {"TheProjectLeavesTheWorkspace",
     [](Lab& lab) {
       lab.must(lab.database.write([](Session& session) {
         return tenancy::store::remove_project(session, tenancy::WorkspaceName("shop"), tenancy::ProjectName("shop"));
       }));
     },
     "404 not_found", "open"},
    {"ItsRiskIsForbidden", [](Lab& lab) { lab.set_policy({.low = tenancy::ApprovalRule::never}); },
     "403 denied risk_forbidden", "open"},
    {"ItsRiskWantsTwo", [](Lab& lab) { lab.set_policy({.low = tenancy::ApprovalRule::two_person}); }, kRuns,
     "approved"},
    {"ItsTime", [](Lab& lab) { lab.clock.advance(kApprovalTime); }, "409 approval_void expired", "open"},
    {"AnotherOneRejectsIt", [](Lab& lab) { lab.sql("UPDATE approvals SET state = 'rejected', decided_by = 'erin'"); },
     "409 approval_void decided", "rejected"},
    {"AnotherOneApprovesIt", [](Lab& lab) { lab.sql("UPDATE approvals SET state = 'approved', decided_by = 'erin'"); },
     "409 approval_void decided", "approved"},
};

struct BetweenProposalAndApproval : ApprovalLab, testing::WithParamInterface<Between> {
  async::Task<void> play(Between row) {
    auto waiting = co_await wish(row.wanted);
    EXPECT_EQ(said(waiting), "202 not_a_command");
    auto given = this->given("ada", waiting);
    row.happens(*this);
    EXPECT_EQ(said(co_await approve(given)), row.answer);
    EXPECT_EQ(approval(given.approval).state, row.state);
    bool runs = row.answer == std::string(kRuns);
    EXPECT_EQ(fake.applied, runs ? 1 : 0);
    EXPECT_EQ(std::ranges::count(audited(), "operation.intent"), runs ? 1 : 0);
    if (runs) EXPECT_EQ(fake.replicas("web"), row.wanted);
    co_return Done{};
  }
};

TEST_P(BetweenProposalAndApproval, OnlyWhatWasShownRuns) {
  run([](Lab& lab) -> async::Task<void> { return static_cast<BetweenProposalAndApproval&>(lab).play(GetParam()); });
}

INSTANTIATE_TEST_SUITE_P(Changes, BetweenProposalAndApproval, testing::ValuesIn(kBetween),
                         [](const auto& info) { return info.param.name; });

// What was signed off is taken back like every operation: by whoever may, once, while it is as it was left.
TEST_F(ApprovalLab, WhatWasApprovedIsTakenBackOnce) {
  run([](Lab& lab) -> async::Task<void> {
    auto done = co_await lab.approve(lab.given("ada", co_await lab.wish()));
    EXPECT_EQ(Lab::said(done), kRuns);
    if (!done) co_return std::unexpected(done.error());
    std::string id(done->body.at("operation_id").as_string());
    EXPECT_EQ(Lab::said(co_await lab.undo("vic", id)), "403 denied missing_permission");
    EXPECT_EQ(Lab::said(co_await lab.undo("ada", id)), kRuns);
    EXPECT_EQ(lab.fake.replicas("web"), 3);
    EXPECT_EQ(Lab::said(co_await lab.undo("erin", id)), "409 conflict");
    EXPECT_EQ(lab.fake.applied, 2);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
