// What the advisor can ask of the control plane, always with the user's own Internal JWT: the internal API of
// contracts/internal.openapi.yaml. Read methods and the operation request are two interfaces, so that tools cannot name
// the second. Threads: one executor.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/base/secret.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::control_plane {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::Secret;

// Who asks, for one turn: the token as received, and what it is good for.
struct Caller {
  Secret token;
  std::string user;
  std::string workspace;
  std::string turn;
};

struct LogQuery {
  std::string project;
  std::string pod;
  std::string container;  // empty: the only one
  bool previous = false;
  int tail_lines = 50;
};

struct EventQuery {
  std::string project;  // empty: all visible
  std::string kind;     // of the object; empty: any
  std::string name;
  int limit = 50;
};

class Reads {
 public:
  virtual ~Reads() = default;
  // May be answered from a copy that the control plane has just revalidated (304).
  virtual async::Task<std::shared_ptr<const foundation::kubernetes::Snapshot>> snapshot(async::Context& ctx,
                                                                                        const Caller& caller) = 0;
  virtual async::Task<json::Value> object(async::Context& ctx, const Caller& caller, std::string kind,
                                          std::string project, std::string name) = 0;
  virtual async::Task<json::Value> events(async::Context& ctx, const Caller& caller, EventQuery query) = 0;
  virtual async::Task<std::vector<std::string>> logs(async::Context& ctx, const Caller& caller, LogQuery query) = 0;
};

struct OperationReply {
  int status = 0;    // 200, 202 or a problem's
  json::Value body;  // the 200/202 object or the problem
};

class Operations {
 public:
  virtual ~Operations() = default;
  // An Error only when no answer came. The same call_id again gives the stored answer.
  virtual async::Task<OperationReply> request(async::Context& ctx, const Caller& caller, std::string operation,
                                              std::string call_id, json::Object arguments) = 0;
};

}  // namespace ai_ops::control_plane
