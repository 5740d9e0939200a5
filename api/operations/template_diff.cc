#include "api/operations/template_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "api/operations/container_resources.h"
#include "foundation/base/unicode.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/typed_fact.h"

namespace api::operations {
namespace {

namespace redaction = foundation::redaction;

constexpr std::size_t kMaxTextBytes = 200;
constexpr std::string_view kNothing = "none";

bool same(json::View a, json::View b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  return *a.value() == *b.value();
}

json::View named(json::View list, std::string_view name) {
  for (const json::Value& one : list.array())
    if (json::View(one)["name"].text() == name) return {one};
  return {};
}

// The names of both lists in their order, each once.
std::vector<std::string> names_of(json::View from, json::View to) {
  std::vector<std::string> out;
  for (json::View list : {to, from})
    for (const json::Value& one : list.array()) {
      std::string name(json::View(one)["name"].text());
      if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
    }
  return out;
}

// One environment variable or reference in words: "postgres:5432", "production", "Secret key db password".
std::string endpoint_words(json::View fact) {
  std::string out(fact["host"].text());
  if (auto port = fact["port"].integer()) out += fmt::format(":{}", *port);
  return out;
}

std::string fact_words(json::View fact) {
  std::string_view type = fact["type"].text();
  if (type == "endpoint") return endpoint_words(fact);
  if (type == "endpoints") {
    std::string out;
    for (const json::Value& item : fact["items"].array()) out += (out.empty() ? "" : ",") + endpoint_words(item);
    return out;
  }
  if (type == "reference") {
    std::string from(fact["kind"].text());
    for (std::string_view field : {"name", "key", "fieldPath", "containerName", "resource"})
      if (!fact[field].text().empty()) from += fmt::format(" {}", fact[field].text());
    return from;
  }
  if (type == "opaque") return fmt::format("{} bytes, not shown", fact["length"].integer_or(0));
  json::View value = fact["value"];
  return value.value() != nullptr && !value.value()->is_string() ? json::to_text(*value.value())
                                                                 : std::string(value.text());
}

class Differences {
 public:
  Differences(json::View from, json::View to) : from_(from), to_(to) {}

  std::string run() && {
    json::View from = from_["spec"], to = to_["spec"];
    for (std::string_view list : {"containers", "initContainers"}) containers(from[list], to[list]);
    otherwise("", from, to, {"containers", "initContainers"});
    for (std::string_view map : {"labels", "annotations"}) keys(map, from_["metadata"][map], to_["metadata"][map]);
    return std::move(out_);
  }

 private:
  // From outside: an image's name, a label's key.
  std::string shown(std::string_view text) {
    std::string out = redaction::redact_text(text.substr(0, kMaxTextBytes), pseudonyms_).str();
    std::ranges::replace(out, '\n', ' ');
    return out;
  }

  void line(std::string_view mark, std::string_view text) {
    if (++lines_ < kMaxDiffLines) out_ += fmt::format("{} {}\n", mark, text);
    if (lines_ == kMaxDiffLines) out_ += "  and more that is not listed\n";
  }

  void changed(std::string_view what, std::string_view was, std::string_view will) {
    line("-", fmt::format("{}: {}", what, was));
    line("+", fmt::format("{}: {}{}", what, will, was == will ? ", another value" : ""));
  }

  void containers(json::View from, json::View to) {
    bool is_one = from.array().size() == 1 && to.array().size() == 1;
    for (const std::string& name : names_of(from, to)) {
      json::View was = named(from, name), will = named(to, name);
      std::string said = shown(name);
      if (!was || !will) {
        line(was ? "-" : "+", fmt::format("container {}: {}", said, shown((was ? was : will)["image"].text())));
        continue;
      }
      container(is_one ? "" : said + " ", was, will);
    }
  }

  void container(const std::string& prefix, json::View was, json::View will) {
    if (!same(was["image"], will["image"]))
      changed(prefix + "image", shown(was["image"].text()), shown(will["image"].text()));
    for (const ResourceSlot& slot : kResourceSlots)
      if (auto before = quantity_of(was, slot), after = quantity_of(will, slot); before != after)
        changed(fmt::format("{}{}", prefix, slot.words), shown(before), shown(after));
    for (const std::string& name : names_of(was["env"], will["env"]))
      variable(prefix, named(was["env"], name), named(will["env"], name));
    otherwise(prefix, was, will, {"name", "image", "env", "resources"});
  }

  void variable(const std::string& prefix, json::View was, json::View will) {
    if (same(was, will)) return;
    auto words = [](json::View variable) {
      if (!variable) return std::string(kNothing);
      json::Value fact = redaction::env_fact(variable);
      return fact_words(json::View(fact)["fact"]);
    };
    json::Value fact = redaction::env_fact(was ? was : will);
    changed(fmt::format("{}env {}", prefix, shown(json::View(fact)["name"].text())), shown(words(was)),
            shown(words(will)));
  }

  // Fields that differ and are not shown.
  void otherwise(std::string_view prefix, json::View was, json::View will,
                 const std::set<std::string_view>& shown_above) {
    std::vector<std::string> fields = different_keys(was, will);
    std::erase_if(fields, [&](const std::string& field) { return shown_above.contains(field); });
    if (!fields.empty()) line(" ", fmt::format("{}{}: otherwise", prefix, fmt::join(fields, ", ")));
  }

  void keys(std::string_view map, json::View was, json::View will) {
    std::vector<std::string> different = different_keys(was, will);
    if (!different.empty()) line(" ", fmt::format("{} {}: otherwise", map, fmt::join(different, ", ")));
  }

  std::vector<std::string> different_keys(json::View was, json::View will) {
    std::set<std::string> keys;
    for (json::View side : {was, will})
      for (const auto& member : side.object())
        if (std::string_view key = member.key(); !same(was[key], will[key])) keys.insert(shown(key));
    return {keys.begin(), keys.end()};
  }

  json::View from_, to_;
  redaction::Pseudonyms pseudonyms_;
  std::string out_;
  std::size_t lines_ = 0;
};

}  // namespace

std::string template_diff(json::View from, json::View to) { return Differences(from, to).run(); }

}  // namespace api::operations
