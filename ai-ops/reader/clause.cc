#include "ai-ops/reader/clause.h"

#include <algorithm>
#include <array>

#include "ai-ops/reader/names.h"
#include "ai-ops/reader/words.h"

namespace ai_ops::reader {
namespace {

constexpr std::string_view kReplicas = "replica|replicas|instance|instances|pod|pods|copies|copy";
constexpr std::string_view kNoName =
    "it|this|that|them|these|those|everything|all|anything|something|one|to|up|down|by|and|from|of|the|a|an|more|not|"
    "there|what|which|who|replicas|replica|pods|pod|with|for|in|on|is|at|as|or|no|now|please|back";

constexpr std::string_view kSetting = "set|change|adjust|put|bring|raise|increase|bump|lower|reduce|decrease";

struct Form {
  Change change;
  std::string_view terms;
  std::int64_t count = 0;   // where the words carry it: "double"
  int direction = 0;        // likewise: "increase"
  std::string_view slot{};  // of Change::resources
};

// Terms: words with "|", "[optional]", <targets>, <n> a count, <m> a count or "a", "another", <q> a quantity; R stands
// for replicas, S for set and its like, <direction> for up, down or back. What is more particular stands first.
constexpr Form kForms[] = {
    {Change::resources, "S [the] cpu request|requests of|for|on <targets> to <q>", 0, 0, "cpu_request"},
    {Change::resources, "S [the] cpu limit|limits of|for|on <targets> to <q>", 0, 0, "cpu_limit"},
    {Change::resources, "S [the] memory request|requests of|for|on <targets> to <q>", 0, 0, "memory_request"},
    {Change::resources, "S [the] memory limit|limits of|for|on <targets> to <q>", 0, 0, "memory_limit"},
    {Change::resources, "give <targets> a cpu request of <q>", 0, 0, "cpu_request"},
    {Change::resources, "give <targets> a cpu limit of <q>", 0, 0, "cpu_limit"},
    {Change::resources, "give <targets> a memory request of <q>", 0, 0, "memory_request"},
    {Change::resources, "give <targets> a memory limit of <q>", 0, 0, "memory_limit"},
    {Change::rollback, "rollback|revert <targets> to revision|version <n>"},
    {Change::rollback, "roll back <targets> to revision|version <n>"},
    {Change::rollback, "rollback|revert <targets> [to] [the] previous|last|earlier revision|version|release"},
    {Change::rollback, "roll back <targets> [to] [the] previous|last|earlier revision|version|release"},
    {Change::rollback, "undo|revert [the] last rollout|release of <targets>"},
    {Change::rollback, "undo|revert [the] rollout|release of <targets>"},
    {Change::rollback, "rollback|revert <targets>"},
    {Change::rollback, "roll back <targets>"},
    {Change::rollback, "roll <targets> back"},
    {Change::to,
     "scale|resize|set|change|adjust|bring|put|take|get [<direction>] <targets> [R] [<direction>] to <n> [R]"},
    {Change::to, "set|change|adjust|bring|scale [the] R|count [count] of|for|on <targets> [<direction>] to <n>"},
    {Change::to, "set|change|adjust|bring|scale [the] number of R of|for|on <targets> [<direction>] to <n>"},
    {Change::to, "run|make|have|put|keep|get <targets> with|at|on <n> R"},
    {Change::to, "run|have|put|keep|set <targets> at <n>"},
    {Change::to, "make|give|get <targets> <n> R"},
    {Change::to, "make <targets> <n>"},
    {Change::to, "make it <n> R of|for|on <targets>"},
    {Change::to, "run|have|want|need|make <n> R of|for <targets>"},
    {Change::to, "<targets> should have|run|be [at|on] <n> R"},
    {Change::to, "increase|raise|bump|grow <targets> [R] [up] to <n> [R]", 0, +1},
    {Change::to, "decrease|reduce|lower|shrink <targets> [R] [down] to <n> [R]", 0, -1},
    {Change::times, "double [the] R of|for <targets>", 2},
    {Change::times, "double <targets> [R]", 2},
    {Change::times, "triple [the] R of|for <targets>", 3},
    {Change::times, "triple <targets> [R]", 3},
    {Change::divided, "halve [the] R of|for <targets>", 2},
    {Change::divided, "halve <targets> [R]", 2},
    {Change::by_more, "scale up <targets> by <m> [R]"},
    {Change::by_more, "scale <targets> [R] up by <m> [R]"},
    {Change::by_more, "increase|raise|bump|grow <targets> [R] [up] by <m> [R]"},
    {Change::by_more, "add <m> [more|extra|additional] R to|for|on <targets>"},
    {Change::by_more, "add <m> [more|extra|additional] to <targets>"},
    {Change::by_more, "add <m> [more|extra|additional] <targets> R"},
    {Change::by_more, "spin|bring|start up <m> more|extra|additional <targets> R"},
    {Change::by_more, "give <targets> <m> more|extra|additional [R]"},
    {Change::by_more, "give <targets> another R", 1},
    {Change::by_more, "give <targets> an extra|additional R", 1},
    {Change::by_less, "scale down <targets> by <m> [R]"},
    {Change::by_less, "scale <targets> [R] down by <m> [R]"},
    {Change::by_less, "decrease|reduce|lower|shrink <targets> [R] [down] by <m> [R]"},
    {Change::by_less, "remove|drop|take <m> R [away] from|of|off <targets>"},
    {Change::restart, "restart|bounce|reboot|recycle [all] [the] [R] [of|in] <targets>"},
    {Change::restart, "restart|bounce|reboot|recycle <targets>"},
    {Change::restart, "[do] [a] rolling restart [of] <targets>"},
    {Change::unsaid, "scale|resize <targets> [<direction>]"},
    {Change::unsaid, "scale|resize <direction> <targets>"},
    {Change::to, "scale|resize [<direction>] to <n> [R]"},
    {Change::unsaid, "scale|resize [<direction>]"},
    {Change::restart, "restart"},
};
constexpr Form kContinuation{Change::to, "<targets> to <n> [R]"};

struct Courtesy {
  std::string_view words;
  bool requests = false;  // with it a question is a request
};
constexpr Courtesy kFirstCourtesies[] = {
    {"please", true},
    {"pls", true},
    {"kindly", true},
    {"could you", true},
    {"can you", true},
    {"would you", true},
    {"will you", true},
    {"hey"},
    {"hi"},
    {"hello"},
    {"ok"},
    {"okay"},
    {"now"},
    {"just"},
    {"then"},
    {"also"},
    {","},
    {"i want you to"},
    {"i need you to"},
    {"i would like you to"},
    {"id like you to"},
    {"i want to"},
    {"i need to"},
    {"we need to"},
    {"i would like to"},
    {"id like to"},
    {"lets"},
    {"i"},
    {"we"},
};
constexpr Courtesy kLastCourtesies[] = {
    {"please", true}, {"pls", true}, {"now"},       {"thanks"},      {"thank you"},
    {"for me", true}, {"asap"},      {"right now"}, {"immediately"}, {","},
};

// A word comes in small letters: a memory of "512m" or "512mb" is meant in mega, none in thousandths of a byte.
struct Unit {
  std::string_view said, meant;
};
constexpr Unit kCpuUnits[] = {{"", ""}, {"m", "m"}};
constexpr Unit kMemoryUnits[] = {{"k", "k"},   {"kb", "k"},   {"ki", "Ki"}, {"kib", "Ki"}, {"m", "M"},   {"mb", "M"},
                                 {"mi", "Mi"}, {"mib", "Mi"}, {"g", "G"},   {"gb", "G"},   {"gi", "Gi"}, {"gib", "Gi"},
                                 {"t", "T"},   {"tb", "T"},   {"ti", "Ti"}, {"tib", "Ti"}};
constexpr std::size_t kMaxQuantityBytes = 16;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Matches the terms of one form, with every choice that optional terms leave.
class Matching {
 public:
  Matching(const Form& form, std::span<const std::string> words) : terms_(split(form.terms)), words_(words) {
    clause_.change = form.change;
    clause_.direction = form.direction;
    clause_.slot = form.slot;
    if (form.count != 0) clause_.count = form.count;
  }

