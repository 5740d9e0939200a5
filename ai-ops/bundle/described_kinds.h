// How each kind's description fills its object: kind and metadata are there already. Pods and what runs them are in
// described_pods.h.
#pragma once
#include <string_view>

#include "ai-ops/bundle/described.h"
#include "ai-ops/bundle/described_pods.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

// described_workloads.cc
void put_workload(json::Object& object, const Entry& described);
void put_autoscaler(json::Object& object, const Entry& described);
void put_disruption_budget(json::Object& object, const Entry& described);
// described_network.cc
void put_service(json::Object& object, const Entry& described);
void put_endpoints(json::Object& object, const Entry& described);
void put_endpoint_slice(json::Object& object, const Entry& described);
void put_ingress(json::Object& object, const Entry& described);
void put_ingress_class(json::Object& object, const Entry& described);
void put_network_policy(json::Object& object, const Entry& described);
// described_cluster.cc
void put_node(json::Object& object, const Entry& described);
void put_namespace(json::Object& object, const Entry& described);
void put_quota(json::Object& object, const Entry& described);
void put_limit_range(json::Object& object, const Entry& described);
void put_claim(json::Object& object, const Entry& described);
void put_volume(json::Object& object, const Entry& described);
void put_storage_class(json::Object& object, const Entry& described);
void put_service_account(json::Object& object, const Entry& described);
void put_role_binding(json::Object& object, const Entry& described);
void put_secret(json::Object& object, const Entry& described);
// described_config.cc
void put_config_map(json::Object& object, std::string_view text);  // values stand as they are, at the margin

}  // namespace ai_ops::bundle
