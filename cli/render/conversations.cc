#include "cli/render/conversations.h"

#include <fmt/format.h>

#include "cli/render/moments.h"
#include "cli/render/operations.h"

namespace cli::render {
namespace {

constexpr std::string_view kMargin = "   ";

std::string operation_line(const Look& look, View operation) {
  View arguments = operation["arguments"];
  Flow flow(look, " · ", std::string(kMargin));
  flow.add(one_line(fmt::format("{} {}/{}: {}", operation["operation"].text(), arguments["kind"].text(),
                                arguments["name"].text(), operation["became"].text())),
           Ink::dim);
  return flow.end();
}

std::string turn_text(const Look& look, View turn, WallTime now) {
  Flow said(look, " > ", std::string(kMargin));
  said.add(one_line(turn["message"].text()), Ink::strong).add("   " + moment(look, turn["at"].text(), now), Ink::dim);
  Flow answer(look, std::string(kMargin), std::string(kMargin));
  answer.add(turn["answer"].text());
  std::string out = said.end() + answer.end();
  for (const auto& operation : turn["operations"].array()) out += operation_line(look, View(operation));
  return out;
}

}  // namespace

std::string conversations_text(const Look& look, View page, WallTime now) {
  std::string out;
  for (const auto& value : page["conversations"].array()) {
    View row(value);
    std::int64_t turns = row["turns"].integer_or(0);
    Flow line(look, " ", "       ");
    line.add(short_id(row["id"].text(), page["conversations"], "id"), Ink::strong)
        .add("  " + one_line(row["title"].text()))
        .add(fmt::format("   {} {}, {}", turns, turns == 1 ? "message" : "messages",
                         moment(look, row["last_at"].text(), now)),
             Ink::dim);
    out += line.end();
  }
  return out.empty() ? " No conversations yet.\n" : out;
}

std::string conversation_text(const Look& look, View conversation, WallTime now) {
  std::string out;
  for (const auto& turn : conversation["turns"].array()) out += turn_text(look, View(turn), now);
  return out;
}

}  // namespace cli::render
