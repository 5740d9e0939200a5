#include "api/operations/template_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "api/operations/container_resources.h"
#include "foundation/redaction/patterns.h"
#include "foundation/redaction/typed_fact.h"

namespace api::operations {
namespace {

namespace redaction = foundation::redaction;

constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kNamesALine = 8;
constexpr std::string_view kNothing = "none";

using Fields = std::span<const std::string_view>;
constexpr std::array<std::string_view, 2> kContainerLists{"containers", "initContainers"};
// Of a pod, with their values: names and booleans, the gravest first.
constexpr std::array<std::string_view, 12> kPodFields{"hostNetwork",
                                                      "hostPID",
                                                      "hostIPC",
                                                      "hostUsers",
                                                      "serviceAccountName",
                                                      "automountServiceAccountToken",
                                                      "nodeName",
                                                      "shareProcessNamespace",
                                                      "runtimeClassName",
                                                      "priorityClassName",
                                                      "schedulerName",
                                                      "restartPolicy"};
constexpr std::array<std::string_view, 4> kPodParts{"securityContext", "volumes", "containers", "initContainers"};
constexpr std::array<std::string_view, 2> kStart{"command", "args"};
constexpr std::array<std::string_view, 5> kContainerParts{"name", "image", "securityContext", "resources", "env"};
constexpr std::array<std::string_view, 2> kSections{"requests", "limits"};
// Of a volume's source, what says which one it is.
constexpr std::array<std::string_view, 6> kSourceNames{"path", "secretName", "claimName", "name", "driver", "server"};

bool same(json::View a, json::View b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  return *a.value() == *b.value();
}

// What one name means on either side.
struct Pair {
  std::string_view name;
  json::View was{};
  json::View will{};
};

// Two lists of elements that have names, as they are merged: each name once, in the order of `to`, then of `from`. Of
// several with one name the last counts, as in an environment.
std::vector<Pair> pairs_of(json::View from, json::View to) {
  std::vector<Pair> out;
  std::map<std::string_view, std::size_t> places;
  auto enter = [&](json::View list, json::View Pair::* side) {
    for (const json::Value& one : list.array()) {
      std::string_view name = json::View(one)["name"].text();
      auto [place, is_new] = places.try_emplace(name, out.size());
      if (is_new) out.push_back({.name = name});
      out[place->second].*side = json::View(one);
    }
  };
  enter(to, &Pair::will);
  enter(from, &Pair::was);
  return out;
}

// The members that differ, by name.
std::set<std::string_view> different(json::View was, json::View will) {
  std::set<std::string_view> out;
  for (json::View side : {was, will})
    for (const auto& member : side.object())
      if (std::string_view key = member.key(); !same(was[key], will[key])) out.insert(key);
  return out;
}

std::string plain_words(json::View value) {
  if (value.is_null()) return std::string(kNothing);
  return value.value()->is_string() ? std::string(value.text()) : json::to_text(*value.value());
}

// "hostPath /var/run", "secret web-tls"
std::string volume_words(json::View volume) {
  for (const auto& member : volume.object()) {
    if (member.key() == "name") continue;
    std::string out(member.key());
    for (std::string_view field : kSourceNames)
      if (std::string_view which = json::View(member.value())[field].text(); !which.empty())
        out += fmt::format(" {}", which);
    return out;
  }
  return std::string(kNothing);
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

  // The gravest first, since the last are cut: what a pod may do on its node, what runs in it, its configuration.
  std::string run() && {
    json::View from = from_["spec"], to = to_["spec"];
    for (std::string_view field : kPodFields) value(field, from[field], to[field]);
    values("securityContext", from["securityContext"], to["securityContext"]);
    volumes(from["volumes"], to["volumes"]);
    otherwise("", from, to, {kPodFields, kPodParts});
    for (std::string_view list : kContainerLists) containers(from[list], to[list]);
    for (std::string_view map : {"annotations", "labels"})
      otherwise(fmt::format("{} ", map), from_["metadata"][map], to_["metadata"][map], {});
    for (std::string_view list : kContainerLists) environments(from[list], to[list]);
    if (said_.empty() && !same(from, to)) line(" ", "the order of containers or variables: otherwise");
    if (missing_ > 0) said_.push_back(fmt::format("  lines that are not listed: {}\n", missing_));
    return fmt::format("{}", fmt::join(said_, ""));
  }

 private:
  // From outside: an image's name, a label's key.
  std::string shown(std::string_view text) {
    std::string out = redaction::redact_text(text.substr(0, kMaxTextBytes), pseudonyms_).str();
    std::ranges::replace(out, '\n', ' ');
    return out;
  }

  // Whether these lines can be listed. What cannot is counted, and its words are not made: they cost far more than to
  // see that something differs.
  bool has_room_for(std::size_t lines) {
    if (missing_ == 0 && said_.size() + lines < kMaxDiffLines) return true;
    missing_ += lines;
    return false;
  }

  void line(std::string_view mark, std::string_view text) { said_.push_back(fmt::format("{} {}\n", mark, text)); }

  void changed(std::string_view what, std::string_view was, std::string_view will) {
    line("-", fmt::format("{}: {}", what, was));
    line("+", fmt::format("{}: {}{}", what, will, was == will ? ", another value" : ""));
  }

  void value(std::string_view what, json::View was, json::View will) {
    if (same(was, will) || !has_room_for(2)) return;
    changed(shown(what), shown(plain_words(was)), shown(plain_words(will)));
  }

  void values(std::string_view what, json::View was, json::View will) {
    for (std::string_view field : different(was, will))
      value(fmt::format("{} {}", what, field), was[field], will[field]);
  }

  void volumes(json::View from, json::View to) {
    for (const Pair& volume : pairs_of(from, to))
      if (!same(volume.was, volume.will) && has_room_for(2))
        changed(fmt::format("volume {}", shown(volume.name)), shown(volume_words(volume.was)),
                shown(volume_words(volume.will)));
  }

  // What is said before the name of a container's field; not yet fit to be shown.
  static std::string prefix_of(std::string_view container, json::View from, json::View to) {
    bool is_one = from.array().size() == 1 && to.array().size() == 1;
    return is_one ? "" : fmt::format("{} ", container);
  }

  void containers(json::View from, json::View to) {
    for (const Pair& one : pairs_of(from, to)) {
      if (same(one.was, one.will)) continue;
      if (one.was && one.will) {
        container(prefix_of(one.name, from, to), one.was, one.will);
      } else if (has_room_for(1)) {
        json::View there = one.was ? one.was : one.will;
        line(one.was ? "-" : "+", fmt::format("container {}: {}", shown(one.name), shown(there["image"].text())));
      }
    }
  }

  void container(const std::string& prefix, json::View was, json::View will) {
    value(prefix + "image", was["image"], will["image"]);
    for (std::string_view field : kStart)
      if (!same(was[field], will[field]) && has_room_for(1))
        line(" ", fmt::format("{}{}: otherwise", shown(prefix), field));
    values(prefix + "securityContext", was["securityContext"], will["securityContext"]);
    resources(prefix, was, will);
    otherwise(prefix, was, will, {kStart, kContainerParts});
  }

  // In the units of people where they have some: 0.5 of a processor is 500m.
  void resources(const std::string& prefix, json::View was, json::View will) {
    for (const ResourceSlot& slot : kResourceSlots)
      if (auto before = quantity_of(was, slot), after = quantity_of(will, slot); before != after && has_room_for(2))
        changed(shown(prefix + std::string(slot.words)), shown(before), shown(after));
    json::View from = was["resources"], to = will["resources"];
    for (std::string_view section : kSections)
      for (std::string_view resource : different(from[section], to[section]))
        if (std::ranges::find(kResources, resource) == kResources.end())
          value(fmt::format("{}{} {}", prefix, section, resource), from[section][resource], to[section][resource]);
    otherwise(prefix + "resources ", from, to, {kSections});
  }

  void environments(json::View from, json::View to) {
    for (const Pair& one : pairs_of(from, to)) {
      if (!one.was || !one.will) continue;
      for (const Pair& variable : pairs_of(one.was["env"], one.will["env"]))
        if (!same(variable.was, variable.will) && has_room_for(2))
          environment(prefix_of(one.name, from, to), variable.was, variable.will);
    }
  }

  void environment(const std::string& prefix, json::View was, json::View will) {
    auto words = [](json::View variable) {
      if (!variable) return std::string(kNothing);
      json::Value fact = redaction::env_fact(variable);
      return fact_words(json::View(fact)["fact"]);
    };
    json::Value fact = redaction::env_fact(was ? was : will);
    changed(fmt::format("{}env {}", shown(prefix), shown(json::View(fact)["name"].text())), shown(words(was)),
            shown(words(will)));
  }

  // Members that differ and are not shown, but for those that are told apart.
  void otherwise(std::string_view prefix, json::View was, json::View will, std::initializer_list<Fields> told) {
    std::vector<std::string_view> names;
    for (std::string_view name : different(was, will))
      if (std::ranges::none_of(told, [&](Fields some) { return std::ranges::find(some, name) != some.end(); }))
        names.push_back(name);
    for (std::size_t i = 0; i < names.size(); i += kNamesALine) {
      if (!has_room_for(1)) continue;
      std::vector<std::string> some;
      for (std::string_view name : Fields(names).subspan(i, std::min(kNamesALine, names.size() - i)))
        some.push_back(shown(name));
      line(" ", fmt::format("{}{}: otherwise", shown(prefix), fmt::join(some, ", ")));
    }
  }

  json::View from_, to_;
  redaction::Pseudonyms pseudonyms_;
  std::vector<std::string> said_;
  std::size_t missing_ = 0;  // lines
};

}  // namespace

std::string template_diff(json::View from, json::View to) { return Differences(from, to).run(); }

}  // namespace api::operations
