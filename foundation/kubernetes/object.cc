#include "foundation/kubernetes/object.h"

#include <algorithm>

#include "foundation/kubernetes/kinds.h"

namespace foundation::kubernetes {
namespace {

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

bool every_label_equal(json::View wanted, json::View labels) {
  return std::ranges::all_of(wanted.object(), [&](const auto& member) {
    json::View label = labels[view(member.key())];
    return member.value().is_string() && label && label.value()->is_string() &&
           label.text() == json::View(member.value()).text();
  });
}

bool is_one_of(std::string_view label, json::View values) {
  return std::ranges::any_of(
      values.array(), [&](const json::Value& value) { return value.is_string() && json::View(value).text() == label; });
}

// An operator that we do not know matches nothing.
bool expression_matches(json::View expression, json::View labels) {
  json::View label = labels[expression["key"].text()];
  std::string_view op = expression["operator"].text();
  if (op == "In") return label && is_one_of(label.text(), expression["values"]);
  if (op == "NotIn") return !label || !is_one_of(label.text(), expression["values"]);
  if (op == "Exists") return static_cast<bool>(label);
  if (op == "DoesNotExist") return !label;
  return false;
}

bool is_plain(json::View selector) {
  return !selector.object().empty() &&
         std::ranges::all_of(selector.object(), [](const auto& member) { return member.value().is_string(); });
}

bool is_label_selector(json::View selector) {
  return selector && selector.value()->is_object() && std::ranges::all_of(selector.object(), [](const auto& member) {
           if (member.key() == "matchLabels") return member.value().is_object() || member.value().is_null();
           return member.key() == "matchExpressions" && (member.value().is_array() || member.value().is_null());
         });
}

}  // namespace

ObjectRef ObjectView::ref() const {
  return {std::string(kind()), std::string(namespace_name()), std::string(name()), std::string(uid())};
}

std::optional<ObjectRef> ObjectView::controller() const {
  for (const json::Value& value : metadata()["ownerReferences"].array()) {
    json::View owner(value);
    if (!owner["controller"].boolean_or(false)) continue;
    const Kind* kind = find_kind(owner["kind"].text());
    bool is_cluster_scoped = kind && !kind->namespaced;  // a node owns its mirror pods
    return ObjectRef{std::string(owner["kind"].text()),
                     is_cluster_scoped ? std::string() : std::string(namespace_name()),
                     std::string(owner["name"].text()), std::string(owner["uid"].text())};
  }
  return std::nullopt;
}

json::View ObjectView::condition(std::string_view type) const {
  for (const json::Value& value : status()["conditions"].array()) {
    json::View condition(value);
    if (condition["type"].text() == type) return condition;
  }
  return {};
}

LabelMap labels_of(json::View labels) {
  LabelMap out;
  for (const auto& member : labels.object())
    if (member.value().is_string()) out.emplace(view(member.key()), json::View(member.value()).text());
  return out;
}

bool plain_selector_matches(json::View selector, json::View labels) {
  return is_plain(selector) && every_label_equal(selector, labels);
}

bool selector_matches(json::View label_selector, json::View labels) {
  if (is_plain(label_selector)) return plain_selector_matches(label_selector, labels);
  return is_label_selector(label_selector) && every_label_equal(label_selector["matchLabels"], labels) &&
         std::ranges::all_of(label_selector["matchExpressions"].array(),
                             [&](const json::Value& expression) { return expression_matches(expression, labels); });
}

}  // namespace foundation::kubernetes
