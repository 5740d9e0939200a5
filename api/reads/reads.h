// What the advisor may read of a workspace's cluster for a user: the one choke point outwards. The caller is fresh
// (from caller::load_caller in this very request); the objects are the cache's, which holds them pruned and redacted;
// here they are cut to the caller's permissions, project by project. What the caller may not see and what does not
// exist answer alike. Owner: main. Threads: the clusters' executor.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "api/caller/caller.h"
#include "api/cluster/cluster_set.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::reads {

namespace async = foundation::async;
namespace json = foundation::json;
using caller::Caller;
using cluster::SharedObject;
using foundation::Result;
using foundation::kubernetes::ObjectRef;

inline constexpr int kDefaultEvents = 50;
inline constexpr int kMaxEvents = 500;
inline constexpr int kDefaultTailLines = 50;
inline constexpr int kMaxTailLines = 500;
inline constexpr std::size_t kMaxNames = 10'000;

struct Visible {
  std::string version;
  std::vector<SharedObject> objects;
};

struct EventQuery {
  std::string project = {};  // empty: every project that the caller may see
  std::string kind = {};     // of the object that the event is about; empty: any
  std::string name = {};     // the same
  int limit = kDefaultEvents;
};

struct LogQuery {
  std::string project = {};
  std::string pod = {};
  std::string container = {};  // empty: the only one
  bool previous = false;
  int tail_lines = kDefaultTailLines;
};

struct Log {
  std::string container;
  std::vector<std::string> lines;  // oldest first
};

// Errors of all: not_found (the workspace has no cluster; no such thing, or not for the caller's eyes), denied (the
// caller sees the project, or the workspace, but may not read this of it), unavailable (the cluster has not been read
// yet).
class Reads {
 public:
  explicit Reads(cluster::ClusterSet& clusters) : clusters_(clusters) {}

  // Of what snapshot() would answer: the same version is the same answer. It covers workspace, user, bindings, ceiling,
  // projects and the cache's revision, so a copy that was handed out under it may be used again. Hexadecimal: for an
  // ETag put quotes around it.
  Result<std::string> version(const Caller& caller) const;
  Result<Visible> snapshot(const Caller& caller) const;
  Result<json::Value> object(const Caller& caller, const ObjectRef& ref) const;
  // The newest first, as the contract's Events has them. `limit` is 1 to kMaxEvents.
  Result<json::Array> events(const Caller& caller, const EventQuery& query) const;
  // From the cluster itself, redacted and cleaned. `tail_lines` is 1 to kMaxTailLines. Also deadline, rate_limited.
  async::Task<Log> logs(async::Context& ctx, const Caller& caller, LogQuery query) const;

  // The workloads that somebody with these bindings may see: what a command's target is looked up in. Empty while the
  // cluster has not been read.
  std::vector<ObjectRef> visible_refs(const tenancy::store::Workspace& workspace,
                                      const std::vector<tenancy::RoleBinding>& bindings,
                                      const tenancy::Ceiling& ceiling) const;
  // The objects, Events aside, of `what`'s kind and name that somebody with these bindings may see: in its namespace,
  // or where it has none in every project and outside of all.
  Result<std::vector<ObjectRef>> called(const tenancy::store::Workspace& workspace,
                                        const std::vector<tenancy::RoleBinding>& bindings,
                                        const tenancy::Ceiling& ceiling, const ObjectRef& what) const;
  // What somebody may want to name while typing: workloads, pods and services, by project, kind and name; the first
  // kMaxNames of them.
  Result<std::vector<ObjectRef>> names(const tenancy::store::Workspace& workspace,
                                       const std::vector<tenancy::RoleBinding>& bindings,
                                       const tenancy::Ceiling& ceiling) const;

 private:
  Result<cluster::Cluster*> warm_cluster(const tenancy::store::Workspace& workspace) const;

  cluster::ClusterSet& clusters_;
};

}  // namespace api::reads
