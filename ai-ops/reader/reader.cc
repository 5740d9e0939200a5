#include "ai-ops/reader/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/reader/clause.h"
#include "ai-ops/reader/intents.h"
#include "ai-ops/reader/names.h"
#include "ai-ops/reader/operate.h"
#include "ai-ops/reader/words.h"

namespace ai_ops::reader {
namespace {

bool is_about_objects(Intent intent) {
  return intent == Intent::diagnose || intent == Intent::status || intent == Intent::events || intent == Intent::logs ||
         intent == Intent::overview;
}

// A slip in a word of ours, not in a name. Operations have been looked for before: they take words as they are.
bool correct_slips(std::vector<std::string>& words, const Named& named) {
  bool corrected = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    bool is_name = std::ranges::find(named.at, i) != named.at.end() || words[i] == named.project;
    std::string_view meant = is_name ? std::string_view() : word_meant_by(words[i]);
    if (meant.empty()) continue;
    words[i] = meant;
    corrected = true;
  }
  return corrected;
}

// A name that is not there: asked about, it must not be answered with something else.
void note_unknown(const Named& named, Reading& out) {
  if (!is_about_objects(out.intent) || !out.targets.empty() || named.unknown.empty()) return;
  if (out.intent == Intent::overview) out.intent = Intent::diagnose;
  out.missing = fmt::format("I see nothing called {}", named.unknown);
}

}  // namespace

std::string_view to_string(Intent intent) {
  switch (intent) {
    case Intent::overview: return "overview";
    case Intent::diagnose: return "diagnose";
    case Intent::status: return "status";
    case Intent::events: return "events";
    case Intent::logs: return "logs";
    case Intent::operate: return "operate";
    case Intent::help: return "help";
    case Intent::unknown: return "unknown";
  }
  return "unknown";
}

Reading read(std::string_view text, const foundation::kubernetes::Snapshot& snapshot) {
  Reading out;
  if (text.size() > kMaxMessageBytes) return out;
  Message message = words_of(text);
  Names names(snapshot);
  if (text.size() <= kMaxOperateBytes) {
    if (auto wanted = operations_in(message, names, snapshot)) {
      out.intent = Intent::operate;
      out.targets = std::move(wanted->targets);
      out.operations = std::move(wanted->operations);
      out.missing = std::move(wanted->missing);
      return commanded(message, std::move(out));
    }
  }
  Named named = named_in(message.words, names);
  if (correct_slips(message.words, named)) named = named_in(message.words, names);
  for (std::size_t at : named.at) message.words[at] = kNameWord;
  std::ranges::replace(message.words, named.project, std::string("project"));
  out.intent = intent_of(without_courtesies(message.words), {!named.targets.empty(), !named.kind.empty()});
  if (out.intent == Intent::unknown) return out;
  out.targets = std::move(named.targets);
  out.kind = named.kind == kAnyWorkload ? "" : named.kind;
  out.project = named.project;
  note_unknown(named, out);
  return out;
}

}  // namespace ai_ops::reader
