// What this room works with, borrowed from main.
#pragma once
#include "api/cluster/cluster_set.h"
#include "api/turns/open_turns.h"
#include "foundation/async/context.h"
#include "foundation/database/database.h"

namespace api::change {

namespace async = foundation::async;
using foundation::Milliseconds;

struct Parts {
  foundation::database::Database& database;
  cluster::ClusterSet& clusters;
  turns::OpenTurns& open_turns;
  foundation::telemetry::Log log;
  Milliseconds may_still_arrive{60'000};  // how long the API server may sit on a request whose answer was lost
};

}  // namespace api::change
