// The write of one durable intent, to its end: sent with the resourceVersion of the intent, and when its answer is
// lost, looked for on the live object rather than sent again blindly. Ends in what the audit will say.
#pragma once
#include <string>

#include "api/change/operation_store.h"
#include "api/cluster/cluster_set.h"
#include "api/executor/executor.h"
#include "api/policy/authorized_operation.h"
#include "foundation/async/context.h"
#include "foundation/database/database.h"

namespace api::change {

namespace async = foundation::async;

struct Ending {
  std::string state;             // executed, failed or unknown
  foundation::Error error;       // unless executed
  std::string resource_version;  // after an executed write, as seen
};

// Pure: what to do after a try, given whether an earlier try of this intent may have arrived.
enum class Next {
  done,     // it is written
  refused,  // the cluster said no, and nothing of ours is there
  moved,    // another writer came first, and nothing of ours is there
  look,     // the live object must tell
};
Next after_try(const foundation::Result<void>& written, bool may_have_arrived);

inline constexpr int kMaxMoves = 10;  // times that another writer may come first before we give up
inline constexpr foundation::Milliseconds kRetryFirst{100};
inline constexpr foundation::Milliseconds kRetryLast{5'000};

struct WriteOptions {
  bool recovering = false;                            // an earlier process may have sent the write
  foundation::Milliseconds may_still_arrive{60'000};  // how long the API server may sit on a request
};

// Runs until the outcome is known; without an API server that is for as long as the process lives.
async::Task<Ending> perform_write(async::Context& ctx, foundation::database::Database& database,
                                  cluster::Cluster& cluster, OperationRow& row,
                                  const policy::AuthorizedOperation& authorized, WriteOptions options);

}  // namespace api::change
