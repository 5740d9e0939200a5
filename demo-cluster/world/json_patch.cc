// RFC 6902 over RFC 6901 pointers.
#include <fmt/format.h>

#include <charconv>

#include "demo-cluster/world/patch.h"
#include "foundation/json/view.h"

namespace demo_cluster::world {
namespace {

std::optional<std::vector<std::string>> parse_pointer(std::string_view pointer) {
  std::vector<std::string> steps;
  if (pointer.empty()) return steps;
  if (pointer[0] != '/') return std::nullopt;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    char c = pointer[i];
    if (c == '/') {
      steps.emplace_back();
    } else if (c != '~') {
      steps.back() += c;
    } else {
      if (++i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return std::nullopt;
      steps.back() += pointer[i] == '0' ? '~' : '/';
    }
  }
  return steps;
}

std::optional<std::size_t> index_in(const json::Array& array, std::string_view step, bool may_append) {
  if (step == "-" && may_append) return array.size();
  std::size_t index = 0;
  auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (step.empty() || error != std::errc() || end != step.data() + step.size()) return std::nullopt;
  if (step.size() > 1 && step[0] == '0') return std::nullopt;
  if (index > array.size() || (index == array.size() && !may_append)) return std::nullopt;
  return index;
}

json::Value* child_of(json::Value& value, std::string_view step) {
  if (value.is_object()) return value.as_object().if_contains(step);
  if (!value.is_array()) return nullptr;
  auto index = index_in(value.as_array(), step, false);
  return index ? &value.as_array()[*index] : nullptr;
}

json::Value* find_at(json::Value& root, std::span<const std::string> steps) {
  json::Value* at = &root;
  for (const auto& step : steps)
    if (at = child_of(*at, step); at == nullptr) return nullptr;
  return at;
}

bool add_at(json::Value& root, std::span<const std::string> steps, json::Value value) {
  if (steps.empty()) {
    root = std::move(value);
    return true;
  }
  json::Value* parent = find_at(root, steps.first(steps.size() - 1));
  if (parent == nullptr) return false;
  if (parent->is_object()) {
    parent->as_object()[steps.back()] = std::move(value);
    return true;
  }
  if (!parent->is_array()) return false;
  auto index = index_in(parent->as_array(), steps.back(), true);
  if (!index) return false;
  parent->as_array().insert(parent->as_array().begin() + std::ptrdiff_t(*index), std::move(value));
  return true;
}

bool remove_at(json::Value& root, std::span<const std::string> steps) {
  if (steps.empty() || find_at(root, steps) == nullptr) return false;
  json::Value& parent = *find_at(root, steps.first(steps.size() - 1));
  if (parent.is_object()) {
    parent.as_object().erase(steps.back());
  } else {
    auto index = index_in(parent.as_array(), steps.back(), false);
    parent.as_array().erase(parent.as_array().begin() + std::ptrdiff_t(*index));
  }
  return true;
}

struct Operation {
  std::string_view op;
  std::vector<std::string> path;
  std::vector<std::string> from;
  const json::Value* value = nullptr;
};

std::optional<Operation> read_operation(const json::Value& raw) {
  json::View view(raw);
  Operation out{.op = view["op"].text(), .path = {}, .from = {}, .value = view["value"].value()};
  auto path = parse_pointer(view["path"].text("?"));
  if (!path) return std::nullopt;
  out.path = std::move(*path);
  bool wants_value = out.op == "add" || out.op == "replace" || out.op == "test";
  if (wants_value) return out.value != nullptr ? std::optional(std::move(out)) : std::nullopt;
  if (out.op == "remove") return out;
  if (out.op != "move" && out.op != "copy") return std::nullopt;
  auto from = parse_pointer(view["from"].text("?"));
  if (!from) return std::nullopt;
  out.from = std::move(*from);
  return out;
}

bool perform(json::Value& target, const Operation& operation) {
  if (operation.op == "add") return add_at(target, operation.path, *operation.value);
  if (operation.op == "remove") return remove_at(target, operation.path);
  json::Value* at = find_at(target, operation.op == "move" || operation.op == "copy" ? operation.from : operation.path);
  if (at == nullptr) return false;
  if (operation.op == "test") return *at == *operation.value;
  if (operation.op == "replace") {
    *at = *operation.value;
    return true;
  }
  json::Value moved = *at;
  if (operation.op == "move" && !remove_at(target, operation.from)) return false;
  return add_at(target, operation.path, std::move(moved));
}

}  // namespace

Outcome<void> json_patch(json::Value& target, const json::Value& operations) {
  if (!operations.is_array()) return bad_request("a JSON patch is an array of operations");
  for (const auto& raw : operations.as_array()) {
    auto operation = read_operation(raw);
    if (!operation) return bad_request(fmt::format("not a JSON patch operation: {}", json::to_text(raw)));
    if (!perform(target, *operation))
      return refuse(422, "Invalid",
                    fmt::format("the server rejected our request due to an error in our request: {} of {} failed",
                                operation->op, json::View(raw)["path"].text()));
  }
  if (!target.is_object()) return bad_request("the patch does not leave an object");
  return {};
}

}  // namespace demo_cluster::world
