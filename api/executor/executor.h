// The only writer to a cluster. It takes nothing but an AuthorizedOperation, which only policy::decide makes, and
// writes with the resourceVersion that the decision was made on; it never forces. Threads: one executor.
#pragma once
#include <optional>
#include <string>

#include "api/cluster/cluster.h"
#include "api/policy/authorized_operation.h"
#include "foundation/async/context.h"
#include "foundation/async/task.h"

namespace api::executor {

namespace async = foundation::async;
namespace json = foundation::json;
using foundation::Milliseconds;

inline constexpr Milliseconds kVerifyTime{10'000};
inline constexpr Milliseconds kFirstLook{20};  // then doubled up to kLookEvery
inline constexpr Milliseconds kLookEvery{500};
inline constexpr Milliseconds kSettleTime{120'000};

// What recovery finds of a write whose answer was lost.
enum class Trace {
  applied,  // our field manager owns the fields, or the write has just succeeded
  absent,   // the object stands where it stood: nothing happened
  unknown,  // another writer came between: shown, never retried
};

std::string field_manager(const std::string& operation_id);  // "hks-<operation id>"

class Executor {
 public:
  Executor(cluster::ClusterReader& reader, cluster::ClusterWriter& writer) : reader_(reader), writer_(writer) {}

  // dryRun=All on the same path with the same resourceVersion.
  async::Task<void> dry_run(async::Context& ctx, const policy::AuthorizedOperation& operation, std::string operation_id,
                            std::string resource_version);
  // The write itself. Code::conflict: the object moved, nothing was written. Any other error but invalid and denied
  // leaves the outcome open: ask trace().
  async::Task<void> write(async::Context& ctx, const policy::AuthorizedOperation& operation, std::string operation_id,
                          std::string resource_version);
  // Re-reads until the object shows the change (within kVerifyTime); the object then.
  async::Task<json::Value> wait_applied(async::Context& ctx, const policy::AuthorizedOperation& operation);
  // Re-reads until the workload is as it should be (within kSettleTime).
  async::Task<json::Value> wait_settled(async::Context& ctx, const policy::AuthorizedOperation& operation);

 private:
  cluster::ClusterReader& reader_;
  cluster::ClusterWriter& writer_;
};

// The state of the object that the write was made on.
struct WrittenOn {
  std::string resource_version;
  std::int64_t generation = 0;  // moves with every change of a spec, and only then
};

// Pure: the same object, and every field that the plan read is as it was: the plan holds for it as it is now.
bool still_as_planned(const operations::Plan& plan, const foundation::kubernetes::ObjectView& live);

// Pure: what the live object says of our write.
Trace trace(const operations::Plan& plan, const std::string& operation_id, const WrittenOn& written_on,
            const foundation::kubernetes::ObjectView& live);

}  // namespace api::executor
