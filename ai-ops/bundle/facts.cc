#include "ai-ops/bundle/facts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ai-ops/bundle/fields.h"
#include "foundation/json/view.h"
#include "foundation/redaction/document_fact.h"
#include "foundation/redaction/prune.h"
#include "foundation/redaction/typed_fact.h"

namespace ai_ops::bundle {
namespace {

namespace redaction = foundation::redaction;
using foundation::json::View;

constexpr std::array<std::string_view, 3> kProbes{"livenessProbe", "readinessProbe", "startupProbe"};
constexpr std::array<std::string_view, 2> kHooks{"postStart", "preStop"};
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

json::Object* object_at(json::Object& object, std::string_view name) {
  json::Value* there = object.if_contains(name);
  return there == nullptr ? nullptr : there->if_object();
}

json::Array* array_at(json::Object& object, std::string_view name) {
  json::Value* there = object.if_contains(name);
  return there == nullptr ? nullptr : there->if_array();
}

void words_to_facts(json::Object& object, std::string_view name) {
  json::Value* there = object.if_contains(name);
  if (there == nullptr || !there->is_array()) return;
  bool has_words = std::ranges::any_of(there->get_array(), [](const json::Value& word) { return word.is_string(); });
  if (has_words) *there = redaction::argument_facts(View(*there));
}

void action_to_facts(json::Object& holder, std::string_view name) {
  json::Object* action = object_at(holder, name);
  if (action == nullptr) return;
  if (json::Object* exec = object_at(*action, "exec")) words_to_facts(*exec, "command");
  json::Object* request = object_at(*action, "httpGet");
  if (request == nullptr) return;
  if (json::Value* path = request->if_contains("path"); path != nullptr && path->is_string())
    *path = json::Value(redaction::url_path(std::string(View(*path).text())));
  if (json::Array* headers = array_at(*request, "httpHeaders"))
    for (json::Value& header : *headers)
      if (auto* one = header.if_object()) one->erase("value");
}

void container_to_facts(json::Object& container) {
  if (json::Array* variables = array_at(container, "env"))
    for (json::Value& variable : *variables)
      if (!View(variable)["fact"]) variable = redaction::env_fact(View(variable));
  words_to_facts(container, "command");
  words_to_facts(container, "args");
  for (std::string_view probe : kProbes) action_to_facts(container, probe);
  if (json::Object* hooks = object_at(container, "lifecycle"))
    for (std::string_view hook : kHooks) action_to_facts(*hooks, hook);
}

// Wherever containers stand: in pods, in what runs them, in what an operator's own kind wraps around them.
void containers_to_facts(json::Value& value) {
  if (auto* array = value.if_array())
    for (json::Value& item : *array) containers_to_facts(item);
  auto* object = value.if_object();
  if (object == nullptr) return;
  for (auto& member : *object) {
    std::string_view key = member.key();
    bool is_list = std::ranges::find(kContainerLists, key, &ContainerList::spec) != kContainerLists.end();
    if (json::Array* containers = is_list ? member.value().if_array() : nullptr) {
      for (json::Value& container : *containers)
        if (auto* one = container.if_object()) container_to_facts(*one);
    } else {
      containers_to_facts(member.value());
    }
  }
}

void values_to_facts(json::Object& object, std::string_view name) {
  json::Object* values = object_at(object, name);
  if (values == nullptr) return;
  for (auto& member : *values)
    if (member.value().is_string()) member.value() = redaction::config_fact(member.key(), View(member.value()).text());
}

void values_to_names(json::Object& object, std::string_view name) {
  json::Object* values = object_at(object, name);
  if (values == nullptr) return;
  for (auto& member : *values) member.value() = nullptr;
}

void sizes_only(json::Object& object, std::string_view name) {
  json::Object* values = object_at(object, name);
  if (values == nullptr) return;
  for (auto& member : *values)
    if (member.value().is_string())
      member.value() = json::Object{{"type", "opaque"}, {"length", View(member.value()).text().size()}};
}

}  // namespace

void keep_facts_only(json::Object& object) {
  if (json::Object* metadata = object_at(object, "metadata")) {
    metadata->erase("managedFields");
    if (json::Object* annotations = object_at(*metadata, "annotations")) annotations->erase(kLastApplied);
  }
  std::string_view kind = object.contains("kind") ? View(object.at("kind")).text() : "";
  if (kind == "ConfigMap") {
    values_to_facts(object, "data");
    sizes_only(object, "binaryData");
  } else if (kind == "Secret") {
    for (std::string_view name : {"data", "stringData"}) values_to_names(object, name);
  } else {
    for (std::string_view name : {"spec", "template"})
      if (json::Value* there = object.if_contains(name)) containers_to_facts(*there);
  }
}

}  // namespace ai_ops::bundle
