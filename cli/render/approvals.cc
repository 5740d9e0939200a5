#include "cli/render/approvals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/render/moments.h"
#include "cli/render/operations.h"

namespace cli::render {
namespace {

constexpr std::string_view kMargin = "   ";

struct Standing {
  std::string_view state, words;
  Ink ink;
};
constexpr std::array kStandings{
    Standing{"open", "Proposal, not run yet:", Ink::warning}, Standing{"approved", "Proposal, approved:", Ink::good},
    Standing{"rejected", "Proposal, rejected:", Ink::bad},    Standing{"expired", "Proposal, expired:", Ink::dim},
    Standing{"void", "Proposal, no longer valid:", Ink::dim}, Standing{"", "Proposal:", Ink::plain}};

const Standing& standing_of(std::string_view state) {
  auto row = std::ranges::find(kStandings, state, &Standing::state);
  return row == kStandings.end() ? kStandings.back() : *row;
}

// "scale Deployment web"
std::string subject(View operation, View object) {
  return one_line(fmt::format("{} {} {}", operation.text(), object["kind"].text(), object["name"].text()));
}

Ink ink_of_diff(std::string_view line) {
  return line.starts_with('-') ? Ink::bad : line.starts_with('+') ? Ink::good : Ink::plain;
}

std::string diff_text(const Look& look, std::string_view diff) {
  std::string out;
  while (!diff.empty()) {
    auto line = diff.substr(0, diff.find('\n'));
    diff.remove_prefix(std::min(line.size() + 1, diff.size()));
    Flow flow(look, std::string(kMargin), "     ");
    out += flow.add(one_line(line), ink_of_diff(line)).end();
  }
  return out;
}

std::string paragraph(const Look& look, std::string_view text, Ink ink = Ink::plain) {
  Flow flow(look, std::string(kMargin), std::string(kMargin));
  return flow.add(one_line(text), ink).end();
}

std::string change_text(const Look& look, const Standing& standing, const std::string& what, View change,
                        const std::string& facts) {
  Flow title(look, " ", std::string(kMargin));
  title.add(standing.words, standing.ink).add(" " + what, Ink::strong);
  return title.end() + diff_text(look, change["diff"].text()) + paragraph(look, change["reason"]["text"].text()) +
         paragraph(look, facts, Ink::dim);
}

std::string decided_words(const Look& look, View approval, WallTime now) {
  if (approval["state"].text() == "open")
    return fmt::format("expires {}", moment(look, approval["expires_at"].text(), now));
  if (approval["decided_by"].text().empty()) return std::string(approval["state"].text());
  return fmt::format("decided by {} {}", approval["decided_by"].text(),
                     moment(look, approval["decided_at"].text(), now));
}

std::string names_and_values(View object) {
  std::string out;
  for (const auto& [name, value] : object.object())
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", std::string_view(name), value_words(View(value)));
  return out;
}

}  // namespace

std::string proposal_text(const Look& look, View event) {
  auto facts = fmt::format("risk {} · approval {} · until {}", event["risk"].text(),
                           short_id(event["approval_id"].text()), event["expires_at"].text());
  return change_text(look, kStandings.front(), subject(event["operation"], event["arguments"]), event, facts);
}

std::string approval_text(const Look& look, View approval, WallTime now) {
  auto what = fmt::format("{} in {}", subject(approval["operation"], approval["target"]),
                          one_line(approval["target"]["project"].text()));
  auto facts = fmt::format("risk {} · approval {} · asked by {} · {}", approval["risk"].text(),
                           short_id(approval["approval_id"].text()), approval["proposer"].text(),
                           decided_words(look, approval, now));
  return change_text(look, standing_of(approval["state"].text()), what, approval, facts);
}

std::string approval_details_text(const Look& look, View approval, WallTime now) {
  struct Row {
    std::string_view name;
    std::string value;
  };
  const Row rows[] = {{"approval", std::string(approval["approval_id"].text())},
                      {"arguments", names_and_values(approval["arguments"])},
                      {"object", std::string(approval["target"]["uid"].text())},
                      {"now", names_and_values(approval["before"])},
                      {"then", names_and_values(approval["after"])},
                      {"hash", std::string(approval["op_hash"].text())},
                      {"turn", std::string(approval["turn_id"].text())},
                      {"asked", moment(look, approval["created_at"].text(), now)},
                      {"operation", std::string(approval["operation_id"].text())}};
  std::string out;
  for (const Row& row : rows) {
    if (row.value.empty()) continue;
    Flow flow(look, std::string(kMargin), std::string(14, ' '));
    out += flow.add(fmt::format("{:<9}", row.name), Ink::dim).add("  " + one_line(row.value)).end();
  }
  return out;
}

std::string approvals_text(const Look& look, View page, WallTime now) {
  std::string out;
  for (const auto& value : page["approvals"].array()) {
    View approval(value), target = approval["target"];
    Flow line(look, " ", "       ");
    line.add(short_id(approval["approval_id"].text(), page["approvals"], "approval_id"), Ink::strong);
    line.add(fmt::format("  {} {}/{}: {}", one_line(approval["operation"].text()), one_line(target["kind"].text()),
                         one_line(target["name"].text()), change_words(approval["before"], approval["after"])));
    line.add(
        one_line(fmt::format("   {}, risk {}, asked by {}, {}{}", target["project"].text(), approval["risk"].text(),
                             approval["proposer"].text(), decided_words(look, approval, now),
                             approval["may_decide"].boolean_or(false) ? "" : ", not for you to approve")),
        Ink::dim);
    out += line.end();
  }
  return out.empty() ? " Nothing waits for an approval.\n" : out;
}

}  // namespace cli::render
