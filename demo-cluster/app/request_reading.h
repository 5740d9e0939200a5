// Reading a Kubernetes API request: query, headers, body; and writing the two forms of its answer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "demo-cluster/app/api_path.h"
#include "demo-cluster/world/collections.h"
#include "demo-cluster/world/patch.h"
#include "demo-cluster/world/registry.h"
#include "foundation/http/message.h"
#include "foundation/http/server.h"

namespace demo_cluster::app {

namespace json = foundation::json;

std::string query(const foundation::http::Exchange& exchange, std::string_view name);  // "" when it has none
bool is_set(const foundation::http::Exchange& exchange, std::string_view name);        // "true" or "1"
// Nothing when it is missing; 400 when it is no number from 0 on.
world::Outcome<std::optional<std::int64_t>> number(const foundation::http::Exchange& exchange, std::string_view name);

// Who writes: fieldManager, or as the real server takes it from User-Agent.
world::Outcome<world::WriteOptions> write_options(const foundation::http::Exchange& exchange, foundation::WallTime now);
world::Outcome<world::Scope> scope_of(const foundation::http::Exchange& exchange, const ApiPath& path);
world::Outcome<foundation::json::Value> body_of(const foundation::http::Exchange& exchange);  // JSON or YAML
world::Outcome<world::PatchKind> patch_kind(const foundation::http::Exchange& exchange);      // 415 when unknown
world::Outcome<world::DeleteOptions> delete_options(const foundation::http::Exchange& exchange);

world::Outcome<world::DeleteOptions> read_delete_options(json::View body, world::DeleteOptions defaults);

bool accepts_json(const foundation::http::Exchange& exchange);  // all that this server writes
bool wants_table(const foundation::http::Exchange& exchange);
foundation::http::Reply status_reply(const world::Refusal& refusal);

}  // namespace demo_cluster::app
