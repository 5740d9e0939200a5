#include "cli/render/audit.h"

#include <fmt/format.h>

#include "cli/render/moments.h"
#include "cli/render/operations.h"

namespace cli::render {
namespace {

// What the entry says besides when, what kind and who: the parts that it has, in this order.
std::string story(View entry) {
  std::string out;
  auto add = [&out](std::string_view before, std::string text) {
    if (!text.empty()) out += (out.empty() ? "" : std::string(before)) + text;
  };
  add("", one_line(entry["operation"].text()));
  if (View target = entry["target"])
    add(" ", one_line(fmt::format("{}/{}", target["kind"].text(), target["name"].text())));
  add(": ", one_line(entry["decision"]["effect"].text()));
  add(", ", one_line(entry["decision"]["text"].text()));
  add(": ", one_line(entry["outcome"].text()));
  add(", ", change_words(entry["before"]["value"], entry["after"]["value"]));
  add(", ", one_line(entry["reason"].text()));
  return out;
}

}  // namespace

std::string audit_text(const Look& look, View page) {
  std::string out;
  for (const auto& value : page["entries"].array()) {
    View entry(value);
    Flow flow(look, " ", "        ");
    flow.add(fmt::format("{:>6}", entry["seq"].integer_or(0)), Ink::strong);
    flow.add("  " + absolute_moment(entry["at"].text()), Ink::dim);
    flow.add(fmt::format("  {:<18}  {:<8}  {}", one_line(entry["kind"].text()), one_line(entry["subject"].text("-")),
                         story(entry)));
    out += flow.end();
  }
  if (out.empty()) out = " No entries.\n";
  if (auto next = page["next_before"].integer()) out += fmt::format(" Older ones: hks audit list --before {}\n", *next);
  return out;
}

std::string verification_text(const Look& look, View verdict) {
  Flow flow(look, " ", "   ");
  if (verdict["ok"].boolean_or(false)) {
    flow.add("✓", Ink::good)
        .add(fmt::format(" The chain of the audit holds: {} entries", verdict["seq"].integer_or(0)));
    flow.add("   " + one_line(verdict["hash"].text()), Ink::dim);
  } else {
    flow.add("✗", Ink::bad)
        .add(fmt::format(" The chain of the audit does not hold. Entry {}: {}", verdict["seq"].integer_or(0),
                         one_line(verdict["why"].text())));
  }
  return flow.end();
}

}  // namespace cli::render
