// What `systemctl status` says of a node's services -> NodeService objects (ai-ops/diagnosis/observed.h). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

inline constexpr std::size_t kMaxJournalLines = 50;  // of a service, the last ones

// "● kubelet.service - Kubernetes Kubelet", also after "Status: ".
bool begins_node_service(std::string_view line);

struct NodeServices {
  std::vector<json::Object> objects;
  std::size_t unplaced = 0;  // services of no node that can be told
};

// The node is that of a line "Node: x" before a service, else the host of its journal's lines, else `node`.
// `now`: when the text was taken; "2h 3min ago" counts from it.
NodeServices read_node_services(std::string_view text, std::string_view node, std::optional<foundation::WallTime> now);

}  // namespace ai_ops::bundle