  std::optional<Clause> run() { return match(0, 0) ? std::optional(clause_) : std::nullopt; }

 private:
  std::string_view word(std::size_t i) const { return i < words_.size() ? std::string_view(words_[i]) : ""; }

  bool match(std::size_t term, std::size_t at) {
    if (term == terms_.size()) return at == words_.size();
    std::string_view wanted = terms_[term];
    bool is_optional = wanted.starts_with('[');
    if (is_optional) wanted = wanted.substr(1, wanted.size() - 2);
    Clause before = clause_;
    if (match_one(wanted, term, at)) return true;
    clause_ = std::move(before);
    return is_optional && match(term + 1, at);
  }

  bool match_one(std::string_view wanted, std::size_t term, std::size_t at) {
    if (wanted == "<targets>") return match_targets(term, at);
    if (at >= words_.size()) return false;
    if (wanted == "<n>" || wanted == "<m>") return match_count(wanted == "<m>", term, at);
    if (wanted == "<direction>") {
      if (!is_one_of(word(at), "up|down|back")) return false;
      clause_.direction = word(at) == "up" ? 1 : word(at) == "down" ? -1 : 0;
      return match(term + 1, at + 1);
    }
    if (wanted == "<q>") {
      auto quantity = quantity_of(clause_.slot, word(at));
      if (quantity) clause_.quantity = *quantity;
      return quantity && match(term + 1, at + 1);
    }
    bool fits = is_one_of(word(at), wanted == "R" ? kReplicas : wanted == "S" ? kSetting : wanted);
    return fits && match(term + 1, at + 1);
  }

