// The command reader, which alone lets a message change something at once: what it takes is plain, means the same when
// it is said in the catalogue's own words, and is taken back by every word that makes it a wish, a question or a
// quotation.
#include "api/operations/command_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {
namespace {

namespace operations = api::operations;
namespace json = foundation::json;
using operations::CommandText;

std::string one_line(const CommandText& command) {
  return fmt::format("{} {}:{} {}", command.operation->name, command.kind, command.target,
                     json::to_text(command.slots));
}

// The command in the words of one of its operation's forms, its optional words left out.
std::string said_by(std::string_view form, const CommandText& command) {
  std::string out;
  for (std::size_t at = 0; at < form.size();) {
    auto end = std::min(form.find(' ', at), form.size());
    auto word = form.substr(at, end - at);
    at = end + 1;
    std::string said(word);
    if (word == "<target>") {
      said = command.target;
    } else if (word == "[kind]") {
      said = command.kind;
    } else if (word.starts_with('[')) {
      said.clear();
    } else if (word.starts_with('<')) {
      auto* slot = command.slots.if_contains(word.substr(1, word.size() - 2));
      must(slot != nullptr, "a command has every slot of its form", form);
      said = json::to_text(*slot);
    }
    if (!said.empty()) out += (out.empty() ? "" : " ") + said;
  }
  return out;
}

void means_the_same_in_every_form(const std::vector<CommandText>& commands) {
  for (const auto& command : commands)
    for (auto form : command.operation->command_forms) {
      auto said = said_by(form, command);
      auto again = operations::read_commands(said);
      must(again.size() == 1 && one_line(again[0]) == one_line(command), "a command means the same in every form",
           said);
    }
}

void is_taken_back(const std::string& message) {
  for (std::string_view before :
       {"do not ", "don't ", "never ", "if ", "why ", "could you ", "> ", "\"", "`", "he said "})
    must(operations::read_commands(std::string(before) + message).empty(), "a word before it makes it none", message);
  for (std::string_view after : {"?", " ?", "\"", "\nx", " unless it is busy", " or not", "\xe2\x80\xae", " maybe"})
    must(operations::read_commands(message + std::string(after)).empty(), "a word after it makes it none", message);
}

// Two projects have a `web`: what is said of it must not be guessed.
const std::vector<operations::ObjectRef>& visible() {
  static const std::vector<operations::ObjectRef> objects{{"Deployment", "shop", "web", "1"},
                                                          {"Deployment", "blog", "web", "2"},
                                                          {"StatefulSet", "shop", "orders-db", "3"},
                                                          {"DaemonSet", "shop", "node-agent", "4"}};
  return objects;
}

void names_one_object(const CommandText& text) {
  auto command = operations::resolve(text, visible());
  if (!command) return;
  auto target = operations::target_of(command->arguments);
  auto same = [&](const auto& object) {
    return object.kind == target.kind && object.namespace_name == target.namespace_name && object.name == target.name;
  };
  must(std::ranges::count_if(visible(), same) == 1, "a command names one object that is seen", one_line(text));
  auto again = command->operation->validate(command->arguments);
  must(again && *again == command->arguments, "its arguments are valid and whole", one_line(text));
}

}  // namespace

void command(std::string_view input) {
  auto commands = operations::read_commands(input);
  if (commands.empty()) return;
  std::string message(input);
  must(message.size() <= operations::kMaxCommandBytes, "a command is short", message);
  must(commands.size() <= operations::kMaxCommandsPerMessage, "commands are few", message);
  auto plain = [](char c) { return c >= ' ' && c < 0x7f && !std::string_view("\"'`?\\<>()[]{}").contains(c); };
  must(std::ranges::all_of(message, plain), "a command is plain text", message);
  means_the_same_in_every_form(commands);
  is_taken_back(message);
  for (const auto& one : commands) names_one_object(one);
}

}  // namespace fuzz
