// Documents of the API's own form -> objects with their kinds; those of a list get the kind of the list. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "ai-ops/bundle/documents.h"
#include "ai-ops/bundle/merge.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

inline constexpr std::size_t kMaxYamlBytes = 2 << 20;  // of one object; etcd holds 1.5 MiB, reading takes 240 times it
inline constexpr std::size_t kMaxYamlNodes = 500'000;  // of one object, its aliases expanded

struct ApiObject {
  json::Object object;
  Source source = Source::api;
};

struct ApiObjects {
  std::vector<ApiObject> objects;  // each with a kind and a name
  std::size_t foreign = 0;         // objects that are none of the API's: JSON lines of a log, a chart's values
  std::size_t broken = 0;          // texts that do not read
  std::string why = {};            // of the first that did not
};

void read_json(const Document& document, ApiObjects& out);
// What has neither uid, status nor creationTimestamp is what somebody applied, not what is.
void read_yaml(const Document& document, ApiObjects& out);

}  // namespace ai_ops::bundle
