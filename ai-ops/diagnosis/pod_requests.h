// What a pod asks of its node, added up as the scheduler does it: all that run together, or what starting takes if that
// is more; and the runtime's own. Pure. Source: kubernetes/component-helpers/resource (PodRequests).
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "foundation/json/view.h"
#include "foundation/kubernetes/object.h"

namespace ai_ops::diagnosis {

struct Asked {
  std::int64_t milli = 0;
  std::vector<std::string> paths;  // of the requests that add up to it
};
using PodRequests = std::map<std::string, Asked>;  // by resource

PodRequests requests_of(const foundation::kubernetes::ObjectView& pod);

// In milli units; 0 of what is no quantity.
std::int64_t quantity_of(foundation::json::View value);

}  // namespace ai_ops::diagnosis
