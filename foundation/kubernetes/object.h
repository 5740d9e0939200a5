// Reading views over a Kubernetes object as JSON.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/json/view.h"

namespace foundation::kubernetes {

// Names one object. uid empty: whichever object has the name now.
struct ObjectRef {
  std::string kind;
  std::string namespace_name;
  std::string name;
  std::string uid;
  friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
  std::string text() const { return kind + "/" + name; }  // "Deployment/web"
};

class ObjectView {
 public:
  explicit ObjectView(json::View root) : root_(root) {}
  std::string_view kind() const { return root_["kind"].text(); }
  std::string_view name() const { return root_["metadata"]["name"].text(); }
  std::string_view namespace_name() const { return root_["metadata"]["namespace"].text(); }
  std::string_view uid() const { return root_["metadata"]["uid"].text(); }
  std::string_view resource_version() const { return root_["metadata"]["resourceVersion"].text(); }
  std::int64_t generation() const { return root_["metadata"]["generation"].integer_or(0); }
  json::View spec() const { return root_["spec"]; }
  json::View status() const { return root_["status"]; }
  json::View metadata() const { return root_["metadata"]; }
  json::View root() const { return root_; }
  ObjectRef ref() const;
  // The controlling owner (controller: true), if any.
  std::optional<ObjectRef> controller() const;
  // The condition of that type; empty view when there is none.
  json::View condition(std::string_view type) const;

 private:
  json::View root_;
};

using LabelMap = std::map<std::string, std::string, std::less<>>;
LabelMap labels_of(json::View labels);
// metav1.LabelSelector (matchLabels and matchExpressions) or a plain map of labels (as a Service has). As in
// Kubernetes an empty LabelSelector matches everything and an absent one nothing; a malformed one matches nothing.
bool selector_matches(json::View label_selector, json::View labels);
bool plain_selector_matches(json::View selector, json::View labels);  // an empty selector matches nothing

}  // namespace foundation::kubernetes
