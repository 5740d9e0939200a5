// What the handlers work with. Everything is owned by main and outlives the servers.
#pragma once
#include <string>

#include "api/app/client_address.h"
#include "api/app/cluster_opener.h"
#include "api/app/rate_limit.h"
#include "api/change/change.h"
#include "api/cluster/cluster_set.h"
#include "api/identity/login.h"
#include "api/reads/reads.h"
#include "api/turns/forward.h"
#include "api/turns/key_ring.h"
#include "foundation/database/database.h"
#include "foundation/redaction/patterns.h"
#include "foundation/telemetry/metrics.h"

namespace api::app {

namespace async = foundation::async;
namespace http = foundation::http;
namespace json = foundation::json;

struct Services {
  const foundation::Clock& clock;
  foundation::telemetry::Metrics& metrics;
  foundation::database::Database& database;
  cluster::ClusterSet& clusters;
  ClusterOpener& cluster_opener;
  identity::Authenticator& authenticator;
  turns::KeyRing& keys;
  turns::Forwarder& forwarder;
  reads::Reads& reads;
  change::Change& change;
  const TrustedProxies& trusted_proxies;
  RateLimit& chat_limit;      // by user
  RateLimit& read_limit;      // by user: turns that only read
  RateLimit& change_limit;    // by user: decisions on proposals and undos, each of which is audited
  RateLimit& callback_limit;  // by turn: what one advisor may ask in one turn
  RateLimit& cluster_limit;   // by organization: clusters opened anew
  http::Client& advisor;
};

}  // namespace api::app
