#include "api/cluster/held_object.h"

#include "foundation/kubernetes/snapshot.h"

namespace api::cluster {
namespace json = foundation::json;

HeldObject::HeldObject(const json::Value& pruned)
    : ref_(foundation::kubernetes::ObjectView(json::View(pruned)).ref()),
      line_(foundation::kubernetes::object_line(pruned)) {
  line_.shrink_to_fit();
}

json::Value HeldObject::value() const { return json::parse_tolerant(line_).value(); }  // it is what we wrote

}  // namespace api::cluster
