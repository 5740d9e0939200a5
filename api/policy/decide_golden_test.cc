// What outsiders see: who may do what.
#include <fstream>
#include <sstream>
#include <vector>

#include "api/policy/decide_lab.h"

namespace api::policy {
namespace {

struct Column {
  const char* name;
  std::vector<RoleBinding> bindings;
};

std::vector<Column> columns() {
  const Role scaler{RoleName("scaler"), {Permission::objects_read, Permission::workloads_scale}};
  const Role auditor{RoleName("auditor"), {Permission::audit_read}};
  auto deny = [](const Role& role, std::optional<ProjectName> project) {
    return denied("erin", role.permissions, std::move(project));
  };
  const ProjectName here("shop"), elsewhere("blog");
  return {{"none", {}},
          {"viewer", {bound(Role::viewer)}},
          {"editor", {bound(Role::editor)}},
          {"admin", {bound(Role::admin)}},
          {"scaler", {bound(scaler)}},
          {"auditor", {bound(auditor, std::nullopt)}},
          {"viewer+scaler", {bound(Role::viewer), bound(scaler)}},
          {"admin-editor", {bound(Role::admin), deny(Role::editor, here)}},
          {"admin-scaler", {bound(Role::admin), bound(Role::editor, std::nullopt), deny(scaler, std::nullopt)}},
          {"admin-elsewhere", {bound(Role::admin), deny(Role::admin, elsewhere)}},
          {"-viewer", {deny(Role::viewer, here)}}};
}

std::string role_permission_matrix() {
  std::string out =
      "# decide() on a command of low risk, by the permission that the operation needs (rows) and the user's "
      "bindings.\n"
      "# scaler (objects.read, workloads.scale) and auditor (audit.read) are custom roles; a - is a deny of that "
      "role.\n";
  out += fmt::format("{:<24}", "permission");
  for (const Column& column : columns()) out += fmt::format(" {:>15}", column.name);
  out += '\n';
  for (Permission permission : all_permissions()) {
    operations::Operation operation = operations::kScale;
    operation.permission = permission;
    out += fmt::format("{:<24}", to_string(permission));
    for (const Column& column : columns()) {
      DecisionInput in = commanded();
      in.operation = in.commands[0].operation = &operation;
      in.bindings = column.bindings;
      out += fmt::format(" {:>15}", to_string(decide(in).effect));
    }
    out += '\n';
  }
  return out;
}

TEST(DecideGolden, RoleAndPermission) {
  std::ifstream file("api/policy/role_permission_matrix.golden");
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(role_permission_matrix(), golden.str()) << "run from the repository's root; the new matrix is above";
}

}  // namespace
}  // namespace api::policy
