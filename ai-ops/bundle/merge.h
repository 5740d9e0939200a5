// Several texts tell of one object, none of them all: what the better source leaves open, the next one fills in. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

inline constexpr std::size_t kMaxTellings = 16;  // of one object by one source; the same told again adds nothing

// How much a source is believed, the best first.
enum class Source { api, described, listed, manifest };

class Merger {
 public:
  // What has no kind or no name is left out.
  void add(json::Object object, Source source);
  // One object each. A manifest alone does not make an object of a kind of which another source tells: it has not been
  // applied, was refused, or is gone; of some kinds it stays a Manifest (observed.h). An event that several sources
  // tell is that of the best.
  std::vector<json::Object> take() &&;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name
  using EventKey = std::array<std::string, 5>;                    // of what, and what it says of it
  struct Told {
    Source source;
    std::vector<json::Object> events;  // of that source: more than one of the API's
  };
  void add_event(json::Object event, Source source);

  std::map<Key, std::multimap<Source, json::Object>> tellings_;
  std::map<EventKey, Told> events_;
  std::set<std::string, std::less<>> live_kinds_;  // of which another source than manifests tells
};

// Members of `more` that `whole` lacks, at any depth; items of lists are the same where their "name" is, of several
// with one name the first. Linear.
void fill_in(json::Object& whole, const json::Object& more);

}  // namespace ai_ops::bundle
