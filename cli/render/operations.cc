#include "cli/render/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/render/moments.h"

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

// "cpu request" for cpu_request.
std::string name_words(std::string_view field) {
  std::string out = one_line(field);
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string field_words(std::string_view field, View before, View after) {
  std::string name = name_words(field);
  if (before.integer() && after.integer()) return fmt::format("{} → {} {}", *before.integer(), *after.integer(), name);
  if (before.is_null()) return fmt::format("{} {}", name, value_words(after));
  return fmt::format("{} {} → {}", name, value_words(before), value_words(after));
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
    fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", name_words(name), value_words(View(value)));
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

struct Readiness {
  std::string_view state, words;
};
constexpr std::array kReadiness{Readiness{"following", "rolling out"}, Readiness{"settled", "ready"},
                                Readiness{"not_settled", "did not become ready"}};

std::string readiness_words(View record) {
  auto row = std::ranges::find(kReadiness, record["readiness"].text(), &Readiness::state);
  return row == kReadiness.end() ? "" : fmt::format(", {}", row->words);
}

// "scale Deployment/web"
std::string subject(View record) {
  View target = record["target"] ? record["target"] : record["arguments"];
  return one_line(fmt::format("{} {}/{}", record["operation"].text(), target["kind"].text(), target["name"].text()));
}

}  // namespace

std::string short_id(std::string_view id) { return one_line(id.substr(0, 13)) + "…"; }

std::string short_id(std::string_view id, View items, std::string_view member) {
  for (std::size_t end = 13; end < id.size(); end = std::min(id.find('-', end + 1), id.size())) {
    auto begins_so = [&](const auto& item) { return View(item)[member].text().starts_with(id.substr(0, end)); };
    if (std::ranges::count_if(items.array(), begins_so) <= 1) return one_line(id.substr(0, end)) + "…";
  }
  return one_line(id);
}

std::string value_words(View value) {
  if (value.is_null()) return "none";
  if (value.value()->is_string()) return one_line(value.text());
  return one_line(foundation::json::to_text(*value.value()));
}

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

std::string operation_record_text(const Look& look, View record, WallTime now) {
  std::string out = operation_text(look, record);
  if (out.empty()) out = fmt::format(" … {}\n", one_line(record["state"].text()));
  Flow flow(look, std::string(kMargin), std::string(kMargin));
  flow.add(one_line(fmt::format("{} in {} · asked by {} {}{} · operation {}", subject(record),
                                record["arguments"]["project"].text(), record["requested_by"].text(),
                                moment(look, record["created_at"].text(), now), readiness_words(record),
                                record["operation_id"].text())),
           Ink::dim);
  return out + flow.end();
}

std::string operations_text(const Look& look, View page, WallTime now) {
  std::string out;
  for (const auto& value : page["operations"].array()) {
    View record(value);
    auto row = std::ranges::find(kOutcomes, record["state"].text(), &Outcome::state);
    Flow line(look, " ", "       ");
    row == kOutcomes.end() ? line.add("…") : line.add(row->mark, row->ink);
    line.add(" " + short_id(record["operation_id"].text(), page["operations"], "operation_id"), Ink::strong);
    std::string told =
        record["reason"] ? one_line(record["reason"]["text"].text()) : change_words(record["before"], record["after"]);
    line.add(
        fmt::format("  {}: {}{}{}", subject(record), one_line(record["state"].text()), told.empty() ? "" : ", ", told));
    auto undoes = record["undoes"].text();
    line.add(one_line(fmt::format("   {}, {}{}{}{}", record["requested_by"].text(),
                                  moment(look, record["created_at"].text(), now), readiness_words(record),
                                  record["undoable"].boolean_or(false) ? ", can be undone" : "",
                                  undoes.empty() ? "" : ", undoes " + short_id(undoes))),
             Ink::dim);
    out += line.end();
  }
  return out.empty() ? " No operations yet.\n" : out;
}

}  // namespace cli::render
