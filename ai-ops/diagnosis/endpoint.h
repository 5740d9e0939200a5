// What a workload's configuration points to: endpoint facts of its pod template, and the Service that each means by
// the rules of cluster DNS.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

struct Endpoint {
  std::string name;  // of the variable; "argument 2"
  std::string container;
  std::string host;  // lower-cased, as written otherwise
  std::optional<std::int64_t> port;
  std::string path;             // of the fact in the workload: "spec.template.spec.containers[0].env[2].fact"
  std::string address() const;  // "postgres.shop:5433"
};

std::vector<Endpoint> endpoints_of(const Workload& workload);
bool is_serving_kind(std::string_view kind);  // of workloads: one whose pods run on and answer

enum class Meaning {
  service,           // of the cluster
  no_such_service,   // a name that only a Service could answer to, and none has it
  maybe_no_service,  // no Service has the name, but something else might: "db", "api.shop"
  unknown,           // not ours to say: another domain, an address, a namespace that we cannot see
};

struct Resolved {
  Meaning meaning = Meaning::unknown;
  std::string namespace_name;
  std::string name;
  std::optional<ObjectView> service;
};

Resolved resolve(const Cluster& cluster, const Workload& caller, std::string_view host);

// The Service listens on the port; true also when its ports do not bind (headless, external, none declared) unless the
// containers behind a headless one all declare other ports.
bool listens_on(const Cluster& cluster, const ObjectView& service, std::int64_t port);
std::string ports_text(const ObjectView& service);  // "5432", "80 and 443"

// It has running pods and an endpoint whose Service, of another workload, has no ready one or leads past its pods.
bool calls_something_not_ready(const Cluster& cluster, const Workload& workload);

}  // namespace ai_ops::diagnosis
