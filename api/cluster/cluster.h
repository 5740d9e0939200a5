// One cluster as the control plane sees it, in two interfaces: what reads, and what writes. Only api/executor is handed
// the second. Both speak to the Kubernetes API with the control plane's own credential. Owner: the ClusterSet. Threads:
// one executor.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/cluster/log_tail.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/json/value.h"
#include "foundation/kubernetes/object.h"

namespace api::cluster {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::kubernetes::ObjectRef;

struct LogQuery {
  std::string namespace_name;
  std::string pod;
  std::string container;  // empty: the only one
  bool previous = false;
  int tail_lines = 50;
};
inline constexpr int kMaxTailLines = 610;  // what a reader may have, and what api/reads looks at above it

// Errors: not_found, conflict, rate_limited (429), unavailable (no connection, 5xx), invalid (422 and 400: the API's
// own message is the cause), deadline. A writer's also denied: the cluster refuses the change (admission, a quota, our
// service account). A reader's never: what the cluster does not let us read is unavailable, since nothing is said of
// what the user may.
class ClusterReader {
 public:
  virtual ~ClusterReader() = default;
  // The object as it is now, from the API server itself, raw: for deciding and verifying, never for the advisor.
  virtual async::Task<json::Value> get(async::Context& ctx, ObjectRef ref) = 0;
  // All of a kind in a namespace, now.
  virtual async::Task<std::vector<json::Value>> list(async::Context& ctx, std::string kind,
                                                     std::string namespace_name) = 0;
  // Its last kMaxLogBytes. Code::too_large: its end is too far from the first of the lines asked for.
  virtual async::Task<LogTail> logs(async::Context& ctx, LogQuery query) = 0;
};

// Server-side apply is the rule, since a plain patch through /scale leaves no owner where nobody owned spec.replicas
// before, as after a scaling to 0. It takes nothing away that another has put there: where something must go, the
// strategic merge patch. Its writer owns what the write made otherwise than it was.
enum class PatchForm { apply, strategic };

struct PatchRequest {
  ObjectRef target;
  std::string subresource;  // "scale"
  json::Object fields;      // what is to be so; others' ownership of them ends
  PatchForm form = PatchForm::apply;
  std::string resource_version;  // the one just read: 409 when the object has moved
  std::string field_manager;     // "hks-<operation id>"; owns the fields in metadata.managedFields afterwards
  bool dry_run = false;
};

class ClusterWriter {
 public:
  virtual ~ClusterWriter() = default;
  // The answer of the API server (for /scale a Scale object).
  virtual async::Task<json::Value> patch(async::Context& ctx, PatchRequest request) = 0;
};

}  // namespace api::cluster
