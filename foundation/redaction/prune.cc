#include "foundation/redaction/prune.h"

#include <string>
#include <string_view>

#include "foundation/json/view.h"
#include "foundation/redaction/allow_list.h"
#include "foundation/redaction/document_fact.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/typed_fact.h"

namespace foundation::redaction {
namespace {

class Pruner {
 public:
  explicit Pruner(Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}

  // What of `value` may pass as that field; null when nothing may.
  json::Value pass(const AllowedField& field, const json::Value& value) {
    switch (field.pass) {
      case Pass::inside: return inside(field, value);
      case Pass::redacted: return redacted(value);
      case Pass::url_path: return json::Value(text(url_path(json::View(value).text())));
      case Pass::env: return env(value);
      case Pass::arguments: return argument_facts(value);
      case Pass::facts: return facts(value);
      case Pass::sizes: return sizes(value);
    }
    return nullptr;
  }

 private:
  json::Value inside(const AllowedField& field, const json::Value& value) {
    if (value.is_array()) {
      json::Array out;
      for (const json::Value& item : value.get_array())
        if (item.is_object()) out.push_back(inside(field, item));
      return out;
    }
    if (!value.is_object()) return nullptr;
    json::Object out;
    for (const auto& member : value.get_object()) {
      auto allowed = field.below.find(std::string_view(member.key()));
      if (allowed == field.below.end()) continue;
      json::Value passed = pass(allowed->second, member.value());
      if (!passed.is_null()) out.emplace(member.key(), std::move(passed));
    }
    return out;
  }

  json::Value redacted(const json::Value& value) {
    if (value.is_string()) return json::Value(text(json::View(value).text()));
    if (value.is_array()) {
      json::Array out;
      for (const json::Value& item : value.get_array()) out.push_back(redacted(item));
      return out;
    }
    if (value.is_object()) {
      json::Object out;
      for (const auto& member : value.get_object()) out.emplace(text(member.key()), redacted(member.value()));
      return out;
    }
    return value;
  }

  static json::Value env(const json::Value& value) {
    json::Array out;
    for (const json::Value& variable : json::View(value).array()) out.push_back(env_fact(variable));
    return out;
  }

  json::Value facts(const json::Value& value) {
    json::Object out;
    for (const auto& member : json::View(value).object())
      out.emplace(text(member.key()), config_fact(member.key(), json::View(member.value()).text()));
    return out;
  }

  json::Value sizes(const json::Value& value) {
    json::Object out;
    for (const auto& member : json::View(value).object()) {
      json::Object size{{"type", "opaque"}, {"length", json::View(member.value()).text().size()}};
      out.emplace(text(member.key()), std::move(size));
    }
    return out;
  }

  std::string text(std::string_view raw) { return redact_text(raw, pseudonyms_).str(); }

  Pseudonyms& pseudonyms_;
};

}  // namespace

std::optional<json::Value> prune(const json::Value& raw, Pseudonyms& pseudonyms) {
  json::View object(raw);
  const AllowedField* allowed = allow_list(object["kind"].text());
  if (allowed == nullptr || object["metadata"]["name"].text().empty()) return std::nullopt;
  return Pruner(pseudonyms).pass(*allowed, raw);
}

std::string_view url_path(std::string_view path) { return path.substr(0, path.find_first_of("?#")); }

std::optional<json::Value> prune(const json::Value& raw) {
  Pseudonyms pseudonyms;
  return prune(raw, pseudonyms);
}

}  // namespace foundation::redaction