  bool match_count(bool also_article, std::size_t term, std::size_t at) {
    auto count = count_of(word(at));
    if (!count && also_article && is_one_of(word(at), "a|an|another")) count = 1;
    if (!count) return false;
    clause_.count = count;
    return match(term + 1, at + 1);
  }

  // "web", "the web deployment in shop", "web and cart".
  bool match_targets(std::size_t term, std::size_t at) {
    if (clause_.targets.empty()) {
      if (is_one_of(word(at), "both")) ++at;
      if (is_one_of(word(at), "it|this|that|them|everything|all")) {
        clause_.targets.push_back({});
        return match(term + 1, at + 1);
      }
    }
    for (bool kind_after : {true, false}) {
      std::size_t end = at;
      auto target = take_target(end, kind_after);
      if (!target) continue;
      Clause before = clause_;
      clause_.targets.push_back(*target);
      if (is_one_of(word(end), "and|,") && match_targets(term, end + (word(end + 1) == "and" ? 2 : 1))) return true;
      if (match(term + 1, end)) return true;
      clause_ = std::move(before);
    }
    return false;
  }

  // With `kind_after`, a kind word and a project after the name belong to it.
  std::optional<TargetWords> take_target(std::size_t& at, bool kind_after) const {
    TargetWords out;
    if (is_one_of(word(at), "the|my|our")) ++at;
    if (std::string kind = kind_of_word(word(at)); !kind.empty() && at + 1 < words_.size()) {
      out.kind = kind;
      ++at;
    }
    bool is_name = at < words_.size() && !is_one_of(word(at), kNoName) && word(at) != "," && !count_of(word(at));
    if (!is_name) return std::nullopt;
    out.name = words_[at++];
    if (!kind_after) return out;
    if (std::string kind = kind_of_word(word(at)); !kind.empty() && out.kind.empty()) {
      out.kind = kind;
      ++at;
    }
    if (word(at) == "in" && at + 1 < words_.size()) {
      at += is_one_of(word(at + 1), "project|namespace") ? 2 : 1;
      if (at == words_.size()) return std::nullopt;
      out.project = words_[at++];
      if (is_one_of(word(at), "project|namespace")) ++at;
    }
    return out;
  }

  std::vector<std::string_view> terms_;
  std::span<const std::string> words_;
  Clause clause_;
};

bool begins_with(std::span<const std::string> words, std::span<const std::string_view> phrase) {
  return words.size() >= phrase.size() && std::ranges::equal(words.first(phrase.size()), phrase);
}

bool ends_with(std::span<const std::string> words, std::span<const std::string_view> phrase) {
  return words.size() >= phrase.size() && std::ranges::equal(words.last(phrase.size()), phrase);
}

}  // namespace

Asked asked_in(std::span<const std::string> words) {
  Asked out{words};
  for (bool changed = true; changed;) {
    changed = false;
    for (const Courtesy& courtesy : kFirstCourtesies) {
      auto phrase = split(courtesy.words);
      if (out.words.size() <= phrase.size() || !begins_with(out.words, phrase)) continue;
      out.words = out.words.subspan(phrase.size());
      out.is_request = out.is_request || courtesy.requests;
      changed = true;
    }
    for (const Courtesy& courtesy : kLastCourtesies) {
      auto phrase = split(courtesy.words);
      if (out.words.size() <= phrase.size() || !ends_with(out.words, phrase)) continue;
      out.words = out.words.first(out.words.size() - phrase.size());
      out.is_request = out.is_request || courtesy.requests;
      changed = true;
    }
  }
  return out;
}

std::span<const std::string> without_courtesies(std::span<const std::string> words) { return asked_in(words).words; }

std::optional<std::string> quantity_of(std::string_view slot, std::string_view word) {
  std::size_t end = std::min(word.find_first_not_of("0123456789."), word.size());
  std::string_view number = word.substr(0, end);
  bool is_number = !number.empty() && number.front() != '.' && number.back() != '.' &&
                   std::ranges::count(number, '.') <= 1 && word.size() <= kMaxQuantityBytes;
  if (!is_number) return std::nullopt;
  std::span<const Unit> units = slot.starts_with("cpu") ? std::span<const Unit>(kCpuUnits) : kMemoryUnits;
  auto unit = std::ranges::find(units, word.substr(end), &Unit::said);
  if (unit == units.end()) return std::nullopt;
  return std::string(number) + std::string(unit->meant);
}

std::optional<Clause> clause_of(std::span<const std::string> words) {
  for (const Form& form : kForms)
    if (auto clause = Matching(form, words).run()) return clause;
  auto clause = Matching(kContinuation, words).run();
  if (clause) clause->continues = true;
  return clause;
}

}  // namespace ai_ops::reader
