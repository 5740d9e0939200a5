#include "demo-cluster/app/api_path.h"

#include <span>
#include <vector>

namespace demo_cluster::app {
namespace {

using Segments = std::span<const std::string_view>;

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

// NAME[/SUBRESOURCE] or nothing.
std::optional<ApiPath> below(const world::ServedKind* kind, std::string_view space, Segments rest) {
  if (kind == nullptr || rest.size() > 2) return std::nullopt;
  for (auto segment : rest)
    if (segment.empty()) return std::nullopt;
  ApiPath out{kind, std::string(space), {}, {}};
  if (!rest.empty()) out.name = rest[0];
  if (rest.size() == 2) out.subresource = rest[1];
  return out;
}

}  // namespace

std::optional<ApiPath> parse_api_path(std::string_view path) {
  auto all = split(path);
  bool core = all.size() > 2 && all[0] == "api";
  bool grouped = all.size() > 3 && all[0] == "apis" && !all[1].empty();
  if (!core && !grouped) return std::nullopt;
  auto group = core ? std::string_view{} : all[1];
  auto version = all[core ? 1 : 2];
  auto rest = Segments(all).subspan(core ? 2 : 3);
  if (rest.size() > 2 && rest[0] == "namespaces") {
    const auto* kind = world::served_kind(group, version, rest[2]);
    if (kind != nullptr && kind->kind.namespaced && !rest[1].empty()) return below(kind, rest[1], rest.subspan(3));
  }
  const auto* kind = world::served_kind(group, version, rest[0]);
  auto out = below(kind, "", rest.subspan(1));
  if (out && kind->kind.namespaced && !out->name.empty()) return std::nullopt;  // an object needs its namespace
  return out;
}

}  // namespace demo_cluster::app
