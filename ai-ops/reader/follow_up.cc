#include "ai-ops/reader/recent.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "ai-ops/reader/clause.h"
#include "ai-ops/reader/names.h"
#include "ai-ops/reader/operate.h"
#include "ai-ops/reader/references.h"
#include "ai-ops/reader/words.h"
#include "foundation/json/view.h"

namespace ai_ops::reader {
namespace {

namespace json = foundation::json;
using WordSpan = std::span<const std::string>;

constexpr std::size_t kMaxWords = 16;
// The whole of a message that takes back what was done last.
constexpr std::string_view kUndoForms[] = {
    "undo|revert",
    "undo|revert it|that|this",
    "undo|revert the|that|this|my|your last|latest|previous change|operation|command|step",
    "undo|revert the|that|this|my|your|last change|operation|command|step",
    "put|set|change|bring|take it|that|this back",
};
// The whole of a message that asks more about the same.
struct MoreForm {
  Intent intent;
  std::string_view words;
};
constexpr MoreForm kMoreForms[] = {
    {Intent::diagnose, "why"},
    {Intent::diagnose, "and|but why"},
    {Intent::diagnose, "how come"},
    {Intent::logs, "logs|log"},
    {Intent::logs, "and|the logs|log"},
    {Intent::logs, "and the logs|log"},
    {Intent::logs, "show|give|get me the logs|log"},
    {Intent::logs, "show|give|get the|me logs|log"},
    {Intent::logs, "show|get logs|log"},
    {Intent::events, "and the events"},
    {Intent::events, "and events"},
};
// What a message begins with that asks the same again.
constexpr std::string_view kSameBeginnings[] = {
    "the same for|with|to|on|of",  "do the same for|with|to|on",     "same for|with|to|on",
    "and the same for|with|to|on", "and do the same for|with|to|on",
};
constexpr std::string_view kAlsoBeginnings[] = {
    "and what|how about", "what|how about", "and for|of|in|on", "and", "but",
};
struct AlsoEnd {
  std::size_t size;  // words
  std::string_view words;
};
constexpr AlsoEnd kAlsoEnds[] = {{1, "too"}, {2, "as well"}};

bool is_whole(WordSpan words, std::string_view form) {
  return !words.empty() && beginning(words, form) == words.size();
}

std::string joined(WordSpan words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

Reading asking(Intent intent, std::string missing) {
  Reading out;
  out.intent = intent;
  out.missing = std::move(missing);
  return out;
}

bool is_of_objects(Intent intent) {
  return intent == Intent::diagnose || intent == Intent::status || intent == Intent::events || intent == Intent::logs;
}

// The message with its references replaced, read as if a person had named the objects.
std::optional<Reading> read_with_names(const Resolved& message, bool is_plain, const Snapshot& snapshot) {
  Reading out = read(joined(message.words), snapshot);
  if (out.intent == Intent::operate) return is_plain ? std::optional(std::move(out)) : std::nullopt;
  if (!is_of_objects(out.intent)) return std::nullopt;
  out.targets = message.objects;
  out.project.clear();
  out.missing.clear();
  return out;
}

std::int64_t replicas_in(const json::Object& arguments) {
  return json::View(arguments.if_contains("replicas")).integer_or(-1);
}

// The last turn's operation with another target, in words that the forms of operations read.
std::optional<Reading> same_operation(WordSpan targets, const Recent& recent, const Snapshot& snapshot) {
  if (recent.asked.size() != 1) return asking(Intent::operate, "the same as what? Please say it in full");
  const Done& asked = recent.asked.front();
  std::string text;
  if (asked.operation == "scale")
    text = fmt::format("scale {} to {}", joined(targets), replicas_in(asked.arguments));
  else if (asked.operation == "restart")
    text = fmt::format("restart {}", joined(targets));
  else if (asked.operation == "rollback" && !asked.arguments.contains("revision"))
    text = fmt::format("roll back {}", joined(targets));
  Reading out = read(text, snapshot);
  if (out.intent != Intent::operate) return std::nullopt;
  return out;
}

// Nothing but names, projects and the words around them.
bool is_only_named(WordSpan words, const Named& named) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    bool is_name = std::ranges::find(named.at, i) != named.at.end() || words[i] == named.project;
    bool fits =
        is_name || is_one_of(words[i], "the|my|our|in|and|project|namespace") || !kind_of_word(words[i]).empty();
    if (!fits) return false;
  }
  return !words.empty();
}

// The last turn's question about something else.
std::optional<Reading> same_question(WordSpan words, const Recent& recent, const Names& names) {
  Named named = named_in(words, names);
  if (!is_only_named(words, named)) return std::nullopt;
  Reading out;
  out.intent = recent.intent;
  out.targets = std::move(named.targets);
  if (out.targets.empty()) out.project = std::move(named.project);
  bool was_overview = recent.intent == Intent::overview;
  if (was_overview && !out.targets.empty()) out.intent = Intent::diagnose;
  bool is_read = out.targets.empty() ? was_overview && !out.project.empty() : is_of_objects(out.intent);
  if (!is_read) return std::nullopt;
  return out;
}

std::optional<Reading> read_same(WordSpan words, const Recent& recent, const Names& names, const Snapshot& snapshot) {
  if (recent.intent == Intent::operate) return same_operation(words, recent, snapshot);
  return same_question(words, recent, names);
}

// "and cart?" after a change asks for nothing in particular.
std::optional<Reading> also_after_change(WordSpan words, const Recent& recent, const Names& names,
                                         const Snapshot& snapshot) {
  bool was_scale = recent.asked.size() == 1 && recent.asked.front().operation == "scale";
  if (was_scale)
    if (Reading out = read("scale " + joined(words), snapshot);
        out.intent == Intent::operate && !out.operations.empty())
      return out;
  Named named = named_in(words, names);
  if (named.targets.empty() || !is_only_named(words, named)) return std::nullopt;
  return asking(Intent::unknown,
                fmt::format("what about {0}? Say \"the same for {0}\", or ask how it is", named.targets.front().name));
}

std::optional<Reading> read_also(WordSpan words, const Recent& recent, const Names& names, const Snapshot& snapshot) {
  if (recent.intent == Intent::operate) return also_after_change(words, recent, names, snapshot);
  return same_question(words, recent, names);
}

// The rest of a message that says "the same", or "too".
std::optional<Reading> read_continuation(WordSpan words, const Recent& recent, const Names& names,
                                         const Snapshot& snapshot) {
  for (std::string_view form : kSameBeginnings)
    if (std::size_t size = beginning(words, form); size > 0)
      return read_same(words.subspan(size), recent, names, snapshot);
  for (auto [size, form] : kAlsoEnds) {
    if (words.size() <= size || beginning(words.last(size), form) == 0) continue;
    words = words.first(words.size() - size);
    if (words.front() == "and") words = words.subspan(1);
    return read_same(words, recent, names, snapshot);
  }
  for (std::string_view form : kAlsoBeginnings)
    if (std::size_t size = beginning(words, form); size > 0)
      return read_also(words.subspan(size), recent, names, snapshot);
  return std::nullopt;
}

// The operation that puts back what the last one changed; why not, where it cannot be.
Reading read_undo(const Recent& recent, const Snapshot& snapshot) {
  if (!recent.last_done) return asking(Intent::operate, "to undo what? Nothing was changed in this conversation");
  const Done& done = *recent.last_done;
  if (done.became == Became::waiting)
    return asking(Intent::operate,
                  "the last change of this conversation was left to an approval: reject it, or undo it by its "
                  "operation once it is done");
  if (done.became == Became::unknown)
    return asking(Intent::operate, "what became of the last change is not known: look at it before taking it back");
  ObjectRef target = target_of(done.arguments);
  auto live = snapshot.find(target.kind, target.namespace_name, target.name);
  if (!live) return asking(Intent::operate, "what was changed last is not there any more");
  if (!done.undoable || done.before.empty())
    return asking(Intent::operate, fmt::format("the last change here, {} of {}, has nothing that can be put back",
                                               done.operation, target.name));
  OperationWanted undo{done.operation, done.arguments};
  bool goes_back = done.operation == "rollback";  // by itself: the revision before is the one that was left
  if (goes_back) undo.arguments.erase("revision");
  for (const auto& [name, value] : goes_back ? json::Object() : done.before) {
    json::View now = live->spec()[name], left = json::View(undo.arguments.if_contains(name));
    if (!left) return asking(Intent::operate, fmt::format("to undo what? {} was changed in another way", target.name));
    if (now && *now.value() != *left.value())
      return asking(Intent::operate,
                    fmt::format("{} is no longer as the last change here left it: say what it should be", target.name));
    undo.arguments[name] = value;
  }
  Reading out;
  out.intent = Intent::operate;
  out.targets.push_back(std::move(target));
  out.operations.push_back(std::move(undo));
  return out;
}

std::optional<Reading> read_more(WordSpan words, const Recent& recent, const Snapshot& snapshot) {
  auto form = std::ranges::find_if(kMoreForms, [&](const MoreForm& row) { return is_whole(words, row.words); });
  if (form == std::end(kMoreForms) || recent.subjects.empty()) return std::nullopt;
  Meant meant = meant_by(form->intent == Intent::diagnose ? Means::all : Means::the_one, recent, snapshot);
  Reading out;
  out.intent = form->intent;
  out.targets = std::move(meant.objects);
  out.missing = std::move(meant.missing);
  return out;
}

bool is_undo(WordSpan words) {
  return std::ranges::any_of(kUndoForms, [&](std::string_view form) { return is_whole(words, form); });
}

}  // namespace

