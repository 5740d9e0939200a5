#include "api/operations/command_form.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "api/operations/container_resources.h"
#include "api/operations/words.h"
#include "foundation/base/ascii.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/kinds.h"
#include "foundation/kubernetes/names.h"

namespace api::operations {
namespace {

// Words that a sentence uses in the place of a name. An object that is called so must be said with its project.
constexpr std::string_view kNotNames[] = {
    "a",        "again",      "all",         "also",     "always",   "an",       "any",       "anything", "back",
    "both",     "by",         "change",      "changes",  "cpu",      "crashed",  "down",      "each",     "every",
    "everyone", "everything", "failed",      "failing",  "from",     "half",     "helped",    "her",      "here",
    "him",      "if",         "immediately", "instead",  "it",       "its",      "just",      "last",     "later",
    "less",     "limit",      "limits",      "loops",    "maybe",    "me",       "memory",    "more",     "my",
    "never",    "no",         "none",        "not",      "nothing",  "now",      "of",        "ok",       "okay",
    "only",     "or",         "our",         "perhaps",  "please",   "previous", "replica",   "replicas", "request",
    "requests", "required",   "restart",     "revision", "rollback", "rollout",  "scale",     "set",      "something",
    "soon",     "thanks",     "that",        "the",      "them",     "there",    "these",     "this",     "those",
    "to",       "today",      "tomorrow",    "tonight",  "too",      "undo",     "up",        "us",       "what",
    "when",     "where",      "which",       "who",      "why",      "yes",      "yesterday", "yourself"};

bool is_target(std::string_view word) {
  using foundation::kubernetes::is_label, foundation::kubernetes::is_subdomain;
  // "deployment/web" is another tool's way to say a kind, not a project.
  auto is_kind = [](std::string_view said) { return foundation::kubernetes::find_kind_by_word(said) != nullptr; };
  if (std::size_t slash = word.find('/'); slash != std::string_view::npos)
    return is_label(word.substr(0, slash)) && !is_kind(word.substr(0, slash)) && is_subdomain(word.substr(slash + 1));
  bool has_letter = std::ranges::any_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  return has_letter && is_subdomain(word) && std::ranges::find(kNotNames, word) == std::end(kNotNames) &&
         !count_in(word) && !is_kind(word);
}

// The operation's kind that the word names; empty when it names none.
std::string kind_in(const Operation& operation, std::string_view word) {
  const auto* kind = foundation::kubernetes::find_kind_by_word(foundation::lowered(word));
  bool acted_on = kind != nullptr && std::ranges::find(operation.kinds, kind->name) != operation.kinds.end();
  return acted_on ? std::string(kind->name) : std::string();
}

// "500m", "1.5Gi": digits, at most one point between them, and a unit. No sign, no exponent, no word.
bool is_plain_quantity(std::string_view word) {
  constexpr std::string_view kDigits = "0123456789";
  std::size_t end = std::min(word.find_first_not_of(kDigits), word.size());
  if (end == 0) return false;
  if (word.substr(end).starts_with('.')) {
    std::size_t fraction = end + 1;
    end = std::min(word.find_first_not_of(kDigits, fraction), word.size());
    if (end == fraction) return false;
  }
  constexpr std::string_view kUnits[] = {"", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"};
  return std::ranges::find(kUnits, word.substr(end)) != std::end(kUnits);
}

// What the slot's argument would be; nothing when the word is none for it, or out of the bounds of the schema.
std::optional<json::Value> slot_value(const json::Value& schema, std::string_view slot, std::string_view word) {
  json::View argument = json::View(schema)["properties"][slot];
  if (std::string_view resource = argument["format"].text(); !resource.empty()) {
    auto quantity = normal_quantity(resource, word);
    return is_plain_quantity(word) && quantity ? std::optional(json::Value(*quantity)) : std::nullopt;
  }
  auto count = count_in(word);
  auto least = argument["minimum"].integer();
  auto most = argument["maximum"].integer();
  bool fits = count && least && most && *count >= *least && *count <= *most;
  return fits ? std::optional(json::Value(*count)) : std::nullopt;
}

// Takes the elements of a form one by one; at an optional one it tries with and then without.
class Matcher {
 public:
  Matcher(const Operation& operation, std::string_view form, std::span<const std::string> words)
      : schema_(operation.arguments_schema()), words_(words) {
    out_.operation = &operation;
    for (std::size_t at = 0; at < form.size();) {
      std::size_t end = std::min(form.find(' ', at), form.size());
      elements_.push_back(form.substr(at, end - at));
      at = end + 1;
    }
  }

  std::optional<CommandText> match() { return match_from(0, 0) ? std::optional(std::move(out_)) : std::nullopt; }

 private:
  bool match_from(std::size_t element, std::size_t word) {
    if (element == elements_.size()) return word == words_.size();
    std::string_view want = elements_[element];
    bool optional = want.starts_with('[');
    if (word < words_.size() && take(want, words_[word]) && match_from(element + 1, word + 1)) return true;
    if (!optional) return false;
    if (want == "[kind]") out_.kind.clear();
    return match_from(element + 1, word);
  }

  bool take(std::string_view want, const std::string& word) {
    if (want == "[kind]") return !(out_.kind = kind_in(*out_.operation, word)).empty();
    if (want == "<target>") return is_target(out_.target = word);
    std::string_view inside = want.front() == '[' || want.front() == '<' ? want.substr(1, want.size() - 2) : want;
    if (want.front() != '<') return says(word, inside);
    auto value = slot_value(schema_, inside, word);
    if (value) out_.slots[inside] = *value;
    return value.has_value();
  }

  json::Value schema_;
  std::span<const std::string> words_;
  std::vector<std::string_view> elements_;
  CommandText out_;
};

}  // namespace

std::optional<CommandText> match_form(const Operation& operation, std::string_view form,
                                      std::span<const std::string> words) {
  return Matcher(operation, form, words).match();
}

}  // namespace api::operations
