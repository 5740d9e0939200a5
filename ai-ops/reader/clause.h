// The forms of speech that ask for an operation, as a table, and how one clause is matched against them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ai_ops::reader {

enum class Change { to, by_more, by_less, times, divided, restart, rollback, resources, unsaid };

// A target as the words say it.
struct TargetWords {
  std::string name;  // "web", "shop/web", "deployment/web"; empty: none was said ("it", "everything")
  std::string kind;
  std::string project;
};

struct Clause {
  Change change = Change::unsaid;
  std::vector<TargetWords> targets;
  std::optional<std::int64_t> count;
  std::string_view slot{};  // of Change::resources: "cpu_request"
  std::string quantity{};   // and what it is to be: "500m"
  int direction = 0;        // "up": +1, "down": -1
  bool continues = false;   // "and cart to 2": only after another Change::to
};

// What is asked for, without the courtesies around it: "could you please", "for me".
struct Asked {
  std::span<const std::string> words;
  bool is_request = false;  // they make a question a request: "could you restart web?"
};
Asked asked_in(std::span<const std::string> words);
std::span<const std::string> without_courtesies(std::span<const std::string> words);
// A word of a message as the quantity that is meant for "cpu_request", "memory_limit", ...: "500m"; "512mb" -> "512M".
std::optional<std::string> quantity_of(std::string_view slot, std::string_view word);
// The whole of the words, or nothing.
std::optional<Clause> clause_of(std::span<const std::string> words);

}  // namespace ai_ops::reader
