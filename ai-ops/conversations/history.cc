// A conversation as follow-ups and prompts take it.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "ai-ops/conversations/conversations.h"
#include "ai-ops/conversations/names_in_text.h"

namespace ai_ops::conversations {
namespace {

using reader::Became;
using reader::Intent;

bool is_in(const ObjectRef& ref, const std::vector<ObjectRef>& refs) {
  return std::ranges::any_of(refs, [&](const ObjectRef& other) {
    return other.name == ref.name && other.namespace_name == ref.namespace_name;
  });
}

std::vector<ObjectRef> besides(const std::vector<ObjectRef>& refs, const std::vector<ObjectRef>& subjects) {
  std::vector<ObjectRef> out;
  std::ranges::copy_if(refs, std::back_inserter(out), [&](const ObjectRef& ref) { return !is_in(ref, subjects); });
  return out;
}

// "Objects: Deployment shop/web, Pod shop/web-5d9c-a", the last spoken of first.
std::string objects_line(std::span<const Entry> entries) {
  std::vector<ObjectRef> known;
  std::string out;
  auto take = [&](const std::vector<ObjectRef>& refs) {
    for (const ObjectRef& ref : refs) {
      if (is_in(ref, known)) continue;
      known.push_back(ref);
      out += fmt::format("{}{} {}/{}", out.empty() ? "Objects: " : ", ", ref.kind, ref.namespace_name, ref.name);
    }
  };
  for (const Entry& entry : std::views::reverse(entries)) take(entry.subjects);
  for (const Entry& entry : std::views::reverse(entries)) take(entry.mentioned);
  return out;
}

std::string operation_line(const reader::Done& done) {
  constexpr std::string_view kWords[] = {"executed", "a proposal that waits for an approval", "refused",
                                         "nobody knows what became of it"};
  return fmt::format("Operation {} {}: {}", done.operation, json::to_text(done.arguments),
                     kWords[static_cast<std::size_t>(done.became)]);
}

// On lines of its own under its speaker: what was said cannot begin a line, and so not speak as another.
std::string said_by(std::string_view speaker, std::string_view said) {
  std::string out = fmt::format("{}: ", speaker);
  for (char c : said) c == '\n' ? out += "\n  " : out += c;
  return out;
}

// Lines until the budget is used up; what does not fit whole is left out, but for the first.
class Lines {
 public:
  explicit Lines(std::size_t left) : left_(left) {}
  bool add(std::string line) {
    if (line.empty() || line.size() + 1 > left_) return line.empty();
    left_ -= line.size() + 1;
    lines_.push_back(std::move(line));
    return true;
  }
  std::size_t left() const { return left_; }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::size_t left_;
  std::vector<std::string> lines_;
};

}  // namespace

reader::Recent recent_of(std::span<const Entry> entries) {
  reader::Recent out;
  for (const Entry& entry : std::views::reverse(entries)) {
    if (out.intent == Intent::unknown && entry.intent != Intent::unknown) {
      out.intent = entry.intent;
      out.subjects = entry.subjects;
      out.asked = entry.done;
    }
    // What was not spoken of in the last turn may have been in the one before: "why is checkout failing?" after an
    // overview leaves "the other one".
    if (out.intent != Intent::unknown && out.mentioned.empty()) {
      auto named = entry.subjects;
      named.insert(named.end(), entry.mentioned.begin(), entry.mentioned.end());
      out.mentioned = besides(named, out.subjects);
    }
    auto last = std::ranges::find_if(std::views::reverse(entry.done),
                                     [](const reader::Done& done) { return done.became != Became::refused; });
    if (!out.last_done && last != entry.done.rend()) out.last_done = *last;
  }
  return out;
}

std::string history_text(std::span<const Entry> entries, std::size_t max_bytes) {
  constexpr std::size_t kForFacts = 2;  // a half of the budget, so that some prose stays
  Lines facts(max_bytes / kForFacts);
  for (const Entry& entry : std::views::reverse(entries))
    for (const auto& done : std::views::reverse(entry.done)) facts.add(operation_line(done));
  facts.add(first_words(objects_line(entries), facts.left() == 0 ? 0 : facts.left() - 1));
  auto told = facts.take();
  std::size_t used = 0;
  for (const std::string& line : told) used += line.size() + 1;
  Lines prose(max_bytes - used);
  for (const Entry& entry : std::views::reverse(entries))
    if (!prose.add(said_by("User", entry.message) + "\n" + said_by("Answer", entry.answer))) break;
  auto turns = prose.take();
  std::string out;
  for (const std::string& line : told) out += line + "\n";
  for (const std::string& turn : std::views::reverse(turns)) out += turn + "\n";
  return out;
}

}  // namespace ai_ops::conversations
