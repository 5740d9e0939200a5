// What the API server says of itself: versions, groups, resources, and as much OpenAPI as kubectl asks for. Pure.
#pragma once
#include <string_view>

#include "demo-cluster/world/status.h"

namespace demo_cluster::world {

json::Value version_object();
json::Value api_versions();  // /api
json::Value api_groups();    // /apis
// /apis/{group} and /api/v1, /apis/{group}/{version}; null when it is not served.
json::Value api_group(std::string_view group);
json::Value api_resources(std::string_view group, std::string_view version);
// /openapi/v3: kubectl looks there whether the server checks fields itself before it applies a manifest.
json::Value openapi_index();
json::Value openapi_document(std::string_view group, std::string_view version);

}  // namespace demo_cluster::world
