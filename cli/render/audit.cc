#include "cli/render/audit.h"

#include <fmt/format.h>

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

// "2026-01-02 03:04:05 UTC" of an RFC 3339 time.
std::string at_words(std::string_view at) {
  if (at.size() < 19) return one_line(at);
  return one_line(fmt::format("{} {} UTC", at.substr(0, 10), at.substr(11, 8)));
}

}  // namespace

std::string audit_text(const Look& look, View page) {
  std::string out;
  for (const auto& value : page["entries"].array()) {
    View entry(value);
    Flow flow(look, " ", "        ");
    flow.add(fmt::format("{:>6}", entry["seq"].integer_or(0)), Ink::strong);
    flow.add("  " + at_words(entry["at"].text()), Ink::dim);
    flow.add(fmt::format("  {:<18}  {:<8}  {}", one_line(entry["kind"].text()), one_line(entry["subject"].text("-")),
                         story(entry)));
    out += flow.end();
  }
  if (out.empty()) out = " No entries.\n";
  if (auto next = page["next_before"].integer()) out += fmt::format(" Older ones: hks audit list --before {}\n", *next);
  return out;
}

}  // namespace cli::render
