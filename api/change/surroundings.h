// What guards look at beside the target.
#pragma once
#include <string>

#include "api/cluster/cluster.h"
#include "api/operations/operation.h"
#include "foundation/async/context.h"

namespace api::change {

namespace async = foundation::async;
namespace json = foundation::json;

// All of the namespace or an error: what cannot be listed might speak against the change.
async::Task<operations::Surroundings> surroundings(async::Context& ctx, cluster::ClusterReader& reader,
                                                   std::string space);

}  // namespace api::change
