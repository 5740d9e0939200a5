// A text of JSON or YAML documents cut into the objects that it holds, without reading them: a list of thousands is
// read one by one, and what a cut or a flaw damages is the objects it stands in and no others. Pure; linear.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace ai_ops::bundle {

struct Document {
  std::string_view kind = {};                  // what the document says itself: "Pod", "PodList", "List"
  std::vector<std::string_view> objects = {};  // of a list its items, else the document
  bool is_list = false;
  bool is_whole = true;  // false: the text ends within it; `objects` are those before
  std::size_t size = 0;  // how much of the text it takes
};

// One document, at the beginning of the text: `{...}`, or an array of objects.
Document cut_json(std::string_view text);

// All of them. A document that does not begin its lines at the margin as kubectl does is one object.
std::vector<Document> cut_yaml(std::string_view text);

}  // namespace ai_ops::bundle
