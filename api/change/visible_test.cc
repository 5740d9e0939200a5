// Who sees which changes: a list and a look at one of it never differ.
#include "api/change/visible.h"

#include "api/change/change_lab.h"

namespace api::change {
namespace {

using Visible = ApprovalLab;

Viewer viewer(const char* user, const char* workspace = "shop") {
  identity::SessionUser by;
  by.user.name = tenancy::UserName(user);
  return {std::move(by), tenancy::WorkspaceName(workspace)};
}

std::string code(const auto& result) { return result ? "ok" : std::string(to_string(result.error().code)); }

// How many operations are listed to them, and what a look at this one comes to.
std::string operations_seen(Lab& lab, const Viewer& by, const std::string& id, std::size_t limit = 10) {
  auto list = lab.database.read([=](Session& session) { return visible_operations(session, by, limit); });
  auto one = lab.database.read([=](Session& session) { return visible_operation(session, by, id); });
  return (list ? std::to_string(list->size()) : code(list)) + " " + code(one);
}

std::string approvals_seen(Lab& lab, const Viewer& by, const std::string& id) {
  auto list = lab.database.read([=](Session& session) { return visible_approvals(session, by); });
  auto one = lab.database.read([=](Session& session) { return visible_approval(session, by, id); });
  return (list ? std::to_string(list->size()) : code(list)) + " " + code(one);
}

TEST_F(Visible, WhoMayReadTheObjectsSeesWhatWasDoneToThem) {
  add_person("sam", std::nullopt);
  run([](Lab& lab) -> async::Task<void> {
    auto done = co_await lab.scale_web();
    auto waiting = co_await lab.wish();
    if (!done || !waiting) co_return foundation::fail(Code::internal, "prepare the test");
    std::string operation(done->body.at("operation_id").as_string());
    std::string approval(waiting->body.at("approval_id").as_string());
    for (const char* user : {"erin", "vic", "ada"}) {
      EXPECT_EQ(operations_seen(lab, viewer(user), operation), "1 ok") << user;
      EXPECT_EQ(approvals_seen(lab, viewer(user), approval), "1 ok") << user;
    }
    EXPECT_EQ(operations_seen(lab, viewer("nora"), operation), "0 not_found") << "of another project";
    EXPECT_EQ(approvals_seen(lab, viewer("nora"), approval), "0 not_found");
    for (const auto& by : {viewer("sam"), viewer("nobody"), viewer("erin", "none")}) {
      EXPECT_EQ(operations_seen(lab, by, operation), "not_found not_found") << by.user.user.name.str();
      EXPECT_EQ(approvals_seen(lab, by, approval), "not_found not_found") << by.user.user.name.str();
    }
    EXPECT_EQ(operations_seen(lab, viewer("ada"), "none", 0), "0 not_found");
    co_return Done{};
  });
}

TEST_F(Visible, WhatOthersDidTakesNoPlaceInAList) {
  open_turn("nora", {});
  run([](Lab& lab) -> async::Task<void> {
    auto done = co_await lab.scale_web();
    if (!done) co_return std::unexpected(done.error());
    for (const char* call : {"call-1", "call-2"})  // refused, of the other project, and newer
      (void)co_await lab.submit("nora", Lab::body(call, Lab::scale_to(1, "safe", "vault")));
    std::string operation(done->body.at("operation_id").as_string());
    EXPECT_EQ(operations_seen(lab, viewer("ada"), operation, 1), "1 ok");
    auto rows =
        lab.must(lab.database.read([](Session& session) { return visible_operations(session, viewer("vic"), 1); }));
    EXPECT_EQ(rows.size(), 1u);
    if (!rows.empty()) EXPECT_EQ(rows.front().id, operation);
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::change
