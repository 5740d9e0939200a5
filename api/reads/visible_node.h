// What everybody of a workspace may know of a Node, which other tenants use too: that it is there, what it offers and
// whether it is well. No labels, taints, addresses or images, which may speak of those others. Pure.
#pragma once
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::reads {

foundation::json::Value visible_node(const foundation::kubernetes::ObjectView& node);

}  // namespace api::reads
