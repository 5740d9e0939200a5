#include "ai-ops/bundle/logs.h"

#include <algorithm>
#include <array>

#include "ai-ops/bundle/fields.h"
#include "foundation/json/view.h"

namespace ai_ops::bundle {
namespace {

using diagnosis::LogWanted;
using foundation::json::View;

constexpr std::string_view kPrevious = "previous";
constexpr std::array<std::string_view, 3> kEndings{".log", ".txt", ".logs"};

std::string_view without_ending(std::string_view name) {
  for (std::string_view ending : kEndings)
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  return name;
}

// The names in a path: its folders and its file, and what "_" divides in them, which stands in no name of the API's.
std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::string_view folder : words(path, "/")) {
    std::string_view name = without_ending(folder);
    parts.push_back(name);
    auto divided = words(name, "_");
    if (divided.size() > 1) parts.insert(parts.end(), divided.begin(), divided.end());
  }
  return parts;
}

// "app" of "web-1-app" and "web-1.app" for the pod web-1.
std::string_view after_pod(std::string_view part, std::string_view pod) {
  bool goes_on =
      part.size() > pod.size() + 1 && part.starts_with(pod) && (part[pod.size()] == '-' || part[pod.size()] == '.');
  return goes_on ? part.substr(pod.size() + 1) : std::string_view();
}

// "app" of "app-previous" and "app.previous"
std::string_view without_previous(std::string_view part) {
  if (!part.ends_with(kPrevious)) return part;
  part.remove_suffix(kPrevious.size());
  while (part.ends_with('-') || part.ends_with('.') || part.ends_with('_')) part.remove_suffix(1);
  return part;
}

}  // namespace

void KnownPods::add(const foundation::kubernetes::ObjectView& pod) {
  Pod known{std::string(pod.namespace_name()), std::string(pod.name()), {}};
  auto add_names = [&](View list) {
    for (const auto& container : list.array())
      if (auto name = View(container)["name"].text(); !name.empty()) known.containers.emplace(name);
  };
  for (const ContainerList& list : kContainerLists)
    add_names(pod.spec()[list.spec]), add_names(pod.status()[list.status]);
  std::string name = known.name;
  pods_.emplace(std::move(name), std::move(known));
}

bool KnownPods::has(std::string_view namespace_name, std::string_view pod) const {
  auto [first, last] = pods_.equal_range(pod);
  return std::any_of(first, last, [&](const auto& row) { return row.second.namespace_name == namespace_name; });
}

const KnownPods::Pod* KnownPods::named_in(const std::vector<std::string_view>& parts) const {
  auto is_in_path = [&](const Pod& pod) { return std::ranges::find(parts, pod.namespace_name) != parts.end(); };
  auto only = [&](auto first, auto last) -> const Pod* {
    if (first == last) return nullptr;
    if (std::next(first) == last) return &first->second;
    auto named = std::find_if(first, last, [&](const auto& row) { return is_in_path(row.second); });
    return named == last ? nullptr : &named->second;
  };
  for (std::string_view part : parts) {
    auto [first, last] = pods_.equal_range(part);
    if (first != last) return only(first, last);
  }
  for (std::size_t back = parts.size(); back-- > 0;) {
    std::string_view part = parts[back];
    for (std::size_t end = part.find_last_of("-."); end != 0 && end != part.npos;
         end = part.find_last_of("-.", end - 1)) {
      auto [first, last] = pods_.equal_range(part.substr(0, end));
      if (first != last) return only(first, last);
    }
    if (const Pod* pod = only_pod_of(without_previous(part))) return pod;
  }
  return nullptr;
}

const KnownPods::Pod* KnownPods::only_pod_of(std::string_view workload) const {
  if (workload.empty()) return nullptr;
  std::string begin = std::string(workload) + "-";
  auto first = pods_.lower_bound(begin);
  if (first == pods_.end() || !first->first.starts_with(begin)) return nullptr;
  auto next = std::next(first);
  return next == pods_.end() || !next->first.starts_with(begin) ? &first->second : nullptr;
}

std::optional<LogWanted> KnownPods::place_of(std::string_view path) const {
  auto parts = parts_of(path);
  const Pod* pod = named_in(parts);
  if (pod == nullptr) return std::nullopt;
  LogWanted out{.project = pod->namespace_name, .pod = pod->name, .container = {}, .previous = false};
  out.previous = !parts.empty() && parts.back().find(kPrevious) != std::string_view::npos;
  for (std::string_view part : parts) {
    if (part == pod->name && !pod->containers.contains(part)) continue;
    std::string_view rest = after_pod(part, pod->name);
    for (std::string_view name : {part, without_previous(part), rest, without_previous(rest)})
      if (pod->containers.contains(name)) out.container = name;
  }
  if (out.container.empty() && pod->containers.size() == 1) out.container = *pod->containers.begin();
  return out;
}

}  // namespace ai_ops::bundle
