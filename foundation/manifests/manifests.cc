#include "foundation/manifests/manifests.h"

#include <yaml-cpp/yaml.h>

#include <charconv>

#include "foundation/json/view.h"

namespace foundation::manifests {
namespace {

constexpr int kDepth = 64;

json::Value plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true" || text == "false") return text == "true";
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, whole); error == std::errc() && at == end) return whole;
  double number = 0;
  bool like_a_number = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (auto [at, error] = std::from_chars(text.data(), end, number); like_a_number && error == std::errc() && at == end)
    return number;
  return json::Value(text);
}

// Reads one text; what its aliases repeat counts each time.
class Reading {
 public:
  explicit Reading(std::size_t max_nodes) : left_(max_nodes) {}

  Result<json::Value> value_of(const YAML::Node& node, int depth) {
    if (depth > kDepth) return fail(Code::invalid, "read manifests", "nested too deep");
    if (left_ == 0) return fail(Code::invalid, "read manifests", "too many values");
    --left_;
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return json::Value(nullptr);
      case YAML::NodeType::Scalar: return node.Tag() == "!" ? json::Value(node.Scalar()) : plain_scalar(node.Scalar());
      case YAML::NodeType::Sequence: return array_of(node, depth);
      case YAML::NodeType::Map: break;
    }
    json::Object out;
    for (const auto& member : node) {
      auto value = value_of(member.second, depth + 1);
      if (!value) return value;
      out[member.first.Scalar()] = std::move(*value);
    }
    return json::Value(std::move(out));
  }

 private:
  Result<json::Value> array_of(const YAML::Node& node, int depth) {
    json::Array out;
    for (const auto& item : node) {
      auto value = value_of(item, depth + 1);
      if (!value) return value;
      out.push_back(std::move(*value));
    }
    return json::Value(std::move(out));
  }

  std::size_t left_;
};

void unfold(json::Value document, std::vector<json::Value>& into) {
  if (document.is_null()) return;
  if (json::View(document)["kind"].text() != "List") {
    into.push_back(std::move(document));
    return;
  }
  for (const auto& item : json::View(document)["items"].array()) into.push_back(item);
}

}  // namespace

Result<std::vector<json::Value>> parse_manifests(std::string_view yaml, std::size_t max_nodes) {
  std::vector<json::Value> out;
  Reading reading(max_nodes);
  try {
    for (const auto& document : YAML::LoadAll(std::string(yaml))) {
      auto value = reading.value_of(document, 0);
      if (!value) return std::unexpected(value.error());
      unfold(std::move(*value), out);
    }
  } catch (const YAML::Exception& e) {
    return fail(Code::invalid, "read manifests", e.what());
  }
  return out;
}

}  // namespace foundation::manifests
