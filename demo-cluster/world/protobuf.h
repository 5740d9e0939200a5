// The protobuf form in which kubectl's typed commands send objects (create, auth can-i, drain). Read only: what the
// server answers is JSON, which those clients accept. Pure.
#pragma once
#include <string_view>

#include "demo-cluster/world/status.h"

namespace demo_cluster::world {

inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

// The object in a body of that type: "k8s\0" and a runtime.Unknown around the message. 415 for a kind or a field that
// the tables of protobuf_messages.h do not name (no value is dropped in silence), 400 for what is no such message.
Outcome<json::Value> from_protobuf(std::string_view body);

}  // namespace demo_cluster::world
