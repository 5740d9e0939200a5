#include "cli/render/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cli::render {
namespace {

constexpr std::string_view kMargin = "   ";
constexpr std::string_view kUnchanged = "Nothing was changed.";

struct Outcome {
  std::string_view state, mark;
  Ink ink;
};
constexpr std::array kOutcomes{Outcome{"executed", "✓", Ink::good}, Outcome{"already_so", "✓", Ink::good},
                               Outcome{"refused", "✗", Ink::bad}, Outcome{"failed", "✗", Ink::bad},
                               Outcome{"unknown", "?", Ink::warning}};

std::string shown(View value) {
  if (value.is_null()) return "none";
  if (value.value()->is_string()) return one_line(value.text());
  return one_line(foundation::json::to_text(*value.value()));
}

std::string field_words(std::string_view field, View before, View after) {
  if (before.integer() && after.integer())
    return fmt::format("{} → {} {}", *before.integer(), *after.integer(), one_line(field));
  if (before.is_null()) return fmt::format("{} {}", one_line(field), shown(after));
  return fmt::format("{} {} → {}", one_line(field), shown(before), shown(after));
}

std::string name_in(View event) { return one_line(event["target"]["name"].text(event["arguments"]["name"].text())); }

std::string executed_words(View event) {
  std::string operation = one_line(event["operation"].text());
  std::string changed = change_words(event["before"], event["after"]);
  if (changed.empty()) return operation;
  bool counts = std::ranges::all_of(event["after"].object(), [](const auto& m) { return m.value().is_int64(); });
  return counts ? changed : fmt::format("{}: {}", operation, changed);
}

std::string already_words(View event) {
  std::string fields;
  for (const auto& [name, value] : event["after"].object())
    fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", one_line(name), shown(View(value)));
  return fmt::format("has {} already, nothing was changed", fields.empty() ? "what was asked for" : fields);
}

std::string reason_words(View event) {
  std::string text = one_line(event["reason"]["text"].text());
  bool untold = event["state"].text() == "refused" && !text.contains(kUnchanged);
  return untold ? fmt::format("{} {}", text, kUnchanged) : text;
}

std::string references(View event) {
  std::string out;
  if (auto id = event["operation_id"].text(); !id.empty()) out += "   op " + short_id(id);
  if (auto seq = event["audit_seq"].integer()) out += fmt::format("   audit {}", *seq);
  return out;
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

}  // namespace

std::string short_id(std::string_view id) { return one_line(id.substr(0, 13)) + "…"; }

std::string change_words(View before, View after) {
  std::string out;
  for (const auto& [name, value] : after.object()) {
    View was = before[name];
    if (was && *was.value() == value) continue;
    out += (out.empty() ? "" : ", ") + field_words(name, was, View(value));
  }
  return out;
}

std::string operation_text(const Look& look, View event) {
  auto row = std::ranges::find(kOutcomes, event["state"].text(), &Outcome::state);
  if (row == kOutcomes.end()) return {};  // of a later version
  Flow flow(look, " ", std::string(kMargin));
  flow.add(row->mark, row->ink);
  if (row->state == "executed") {
    flow.add(" " + name_in(event), Ink::strong).add("  " + executed_words(event));
  } else if (row->state == "already_so") {
    flow.add(" " + name_in(event), Ink::strong).add("  " + already_words(event));
  } else {
    flow.add(" " + reason_words(event));
  }
  return flow.add(references(event), Ink::dim).end();
}

std::string proposal_text(const Look& look, View event) {
  View arguments = event["arguments"];
  Flow title(look, " ", std::string(kMargin));
  title.add("Proposal, not run yet:", Ink::warning)
      .add(fmt::format(" {} {} {}", one_line(event["operation"].text()), one_line(arguments["kind"].text()),
                       one_line(arguments["name"].text())),
           Ink::strong);
  std::string out = title.end() + diff_text(look, event["diff"].text());
  Flow reason(look, std::string(kMargin), std::string(kMargin));
  out += reason.add(one_line(event["reason"]["text"].text())).end();
  Flow facts(look, std::string(kMargin), std::string(kMargin));
  facts.add(fmt::format("risk {} · approval {} · until {}", one_line(event["risk"].text()),
                        short_id(event["approval_id"].text()), one_line(event["expires_at"].text())),
            Ink::dim);
  return out + facts.end();
}

}  // namespace cli::render
