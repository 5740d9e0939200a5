#include "cli/render/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/render/operations.h"

namespace cli::render {
namespace {

constexpr std::size_t kGap = 2;  // columns between cells

std::string joined(View texts) {
  std::string out;
  for (const auto& text : texts.array()) out += (out.empty() ? "" : ", ") + one_line(View(text).text());
  return out;
}

std::string role_words(View role) {
  auto project = role["project"].text();
  return one_line(fmt::format("{}{}{}{}", denies(role) ? "denied " : "", role["role"].text(),
                              project.empty() ? "" : " in ", project));
}

}  // namespace

bool denies(View binding) { return binding["effect"].text() == "deny"; }

std::string roles_text(const Look& look, View page) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : page["roles"].array()) {
    View role(value);
    rows.push_back({one_line(role["name"].text()), joined(role["permissions"]),
                    role["built_in"].boolean_or(false) ? "built in" : ""});
  }
  return rows.empty() ? " No roles.\n" : table_text(look, rows);
}

std::string table_text(const Look& look, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    Flow line(look, " ", "     ");
    std::size_t spaces = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.add(std::string(spaces, ' ') + row[i], i == 0 ? Ink::strong : Ink::plain);
      spaces = widths[i] == 0 ? 0 : widths[i] - width(row[i]) + kGap;  // a column that nobody fills is none
    }
    out += line.end();
  }
  return out;
}

std::string members_text(const Look& look, View page) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : page["members"].array()) {
    View member(value);
    rows.push_back(
        {one_line(member["user"].text()), role_words(member), short_id(member["id"].text(), page["members"], "id")});
  }
  return rows.empty() ? " No members.\n" : table_text(look, rows);
}

std::string users_text(const Look& look, View page) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : page["users"].array()) {
    View user(value);
    rows.push_back({one_line(user["name"].text()), one_line(user["display"].text()),
                    user["manager"].boolean_or(false) ? "manager" : "",
                    user["disabled"].boolean_or(false) ? "disabled" : ""});
  }
  return rows.empty() ? " No users.\n" : table_text(look, rows);
}

std::string workspaces_text(const Look& look, View page) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& value : page["workspaces"].array()) {
    View workspace(value);
    std::string roles;
    for (const auto& role : workspace["roles"].array()) roles += (roles.empty() ? "" : ", ") + role_words(View(role));
    rows.push_back({one_line(workspace["name"].text()), one_line(workspace["organization"].text()), roles,
                    joined(workspace["projects"]),
                    workspace["cluster"] && !workspace["cluster"]["read"].boolean_or(false) ? "cluster not read" : ""});
  }
  return rows.empty() ? " No workspaces.\n" : table_text(look, rows);
}

}  // namespace cli::render
