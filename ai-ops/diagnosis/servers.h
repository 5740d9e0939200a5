// Which workload is the server that a log speaks of, where no configuration tells. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// The workloads of the caller's namespace that run such a server ("mysql"), the caller aside.
std::vector<const Workload*> servers_of(const Cluster& cluster, const Workload& caller, std::string_view kind);

// The one of them that the caller may mean: left out are those that only others are configured to call, and those that
// are named after another workload ("wiki-mysql" beside "wiki"). Null when none or more than one remains.
const Workload* server_of(const Cluster& cluster, const Workload& caller, std::string_view kind);

// It runs such a server itself.
bool is_server(const Workload& workload, std::string_view kind);

}  // namespace ai_ops::diagnosis
