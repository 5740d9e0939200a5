// Whether NetworkPolicies let one pod reach another, as the API defines it: a pod that no policy limits in a direction
// lets everything through; one that some limit, only what a rule of any of them allows. What cannot be decided (an
// address range, a namespace whose labels are not seen) is allowed. Pure.
// Source: networking.k8s.io/v1, NetworkPolicySpec.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

enum class Way { ingress, egress };

struct Connection {
  std::optional<ObjectView> from, to;  // pods; none: not seen, any rule may mean it
  std::int64_t port = 0;               // of the pod that is connected to
  std::string_view protocol = "TCP";
};

// The policies that keep the connection from being made: all that limit its end in that direction, none of which has a
// rule for it. Empty: it is allowed. The end is `to` for ingress, `from` for egress.
std::vector<ObjectView> denied_by(const Cluster& cluster, Way way, const Connection& connection);

}  // namespace ai_ops::diagnosis
