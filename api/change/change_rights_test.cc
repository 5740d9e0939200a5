// Roles of an organization's own, denies, ceilings and approval rules on the way of a change.
#include <algorithm>
#include <functional>

#include "api/change/change_lab.h"

namespace api::change {
namespace {

using tenancy::BindingEffect;
using tenancy::Permission;
using tenancy::Permissions;
using tenancy::Role;

struct ChangeRights : ChangeLab {
  Role define(const char* name, const Permissions& permissions) {
    Role role{tenancy::RoleName(name), permissions};
    must(database.write([role](Session& session) {
      return tenancy::store::add_role(session, tenancy::OrganizationName("demo"), role);
    }));
    return role;
  }
  void redefine(const char* name, const Permissions& permissions) {
    Role role{tenancy::RoleName(name), permissions};
    must(database.write([role](Session& session) {
      return tenancy::store::change_role(session, tenancy::OrganizationName("demo"), role);
    }));
  }
  void deny(const char* user, const Role& role, std::optional<tenancy::ProjectName> project = {}) {
    grant(user, role, std::move(project), "shop", BindingEffect::deny);
  }
  async::Task<Answer> ask(std::string user, std::string name = "web", std::string project = "shop") {
    return submit(user, body("call-" + name + project, scale_to(5, name, project)));
  }
  static std::string text(const Result<Answer>& answer) {
    json::Value body(answer->body);
    return std::string(json::View(body)["reason"]["text"].text());
  }
};

using Self = ChangeRights;

TEST_F(ChangeRights, ACustomRoleScalesAndNothingElse) {
  add_person("scott", define("scaler", {Permission::workloads_scale}), tenancy::ProjectName("shop"));
  open_turn("scott");
  run([](Lab& lab) -> async::Task<void> {
    auto& self = static_cast<Self&>(lab);
    EXPECT_EQ(Lab::said(co_await self.ask("scott")), "200 executed");
    EXPECT_EQ(Lab::said(co_await self.ask("scott", "web", "vault")), "404 not_found");
    co_return Done{};
  });
}

TEST_F(ChangeRights, ADenyIsToldWithItsRuleAndWhoCould) {
  add_person("ada", Role::admin);
  deny("erin", define("hands", {Permission::workloads_scale}));
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    auto answer = co_await static_cast<Self&>(lab).ask("erin");
    EXPECT_EQ(Lab::said(answer), "403 denied denied_by_binding");
    EXPECT_NE(Self::text(answer).find("workloads.scale was denied to you there"), std::string::npos);
    EXPECT_TRUE(Self::text(answer).ends_with("Who can: ada.")) << "not who is denied it: " << Self::text(answer);
    json::Value entry = lab.audit_entries().at(0);
    EXPECT_EQ(json::View(entry)["decision"]["rule"].text(), "not-denied");
    auto effect_of = [](const json::Value& role) { return json::View(role)["effect"].text(); };
    EXPECT_EQ(std::ranges::count(json::View(entry)["roles_seen"].array(), std::string_view("deny"), effect_of), 1);
    EXPECT_TRUE(lab.fake.rehearsed.empty() && lab.fake.written.empty());
    co_return Done{};
  });
}

TEST_F(ChangeRights, ADenyAloneIsNoRoleInTheWorkspace) {
  add_person("dan", std::nullopt);
  deny("dan", Role::viewer);
  open_turn("dan");
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(Lab::said(co_await static_cast<Self&>(lab).ask("dan")), "403 denied no_role");
    co_return Done{};
  });
}

// auditor may read nothing there; a ceiling of logs alone neither. They could have asked for changes to learn names.
TEST_F(ChangeRights, WhoMayNeitherReadNorDoItLearnsNoNamesFromRefusals) {
  add_person("otto", define("auditor", {Permission::audit_read, Permission::logs_read}));
  open_turn("otto");
  open_turn("erin");
  sql(R"(UPDATE turns SET ceiling = '["logs.read"]' WHERE id = 'turn-erin')");
  run([](Lab& lab) -> async::Task<void> {
    auto& self = static_cast<Self&>(lab);
    for (const char* user : {"otto", "erin"}) {
      auto there = co_await self.ask(user, "web");
      auto ghost = co_await self.ask(user, "ghost");
      EXPECT_EQ(Lab::said(there), "404 not_found") << user;
      EXPECT_EQ(there->body, ghost->body) << user;
    }
    co_return Done{};
  });
}

TEST_F(ChangeRights, WhatAWorkspaceNeverDoesIsDeniedAndNotProposed) {
  set_policy({.low = tenancy::ApprovalRule::never});
  open_turn("erin");
  run([](Lab& lab) -> async::Task<void> {
    EXPECT_EQ(Lab::said(co_await lab.scale_web()), "403 denied risk_forbidden");
    EXPECT_EQ(Lab::said(co_await lab.wish()), "403 denied risk_forbidden");
    EXPECT_EQ(lab.audited(), Lines(2, "operation.decision refused"));
    co_return Done{};
  });
}

// What changes while it is rehearsed is read anew in the transaction that writes the intent.
struct ChangedBeforeTheIntent : ChangeRights {
  void expect(std::function<void()> change, std::string answer) {
    redefine_erins_role();
    open_turn("erin");
    fake.dry_runs = {Fake::after(std::move(change))};
    answer_ = std::move(answer);
    run([](Lab& lab) -> async::Task<void> {
      auto& self = static_cast<ChangedBeforeTheIntent&>(lab);
      EXPECT_EQ(Lab::said(co_await self.ask("erin")), self.answer_);
      EXPECT_TRUE(lab.fake.written.empty());
      EXPECT_EQ(std::ranges::count(lab.audited(), "operation.intent"), 0);
      co_return Done{};
    });
  }
  void redefine_erins_role() {
    revoke_all_of("erin");
    grant("erin", define("scaler", {Permission::objects_read, Permission::workloads_scale}));
  }
  std::string answer_;
};

TEST_F(ChangedBeforeTheIntent, ARole) {
  expect([this] { redefine("scaler", {Permission::objects_read}); }, "403 denied missing_permission");
}
TEST_F(ChangedBeforeTheIntent, ADeny) {
  Role hands = define("hands", {Permission::workloads_scale});
  expect([this, hands] { deny("erin", hands); }, "403 denied denied_by_binding");
}
TEST_F(ChangedBeforeTheIntent, TheApprovalRule) {
  expect([this] { set_policy({.low = tenancy::ApprovalRule::never}); }, "403 denied risk_forbidden");
}

}  // namespace
}  // namespace api::change
