// What plans and guards look at beside the target.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/cluster/cluster.h"
#include "api/operations/operation.h"
#include "foundation/async/context.h"

namespace api::change {

namespace async = foundation::async;
namespace json = foundation::json;

using LooksAt = std::vector<std::string_view>;  // kinds of Surroundings

// All of the namespace or an error: what cannot be listed might speak against the change.
async::Task<operations::Surroundings> surroundings(async::Context& ctx, cluster::ClusterReader& reader,
                                                   std::string space, LooksAt kinds);

LooksAt of_plan(const operations::Operation& operation);
LooksAt of_guard(const operations::Operation& operation);
LooksAt of_both(const operations::Operation& operation);

}  // namespace api::change
