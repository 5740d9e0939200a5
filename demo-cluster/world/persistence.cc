// A head line {"demo_cluster": 1, "revision": N, "at": TIME}, then one object a line.
#include <fmt/format.h>

#include "demo-cluster/world/world.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

constexpr std::int64_t kFormat = 1;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string World::export_lines(WallTime now) const {
  json::Object head{{"demo_cluster", kFormat}, {"revision", store_.revision()}, {"at", foundation::to_rfc3339(now)}};
  std::string out = json::to_text(head) + "\n";
  for (const auto& object : store_.all()) out += json::to_text(*object) + "\n";
  return out;
}

foundation::Result<WallTime> World::import_lines(std::string_view text) {
  auto corrupt = [](std::string why) {
    return foundation::fail(foundation::Code::corrupt, "read the saved cluster", std::move(why));
  };
  auto lines = lines_of(text);
  if (lines.empty()) return corrupt("it is empty");
  auto head = json::parse_tolerant(lines[0]);
  if (!head) return corrupt("its first line is not JSON");
  auto revision = json::View(*head)["revision"].integer_or(0);
  if (json::View(*head)["demo_cluster"].integer_or(0) != kFormat || revision < 1) return corrupt("unknown format");
  auto at = foundation::parse_rfc3339(json::View(*head)["at"].text());
  if (!at) return corrupt("its first line has no time");
  std::vector<json::Value> objects;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto object = json::parse_tolerant(lines[i]);
    if (!object || served_kind(json::View(*object)["kind"].text()) == nullptr ||
        json::View(*object)["metadata"]["name"].text().empty())
      return corrupt(fmt::format("line {} is not an object of a known kind", i + 1));
    objects.push_back(std::move(*object));
  }
  store_.restore(std::move(objects), std::uint64_t(revision));
  settled_revision_ = 0;
  return *at;
}

}  // namespace demo_cluster::world
