#include "api/operations/command_reader.h"

#include <algorithm>
#include <span>
#include <utility>

#include "api/operations/catalogue.h"
#include "api/operations/command_form.h"
#include "api/operations/words.h"

namespace api::operations {
namespace {

std::optional<CommandText> read_part(std::span<const std::string> words) {
  for (const Operation* operation : catalogue())
    for (std::string_view form : operation->command_forms)
      if (auto command = match_form(*operation, form, words)) return command;
  return std::nullopt;
}

// "shop/web" -> {"shop", "web"}, "web" -> {"", "web"}.
std::pair<std::string_view, std::string_view> project_and_name(std::string_view target) {
  std::size_t slash = target.find('/');
  if (slash == std::string_view::npos) return {{}, target};
  return {target.substr(0, slash), target.substr(slash + 1)};
}

bool may_be_the_same(const CommandText& a, const CommandText& b) {
  auto [a_project, a_name] = project_and_name(a.target);
  auto [b_project, b_name] = project_and_name(b.target);
  return a_name == b_name && (a_project == b_project || a_project.empty() || b_project.empty());
}

// Two commands for one target: which one is meant to last is not ours to guess, and the advisor could run them in
// either order.
bool contradict(const std::vector<CommandText>& commands) {
  for (std::size_t i = 0; i < commands.size(); ++i)
    for (std::size_t j = i + 1; j < commands.size(); ++j)
      if (may_be_the_same(commands[i], commands[j])) return true;
  return false;
}

bool names(const CommandText& text, const ObjectRef& object) {
  auto [project, name] = project_and_name(text.target);
  bool kind_fits = text.kind.empty()
                       ? std::ranges::find(text.operation->kinds, object.kind) != text.operation->kinds.end()
                       : text.kind == object.kind;
  return kind_fits && object.name == name && (project.empty() || object.namespace_name == project);
}

}  // namespace

std::vector<CommandText> read_commands(std::string_view message) {
  if (message.size() > kMaxCommandBytes) return {};
  auto words = words_of(message);
  if (!words) return {};
  auto parts = parts_of(without_courtesies(*words));
  if (!parts || parts->size() > kMaxCommandsPerMessage) return {};
  std::vector<CommandText> commands;
  for (std::span<const std::string> part : *parts) {
    auto command = read_part(part);
    if (!command) return {};
    commands.push_back(std::move(*command));
  }
  return contradict(commands) ? std::vector<CommandText>() : commands;
}

std::optional<Command> resolve(const CommandText& text, const std::vector<ObjectRef>& visible) {
  if (text.operation == nullptr) return std::nullopt;
  const ObjectRef* only = nullptr;
  for (const ObjectRef& object : visible) {
    if (!names(text, object)) continue;
    if (only != nullptr) return std::nullopt;
    only = &object;
  }
  if (only == nullptr) return std::nullopt;
  json::Object said = text.slots;
  said["project"] = only->namespace_name;
  said["kind"] = only->kind;
  said["name"] = only->name;
  auto arguments = text.operation->validate(said);
  if (!arguments) return std::nullopt;
  return Command{.operation = text.operation, .arguments = std::move(*arguments)};
}

}  // namespace api::operations
