// Several texts tell of one object, none of them all: what the better source leaves open, the next one fills in. Pure.
#pragma once
#include <map>
#include <tuple>
#include <vector>

#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

// How much a source is believed, the best first.
enum class Source { api, described, listed, manifest };

class Merger {
 public:
  void add(json::Object object, Source source);
  // One object each; Events are left as they are.
  std::vector<json::Object> take() &&;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name
  std::map<Key, std::multimap<Source, json::Object>> tellings_;
  std::vector<json::Object> events_;
};

// Members of `more` that `whole` lacks, at any depth; items of lists are the same where their "name" is.
void fill_in(json::Object& whole, const json::Object& more);

}  // namespace ai_ops::bundle
