#include "ai-ops/reader/references.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/reader/words.h"
#include "foundation/base/ascii.h"

namespace ai_ops::reader {
namespace {

using Words = std::vector<std::string>;
using WordSpan = std::span<const std::string>;

constexpr std::size_t kMaxNamesAsked = 5;                                             // "which one: a, b, ...?"
constexpr std::string_view kOthers = "Deployment|StatefulSet|DaemonSet|CronJob|Job";  // what "the other one" may be

enum class Where { anywhere, before_a_verb };  // "that" and "this" may also stand before a noun of their own

// Words that stand for what was spoken of. The longer before those that they begin with.
struct Reference {
  Means means;
  Where where;
  std::string_view words;
};
constexpr Reference kReferences[] = {
    {Means::the_other, Where::anywhere, "the other one"},
    {Means::the_other, Where::before_a_verb, "the other"},
    {Means::all, Where::anywhere, "both of them"},
    {Means::all, Where::anywhere, "all of them"},
    {Means::the_one, Where::anywhere, "this one"},
    {Means::the_one, Where::anywhere, "that one"},
    {Means::the_one, Where::anywhere, "it"},
    {Means::the_one, Where::anywhere, "its"},
    {Means::the_one, Where::before_a_verb, "this"},
    {Means::the_one, Where::before_a_verb, "that"},
    {Means::all, Where::anywhere, "them"},
    {Means::all, Where::anywhere, "they"},
    {Means::all, Where::anywhere, "their"},
    {Means::all, Where::before_a_verb, "these"},
    {Means::all, Where::before_a_verb, "those"},
    {Means::all, Where::before_a_verb, "both"},
};
constexpr std::string_view kAfterAReference =
    "is|was|are|were|has|had|does|did|to|up|down|by|again|now|then|still|too|happen|happening|failing|broken|crashing|"
    "ok|okay|running|ready|healthy|working|and|,|back";
// With these the sentence is about something else than an object.
constexpr std::string_view kAboutElse = "mean|means|meaning|time|date|day|true|sense|possible|say|said|if|unless";

bool is_same(const ObjectRef& a, const ObjectRef& b) {
  return a.name == b.name && a.namespace_name == b.namespace_name;
}

// Each name once, the first of its objects.
std::vector<ObjectRef> distinct(const std::vector<ObjectRef>& refs) {
  std::vector<ObjectRef> out;
  for (const ObjectRef& ref : refs)
    if (std::ranges::none_of(out, [&](const ObjectRef& known) { return is_same(known, ref); })) out.push_back(ref);
  return out;
}

bool is_there(const ObjectRef& ref, const Snapshot& snapshot) {
  return snapshot.find(ref.kind, ref.namespace_name, ref.name).has_value();
}

std::string which_of(const std::vector<ObjectRef>& refs) {
  std::string out = "which one: ";
  for (std::size_t i = 0; i < refs.size() && i < kMaxNamesAsked; ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i + 1 == refs.size() ? " or " : ", ", refs[i].name);
  return out + (refs.size() > kMaxNamesAsked ? " or another?" : "?");
}

Meant the_other(const Recent& recent, const Snapshot& snapshot) {
  std::vector<ObjectRef> others = distinct(recent.mentioned);
  std::erase_if(others, [&](const ObjectRef& ref) {
    bool is_subject = std::ranges::any_of(recent.subjects, [&](const ObjectRef& s) { return is_same(s, ref); });
    return is_subject || !is_one_of(ref.kind, kOthers) || !is_there(ref, snapshot);
  });
  if (others.empty()) return {{}, "which other one? I have named no other that is there"};
  if (others.size() > 1) return {{}, which_of(others)};
  return {std::move(others), {}};
}

struct Found {
  const Reference* reference = nullptr;
  std::size_t size = 0;  // words
};

Found reference_at(WordSpan words, std::size_t at) {
  for (const Reference& row : kReferences) {
    std::size_t size = beginning(words.subspan(at), row.words);
    if (size == 0) continue;
    bool fits =
        row.where == Where::anywhere || at + size == words.size() || is_one_of(words[at + size], kAfterAReference);
    if (fits) return {&row, size};
  }
  return {};
}

// "deployment/web in shop", read by the same forms as a name that a person types.
void append_names(const std::vector<ObjectRef>& objects, Words& out) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::string kind = objects[i].kind;
    kind = foundation::lowered(kind);
    if (i > 0) out.emplace_back("and");
    out.push_back(fmt::format("{}/{}", kind, objects[i].name));
    if (objects[i].namespace_name.empty()) continue;
    out.emplace_back("in");
    out.push_back(objects[i].namespace_name);
  }
}

}  // namespace

Meant meant_by(Means means, const Recent& recent, const Snapshot& snapshot) {
  if (means == Means::the_other) return the_other(recent, snapshot);
  std::vector<ObjectRef> subjects = distinct(recent.subjects);
  bool all_there = std::ranges::all_of(subjects, [&](const ObjectRef& ref) { return is_there(ref, snapshot); });
  if (!all_there) return {{}, "which one? What we spoke of is not there any more"};
  if (means == Means::the_one && subjects.size() > 1) return {{}, which_of(subjects)};
  return {std::move(subjects), {}};
}

std::optional<Resolved> resolved(std::span<const std::string> words, const Recent& recent, const Names& names,
                                 const Snapshot& snapshot) {
  Resolved out;
  const Reference* first = nullptr;
  for (std::size_t at = 0; at < words.size();) {
    Found found = reference_at(words, at);
    if (found.reference == nullptr) {
      out.words.push_back(words[at++]);
      continue;
    }
    if (first != nullptr && first->means != found.reference->means) return std::nullopt;
    if (first == nullptr) {
      Meant meant = meant_by(found.reference->means, recent, snapshot);
      out.objects = std::move(meant.objects);
      out.missing = std::move(meant.missing);
      out.is_of_another = found.reference->means == Means::the_other;
    }
    first = found.reference;
    append_names(out.objects, out.words);
    at += found.size;
  }
  if (first == nullptr) return out;
  bool is_about_else = std::ranges::any_of(words, [](const std::string& word) { return is_one_of(word, kAboutElse); });
  bool says_something = !out.objects.empty() || !out.missing.empty();
  if (is_about_else || !says_something || !named_in(words, names).targets.empty()) return std::nullopt;
  return out;
}

}  // namespace ai_ops::reader
