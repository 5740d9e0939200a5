// What of a conversation its user may still read.
#include <algorithm>
#include <map>
#include <set>

#include "ai-ops/conversations/conversations.h"
#include "ai-ops/conversations/names_in_text.h"

namespace ai_ops::conversations {
namespace {

using foundation::kubernetes::Snapshot;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The word is the name, or has it in it: a short one only between other signs ("db" in "db-0", not in "feedback").
bool has_name(std::string_view word, std::string_view name) {
  for (std::size_t at = word.find(name); at != std::string_view::npos; at = word.find(name, at + 1)) {
    std::size_t end = at + name.size();
    bool stands_alone =
        (at == 0 || !is_letter_or_digit(word[at - 1])) && (end == word.size() || !is_letter_or_digit(word[end]));
    if (stands_alone || name.size() >= kMinHiddenInside) return true;
  }
  return false;
}

// Everything that a snapshot shows, by name: rights are of projects, so one object of a name is as good as another.
class Visible {
 public:
  explicit Visible(const Snapshot& snapshot) {
    for (const auto& object : snapshot.all()) {
      projects_.emplace(object.namespace_name());
      objects_.emplace(object.namespace_name(), object.name());
    }
  }
  bool shows(const ObjectRef& ref) const { return objects_.contains({ref.namespace_name, ref.name}); }
  bool shows_project(const std::string& project) const { return project.empty() || projects_.contains(project); }

 private:
  std::set<std::pair<std::string, std::string>> objects_;
  std::set<std::string> projects_;
};

using HiddenNames = std::set<std::string>;

void hide_from(const std::vector<ObjectRef>& refs, const Visible& visible, HiddenNames& names) {
  for (const ObjectRef& ref : refs) {
    if (!visible.shows(ref) && !ref.name.empty()) names.insert(ref.name);
    if (!visible.shows_project(ref.namespace_name)) names.insert(ref.namespace_name);
  }
}

std::string without(const std::string& text, const HiddenNames& names) {
  if (names.empty()) return text;
  return with_words_hidden(text, [&](std::string_view word) {
    return std::ranges::any_of(names, [&](const std::string& name) { return has_name(word, name); });
  });
}

void keep_visible(std::vector<ObjectRef>& refs, const Visible& visible) {
  std::erase_if(refs, [&](const ObjectRef& ref) { return !visible.shows(ref); });
}

Entry withheld_from(Entry entry, const Visible& visible) {
  std::size_t was_about = entry.subjects.size();
  HiddenNames names;
  hide_from(entry.subjects, visible, names);
  hide_from(entry.mentioned, visible, names);
  for (const auto& done : entry.done) hide_from({reader::target_of(done.arguments)}, visible, names);
  keep_visible(entry.subjects, visible);
  keep_visible(entry.mentioned, visible);
  std::erase_if(entry.done,
                [&](const reader::Done& done) { return !visible.shows(reader::target_of(done.arguments)); });
  bool is_hidden = was_about > 0 && entry.subjects.empty();
  // Of operations nobody looked up which objects the control plane's answer names besides.
  bool is_partly_hidden = entry.intent == reader::Intent::operate && entry.subjects.size() < was_about;
  if (is_hidden || is_partly_hidden) {
    entry.message = entry.answer = kWithheld;
    entry.subjects.clear();
    entry.mentioned.clear();
    entry.done.clear();
    entry.intent = reader::Intent::unknown;
    return entry;
  }
  entry.message = without(entry.message, names);
  entry.answer = without(entry.answer, names);
  return entry;
}

using ByName = std::map<std::string_view, std::vector<ObjectRef>>;

// The live name that the word is. Of one that is none, those that its labels begin with: "checkout" of a pod that has
// gone, "web" and "shop" of web.shop.svc.
std::vector<std::string_view> names_in(std::string_view word, const ByName& live) {
  if (live.contains(word)) return {word};
  std::vector<std::string_view> out;
  while (!word.empty()) {
    std::string_view label = word.substr(0, word.find('.'));
    word.remove_prefix(std::min(label.size() + 1, word.size()));
    while (!label.empty() && !live.contains(label))
      label = label.substr(0, label.find_last_of('-') == std::string_view::npos ? 0 : label.find_last_of('-'));
    if (!label.empty()) out.push_back(label);
  }
  return out;
}

}  // namespace

std::vector<ObjectRef> mentioned_in(std::string_view text, const Snapshot& snapshot) {
  ByName by_name;
  for (const auto& object : snapshot.all()) by_name[object.name()].push_back(object.ref());
  std::vector<ObjectRef> out;
  std::set<std::string_view> taken;
  for (const std::string& word : words_in(text))
    for (std::string_view name : names_in(word, by_name)) {
      auto live = by_name.find(name);
      if (!taken.insert(live->first).second) continue;
      for (ObjectRef& ref : live->second) {
        ref.uid.clear();  // whoever bears the name
        out.push_back(std::move(ref));
      }
    }
  return out;
}

Entry withheld(Entry entry, const Snapshot& snapshot) { return withheld_from(std::move(entry), Visible(snapshot)); }

std::vector<Entry> withheld(std::vector<Entry> entries, const Snapshot& snapshot) {
  Visible visible(snapshot);
  for (Entry& entry : entries) entry = withheld_from(std::move(entry), visible);
  return entries;
}

std::vector<Summary> withheld(std::vector<Summary> summaries, const Snapshot& snapshot) {
  Visible visible(snapshot);
  for (Summary& summary : summaries) {
    HiddenNames names;
    hide_from(summary.mentioned, visible, names);
    keep_visible(summary.mentioned, visible);
    summary.title = without(summary.title, names);
  }
  return summaries;
}

}  // namespace ai_ops::conversations
