// labelSelector and fieldSelector of a request. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "demo-cluster/world/status.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {

// "app=web,tier!=db,env in (a,b),env notin (c),canary,!old"
class LabelSelector {
 public:
  static Outcome<LabelSelector> parse(std::string_view text);
  bool matches(json::View object) const;

 private:
  struct Requirement {
    std::string label;
    std::vector<std::string> values;  // empty: the label's mere presence
    bool negated = false;
  };
  std::vector<Requirement> requirements_;
};

// "metadata.name=web,involvedObject.uid!=x,spec.nodeName=node-1": any dotted path to a scalar; what is missing is "".
class FieldSelector {
 public:
  static Outcome<FieldSelector> parse(std::string_view text);
  bool matches(json::View object) const;

 private:
  struct Requirement {
    std::string path;
    std::string value;
    bool negated = false;
  };
  std::vector<Requirement> requirements_;
};

}  // namespace demo_cluster::world
