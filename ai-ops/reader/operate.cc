#include "ai-ops/reader/operate.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/reader/clause.h"

namespace ai_ops::reader {
namespace {

namespace json = foundation::json;

constexpr std::size_t kMaxWords = 64;
struct Asks {
  std::string_view operation;
  std::string_view kinds;
};
constexpr Asks kScale{"scale", "Deployment|StatefulSet"};
constexpr Asks kRestart{"restart", "Deployment|StatefulSet|DaemonSet"};
constexpr Asks kRollback{"rollback", "Deployment"};
constexpr Asks kSetResources{"set-resources", "Deployment|StatefulSet|DaemonSet"};
constexpr std::int64_t kMaxCount = 1'000'000'000;

bool is_joint(const std::string& word) { return is_one_of(word, "and|then|,|also|plus"); }

// Cuts at joints so that every part is a clause: the shortest part first, longer ones where that leads nowhere
// ("restart web and cart" is one clause).
bool cut(std::span<const std::string> words, std::vector<Clause>& out) {
  while (!words.empty() && is_joint(words.front())) words = words.subspan(1);
  if (words.empty()) return !out.empty();
  if (out.size() == kMaxOperations) return false;
  for (std::size_t end = 1; end <= words.size(); ++end) {
    if (end < words.size() && !is_joint(words[end])) continue;
    auto clause = clause_of(without_courtesies(words.first(end)));
    bool continues_well = clause && (!clause->continues || (!out.empty() && out.back().change == Change::to));
    if (!clause || !continues_well) continue;
    out.push_back(std::move(*clause));
    if (end == words.size() || cut(words.subspan(end), out)) return true;
    out.pop_back();
  }
  return false;
}

struct Choice {
  std::optional<ObjectRef> object;
  std::string missing;
};

std::string list_of(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == items.size() ? " or " : ", ", items[i]);
  return out;
}

Choice choose(std::vector<ObjectRef> found, const TargetWords& words, std::string_view kinds) {
  std::erase_if(found, [&](const ObjectRef& o) {
    bool kind_fits = is_one_of(words.kind, "|Workload|Service") || o.kind == words.kind;  // "the web service"
    return !is_one_of(o.kind, kinds) || !kind_fits || (!words.project.empty() && o.namespace_name != words.project);
  });
  if (found.size() == 1) return {found.front(), {}};
  if (found.empty())
    return {{}, fmt::format("which workload? I see none called {} that this can be done to", words.name)};
  std::vector<std::string> projects, kinds_found;
  for (const ObjectRef& o : found) {
    if (std::ranges::find(projects, o.namespace_name) == projects.end()) projects.push_back(o.namespace_name);
    kinds_found.push_back(o.text());
  }
  if (projects.size() > 1) return {{}, fmt::format("{} in which project: {}?", words.name, list_of(projects))};
  return {{}, fmt::format("which one: {}?", list_of(kinds_found))};
}

Choice resolve(TargetWords words, const Names& names, std::string_view kinds) {
  if (words.name.empty()) return {{}, "which workload?"};
  if (std::size_t slash = words.name.find('/'); slash != std::string::npos) {
    std::string left = words.name.substr(0, slash);
    words.name.erase(0, slash + 1);
    std::string kind = kind_of_word(left);
    (kind.empty() ? words.project : words.kind) = kind.empty() ? left : kind;
  }
  auto found = names.exactly(words.name);
  if (found.empty()) found = names.by_first_words(words.name);
  return choose({found.begin(), found.end()}, words, kinds);
}

struct Replicas {
  std::int64_t count = 0;
  std::string missing;
};

Replicas relative(const Clause& clause, const std::string& name, std::int64_t now) {
  std::int64_t by = clause.count.value_or(0);
  switch (clause.change) {
    case Change::by_more: return {now + by, {}};
    case Change::by_less:
      if (by <= now) return {now - by, {}};
      return {0, fmt::format("to how many replicas? {} has only {}", name, now)};
    case Change::times:
      if (now > 0) return {now * by, {}};
      return {0, fmt::format("to how many replicas? {} has none now", name)};
    case Change::divided:
      if (now > 0 && now % by == 0) return {now / by, {}};
      return {0, fmt::format("to how many replicas? {} has {}, which cannot be halved", name, now)};
    default: return {0, fmt::format("to how many replicas? {} has {} now", name, now)};
  }
}

Replicas replicas_of(const Clause& clause, const ObjectRef& target, const Snapshot& snapshot) {
  auto object = snapshot.find(target.kind, target.namespace_name, target.name);
  std::int64_t now = std::clamp<std::int64_t>(object ? object->spec()["replicas"].integer_or(1) : 1, 0, kMaxCount);
  if (clause.change != Change::to) return relative(clause, target.name, now);
  std::int64_t to = clause.count.value_or(0);
  bool contradicts = (clause.direction > 0 && to < now) || (clause.direction < 0 && to > now);
  if (contradicts)
    return {0, fmt::format("to how many replicas? {} has {} now, so {} would be the other way", target.name, now, to)};
  return {to, {}};
}

Asks asked_by(Change change) {
  switch (change) {
    case Change::restart: return kRestart;
    case Change::rollback: return kRollback;
    case Change::resources: return kSetResources;
    default: return kScale;
  }
}

// What the clause says beside its target; or what is missing.
std::string add_details(const Clause& clause, const ObjectRef& target, const Snapshot& snapshot,
                        json::Object& arguments) {
  if (clause.change == Change::restart) return {};
  if (clause.change == Change::resources) {
    arguments[clause.slot] = clause.quantity;
    return {};
  }
  if (clause.change == Change::rollback) {
    if (clause.count) arguments["revision"] = *clause.count;
    return {};
  }
  Replicas replicas = replicas_of(clause, target, snapshot);
  if (replicas.missing.empty()) arguments["replicas"] = replicas.count;
  return replicas.missing;
}

// Two quantities of one workload are one change of it; anything else that is said twice of one is a doubt.
bool joins(const Clause& clause, const json::Object& arguments, OperationWanted& earlier) {
  bool is_another = clause.change == Change::resources && !earlier.arguments.contains(clause.slot);
  if (is_another) earlier.arguments[clause.slot] = arguments.at(clause.slot);
  return is_another;
}

std::string add_clause(const Clause& clause, const Names& names, const Snapshot& snapshot, Wanted& out) {
  Asks asks = asked_by(clause.change);
  std::vector<TargetWords> targets = clause.targets;
  if (targets.empty()) targets.emplace_back();
  for (const TargetWords& words : targets) {
    Choice choice = resolve(words, names, asks.kinds);
    if (!choice.object) return choice.missing;
    const ObjectRef& target = *choice.object;
    json::Object arguments{{"project", target.namespace_name}, {"kind", target.kind}, {"name", target.name}};
    out.targets.push_back(target);
    if (auto missing = add_details(clause, target, snapshot, arguments); !missing.empty()) return missing;
    auto earlier = std::ranges::find_if(out.operations, [&](const OperationWanted& o) {
      return o.operation == asks.operation && o.arguments.at("name") == arguments.at("name") &&
             o.arguments.at("kind") == arguments.at("kind") && o.arguments.at("project") == arguments.at("project");
    });
    if (earlier != out.operations.end()) {
      if (!joins(clause, arguments, *earlier)) return fmt::format("which of the two do you want for {}?", target.name);
      out.targets.pop_back();
      continue;
    }
    out.operations.push_back({std::string(asks.operation), std::move(arguments)});
  }
  return {};
}

}  // namespace

bool only_asks(const Message& message) { return message.is_question && !asked_in(message.words).is_request; }

Reading commanded(const Message& message, Reading reading) {
  if (reading.intent != Intent::operate || reading.operations.empty() || !only_asks(message)) return reading;
  reading.operations.clear();
  reading.missing = "was that a question? To have it done, write it without the question mark";
  return reading;
}

std::optional<Wanted> operations_in(const Message& message, const Names& names, const Snapshot& snapshot) {
  std::vector<Clause> clauses;
  bool is_short = message.words.size() <= kMaxWords;
  if (!message.is_plain || !is_short || !cut(without_courtesies(message.words), clauses)) return std::nullopt;
  Wanted out;
  for (const Clause& clause : clauses) {
    out.missing = add_clause(clause, names, snapshot, out);
    if (out.missing.empty() && out.operations.size() > kMaxOperations)
      out.missing = fmt::format("which {} first? I ask for no more than that at once", kMaxOperations);
    if (out.missing.empty()) continue;
    out.operations.clear();
    break;
  }
  return out;
}

}  // namespace ai_ops::reader
