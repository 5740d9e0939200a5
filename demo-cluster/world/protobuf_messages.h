// The messages of Kubernetes 1.34 that kubectl's typed commands send, as in the `protobuf` tags of k8s.io/api. Data.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace demo_cluster::world {

struct MessageField {
  std::string_view name;  // in JSON; "*": its members stand among those of the message around it
  std::string_view type;  // string, bytes, int, bool, quantity, time, intstr, raw, or the name of a message
  bool repeated = false;
  bool map = false;       // of strings to `type`
  bool optional = false;  // present even when it is zero; every other zero is the absence of a value
};

bool is_message(std::string_view name);
std::optional<MessageField> field_of(std::string_view message, std::uint64_t number);

}  // namespace demo_cluster::world
