#include "api/operations/command_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "api/operations/reading.h"
#include "api/operations/scale.h"
#include "api/operations/words.h"
#include "foundation/base/ascii.h"
#include "foundation/kubernetes/kinds.h"

namespace api::operations {
namespace {

TEST(CommandReader, NulAndLengthStartNothing) {
  using namespace std::string_view_literals;
  EXPECT_EQ(reading("scale web to 5\0"sv), "");
  EXPECT_EQ(reading("scale web\0 to 5"sv), "");
  std::string padded = "scale web to 5" + std::string(kMaxCommandBytes - 14, ' ');
  EXPECT_EQ(reading(padded), "scale web 5");
  EXPECT_EQ(reading(padded + " "), "");
}

// Every form, each with all that may stand in it.
const std::vector<std::vector<std::string>> kCommands{
    {"scale", "deployment", "web", "to", "5", "replicas"},
    {"set", "web", "to", "1", "replica"},
    {"restart", "web"},
    {"rollout", "restart", "shop/web"},
    {"roll", "back", "deployment", "web", "to", "revision", "3"},
    {"rollback", "shop/web"},
    {"set", "cpu", "request", "of", "deployment", "web", "to", "500m"},
    {"set", "memory", "limit", "of", "web", "to", "1.5Gi"},
    {"please", "scale", "web", "to", "five", "and", "then", "restart", "api", "now"},
};

// The words that a command may hold beside its own: courtesies, joints, kinds, the words of the forms that may be left
// out, and the one mark at its end.
bool is_of_the_language(std::string word) {
  static const std::set<std::string> kWords{"please", "kindly",  "now",      "thanks",  "and",
                                            "then",   "replica", "replicas", "rollout", ""};
  while (!word.empty() && (word.back() == ',' || word.back() == ';' || word.back() == '.' || word.back() == '!'))
    word.pop_back();
  word = foundation::lowered(word);
  return kWords.contains(word) || foundation::kubernetes::find_kind_by_word(word) != nullptr;
}

std::string with(std::vector<std::string> words, std::size_t at, const std::string& word) {
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), word);
  return fmt::format("{}", fmt::join(words, " "));
}

// Of printable ASCII, half of them such as a sentence has.
rc::Gen<std::string> any_word() {
  auto from = [](char first, char last) {
    return rc::gen::resize(10, rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange(first, last))));
  };
  auto of_a_sentence =
      rc::gen::element<std::string>("not", "don't", "dont", "no", "never", "maybe", "if", "unless", "or", "but", "cart",
                                    "7", "to", "scale", "restart", "delete", "up", "by", "tomorrow", "why", "could",
                                    "you", "\"", ">", "?", "-", "--force", "/", "it", "all");
  return rc::gen::oneOf(from('!', '~' + 1), from('a', 'z' + 1), of_a_sentence, of_a_sentence);
}

RC_GTEST_PROP(CommandReaderProperty, AnyOtherWordAnywhereIsNoCommand, ()) {
  auto words = *rc::gen::elementOf(kCommands);
  RC_ASSERT(!reading(fmt::format("{}", fmt::join(words, " "))).empty());
  for (int i = 0; i < 20; ++i) {
    auto word = *any_word();
    auto at = *rc::gen::inRange<std::size_t>(0, words.size() + 1);
    if (!is_of_the_language(word)) RC_ASSERT(reading(with(words, at, word)).empty());
  }
}

// The same without chance: every word of one character at every place, and of two (capitals left out) at those of the
// shortest command.
TEST(CommandReader, NoShortWordSlipsIn) {
  auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  auto try_everywhere = [](const std::vector<std::string>& words, const std::string& word) {
    if (is_of_the_language(word)) return;
    for (std::size_t at = 0; at <= words.size(); ++at) EXPECT_EQ(reading(with(words, at, word)), "") << word;
  };
  for (char first = '!'; first <= '~'; ++first) {
    for (const auto& words : kCommands) try_everywhere(words, {first});
    for (char second = '!'; second <= '~'; ++second)
      if (!is_capital(first) && !is_capital(second)) try_everywhere({"restart", "web"}, {first, second});
  }
}

// A second, tiny specification: whatever is read is a sentence of this grammar, in ASCII.
bool is_in_the_grammar(const std::string& message) {
  static const std::regex kGrammar = [] {
    const std::string target = "(?!(not|if|to)( |$))([a-z0-9-]+/)?[a-z0-9][a-z0-9.-]*";
    const std::string kind = "( (deployments?|deploy|statefulsets?|sts|daemonsets?|ds))?";
    const std::string count =
        "(0|[1-9][0-9]*|zero|one|two|three|four|five|six|seven|eight|nine|ten|[a-z]+teen|eleven|"
        "twelve|twenty)";
    const std::string quantity = "[0-9]+([.][0-9]+)?(m|k|[MGT]|[KMGT]i)?";
    const std::string part = fmt::format(
        "(scale{0} {1} to {2}( replicas?)?|set{0} {1} to {2} replicas?|(rollout )?restart{0} {1}|"
        "roll ?back{0} {1}( to revision {2})?|set (cpu|memory) (request|limit) of{0} {1} to {3})",
        kind, target, count, quantity);
    const std::string joint = "([,;]( and)?( then)? | and( then)? | then )";
    const std::string after = "(,? (please|now|thank you|thanks))*";
    return std::regex(fmt::format(" *((please|kindly) )?{0}({1}{0})*{2} *[.!]? *", part, joint, after),
                      std::regex::icase | std::regex::optimize);
  }();
  std::string single;  // one space where there are several
  for (char c : message)
    if (c != ' ' || !single.ends_with(' ')) single += c;
  return std::regex_match(single, kGrammar);
}