std::string_view to_string(Became became) {
  switch (became) {
    case Became::executed: return "executed";
    case Became::waiting: return "waiting";
    case Became::refused: return "refused";
    case Became::unknown: return "unknown";
  }
  return "unknown";
}

ObjectRef target_of(const json::Object& arguments) {
  auto text = [&](std::string_view name) { return std::string(json::View(arguments.if_contains(name)).text()); };
  return {text("kind"), text("project"), text("name"), {}};
}

std::optional<Reading> read_follow_up(std::string_view text, const Recent& recent, const Snapshot& snapshot) {
  if (text.size() > kMaxFollowUpBytes) return std::nullopt;
  Message message = words_of(text);
  if (message.words.empty() || message.words.size() > kMaxWords) return std::nullopt;
  WordSpan words = without_courtesies(message.words);
  if (is_undo(words))
    return message.is_plain ? std::optional(commanded(message, read_undo(recent, snapshot))) : std::nullopt;
  if (auto more = read_more(words, recent, snapshot)) return more;
  Names names(snapshot);
  auto with_names = resolved(words, recent, names, snapshot);
  if (!with_names) return std::nullopt;
  if (!with_names->missing.empty()) return asking(Intent::unknown, with_names->missing);
  auto out = read_continuation(with_names->words, recent, names, snapshot);
  if (!out && with_names->is_of_another) out = read_also(with_names->words, recent, names, snapshot);
  if (!out && !with_names->objects.empty()) out = read_with_names(*with_names, message.is_plain, snapshot);
  if (!out) return out;
  if (out->intent == Intent::operate && !message.is_plain) return std::nullopt;
  return commanded(message, *std::move(out));
}

}  // namespace ai_ops::reader
