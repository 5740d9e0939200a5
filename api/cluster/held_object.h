// An object of a cluster as the cache holds it: pruned, as the line that stands for it in a snapshot (a quarter of what
// the parsed value takes), and what readers look it up by. Immutable: readers share it while the cache moves on.
#pragma once
#include <memory>
#include <string>

#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::cluster {

class HeldObject {
 public:
  explicit HeldObject(const foundation::json::Value& pruned);
  const foundation::kubernetes::ObjectRef& ref() const { return ref_; }
  const std::string& line() const { return line_; }  // with its line feed
  foundation::json::Value value() const;             // read anew each time

 private:
  foundation::kubernetes::ObjectRef ref_;
  std::string line_;
};
using SharedObject = std::shared_ptr<const HeldObject>;

}  // namespace api::cluster