RC_GTEST_PROP(CommandReaderProperty, WhatIsReadIsASentenceOfTheGrammar, ()) {
  auto word = rc::gen::element<std::string>(
      "scale", "set", "restart", "rollout", "web", "api", "shop/web", "deployment", "sts", "to", "5", "five", "0",
      "replicas", "and", "then", ",", ";", "please", "now", "thanks", "thank", "you", "not", "if", ".", "!", "", "roll",
      "back", "rollback", "revision", "cpu", "memory", "request", "limit", "of", "500m", "1Gi");
  std::string message = *rc::gen::element<std::string>(  // so that many are commands or nearly so
      "", "", "scale web to 5", "rollback web", "set cpu limit of web to 2");
  auto count = *rc::gen::inRange<std::size_t>(0, 8);
  for (const auto& one : *rc::gen::container<std::vector<std::string>>(count, word))
    message += (one == "," || one == ";" ? "" : " ") + one;
  bool is_read = !read_commands(message).empty();
  RC_CLASSIFY(is_read);
  if (is_read) RC_ASSERT(is_in_the_grammar(message));
}

RC_GTEST_PROP(CommandReaderProperty, WhatIsReadIsWhatIsSaid, (std::string raw)) {
  auto target = *rc::gen::element<std::string>("web", "cart", "shop/web", "api-2");
  auto replicas = *rc::gen::inRange<std::int64_t>(0, 2000);
  std::string said = fmt::format("scale {} to {}", target, replicas);
  RC_ASSERT(reading(said) == (replicas <= kMaxReplicas ? fmt::format("scale {} {}", target, replicas) : ""));
  auto at = *rc::gen::inRange<std::size_t>(0, said.size());
  said[at] = *rc::gen::arbitrary<char>();
  for (const CommandText& command : read_commands(said)) {  // still a command: then of the words as they now stand
    RC_ASSERT(said.find(command.target) != std::string::npos);
    RC_ASSERT(said.find(std::to_string(command.slots.at("replicas").as_int64())) != std::string::npos);
  }
  RC_ASSERT(read_commands(raw).empty());  // arbitrary text
}

const std::vector<ObjectRef> kVisible{
    {"Deployment", "shop", "web", "1"}, {"Service", "shop", "web", "2"},     {"Pod", "shop", "web", "3"},
    {"Deployment", "shop", "api", "4"}, {"Deployment", "blog", "api", "5"},  {"Deployment", "shop", "db", "6"},
    {"StatefulSet", "shop", "db", "7"}, {"DaemonSet", "shop", "agent", "8"},
};

std::string resolved(std::string_view message) {
  auto read = read_commands(message);
  if (read.size() != 1) return "not read";
  auto command = resolve(read[0], kVisible);
  return command ? json::to_text(command->arguments) : "none";
}

TEST(CommandResolve, FillsProjectAndKindFromTheOneObject) {
  EXPECT_EQ(resolved("scale web to 5"), R"({"project":"shop","kind":"Deployment","name":"web","replicas":5})");
  EXPECT_EQ(resolved("scale blog/api to 2"), R"({"project":"blog","kind":"Deployment","name":"api","replicas":2})");
  EXPECT_EQ(resolved("scale sts db to 2"), R"({"project":"shop","kind":"StatefulSet","name":"db","replicas":2})");
}

TEST(CommandResolve, AnOperationActsOnItsOwnKinds) {
  EXPECT_EQ(resolved("restart agent"), R"({"project":"shop","kind":"DaemonSet","name":"agent"})");
  EXPECT_EQ(resolved("restart web"), R"({"project":"shop","kind":"Deployment","name":"web"})");
  EXPECT_EQ(resolved("restart db"), "none") << "two kinds";
}

TEST(CommandResolve, NothingWhenNoneOrSeveralAreMeant) {
  EXPECT_EQ(resolved("scale api to 2"), "none") << "in two projects";
  EXPECT_EQ(resolved("scale db to 2"), "none") << "two kinds";
  EXPECT_EQ(resolved("scale agent to 2"), "none") << "a kind that has no replicas";
  EXPECT_EQ(resolved("scale cart to 2"), "none");
  EXPECT_EQ(resolved("scale shop/cart to 2"), "none");
  EXPECT_EQ(resolved("scale blog/web to 2"), "none");
  EXPECT_EQ(resolved("scale sts web to 2"), "none");
}

TEST(CommandResolve, ValidatesWhatTheWordsSaid) {
  CommandText text{.operation = &kScale, .kind = "", .target = "web", .slots = {{"replicas", 4294967296}}};
  EXPECT_FALSE(resolve(text, kVisible));
  text.slots = {{"replicas", 5}};
  EXPECT_TRUE(resolve(text, kVisible));
  text.slots = {};
  EXPECT_FALSE(resolve(text, kVisible));
  text = {};
  EXPECT_FALSE(resolve(text, kVisible));
}

}  // namespace
}  // namespace api::operations
