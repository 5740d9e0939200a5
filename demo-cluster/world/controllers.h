// The controllers: each brings what it owns one step nearer to what is wanted. They meet only in the store, as the real
// ones do; World runs them until nothing changes any more. No state of their own.
#pragma once
#include "demo-cluster/world/step.h"

namespace demo_cluster::world {

void step_deployments(Step& step);    // Deployment -> ReplicaSets: rollouts, status, conditions
void step_replica_sets(Step& step);   // ReplicaSet -> Pods
void step_stateful_sets(Step& step);  // StatefulSet -> Pods in order, claims
void step_daemon_sets(Step& step);    // DaemonSet -> one Pod a node
void step_autoscalers(Step& step);    // keeps a target between its bounds
void step_budgets(Step& step);        // PodDisruptionBudgets: how many pods may go
void step_quotas(Step& step);         // ResourceQuotas: what is used
void step_volumes(Step& step);        // binds claims
void step_scheduler(Step& step);      // Pod -> node
void step_endpoints(Step& step);      // Service + ready Pods -> Endpoints, EndpointSlice
void step_garbage(Step& step);        // objects whose owners or namespaces are gone

}  // namespace demo_cluster::world
