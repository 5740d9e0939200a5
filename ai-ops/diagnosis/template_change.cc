#include "ai-ops/diagnosis/template_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kPodSpec = "spec.template.spec";

std::int64_t revision_of(const ObjectView& set) {
  std::string_view text = set.metadata()["annotations"]["deployment.kubernetes.io/revision"].text();
  std::int64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

bool differ(json::View a, json::View b) {
  if (!a || !b) return static_cast<bool>(a) != static_cast<bool>(b);
  return *a.value() != *b.value();
}

std::set<std::string> members_of(json::View a, json::View b) {
  std::set<std::string> out;
  for (json::View view : {a, b})
    for (const auto& member : view.object()) out.emplace(member.key());
  return out;
}

std::optional<std::size_t> place_of(const json::Array& containers, std::string_view name) {
  for (std::size_t i = 0; i < containers.size(); ++i)
    if (json::View(containers[i])["name"].text() == name) return i;
  return std::nullopt;
}

void compare_containers(json::View before, json::View after, std::string_view list, std::vector<ChangedField>& out) {
  const json::Array& old_ones = before[list].array();
  const json::Array& new_ones = after[list].array();
  for (std::size_t i = 0; i < new_ones.size(); ++i) {
    std::string name = quote(json::View(new_ones[i])["name"].text());
    std::string path = fmt::format("{}.{}[{}]", kPodSpec, list, i);
    auto place = place_of(old_ones, json::View(new_ones[i])["name"].text());
    if (!place) {
      out.push_back({fmt::format("container {}", name), "", path + ".name"});
      continue;
    }
    std::string old_path = fmt::format("{}.{}[{}]", kPodSpec, list, *place);
    json::View was(old_ones[*place]), is(new_ones[i]);
    for (const std::string& member : members_of(was, is))
      if (differ(was[member], is[member]))
        out.push_back(
            {fmt::format("{} of {}", member, name), old_path + member_step(member), path + member_step(member)});
  }
}

std::vector<ChangedField> changed_fields(json::View before, json::View after) {
  std::vector<ChangedField> out;
  for (std::string_view list : {"containers", "initContainers"}) compare_containers(before, after, list, out);
  for (const std::string& member : members_of(before, after)) {
    std::string path = fmt::format("{}{}", kPodSpec, member_step(member));
    bool is_list = member == "containers" || member == "initContainers";
    if (!is_list && differ(before[member], after[member])) out.push_back({member, path, path});
  }
  return out;
}

}  // namespace

std::optional<TemplateChange> newest_change(const std::vector<ObjectView>& sets) {
  std::vector<ObjectView> by_revision = sets;
  std::erase_if(by_revision, [](const ObjectView& set) { return revision_of(set) == 0; });
  if (by_revision.size() < 2) return std::nullopt;
  std::ranges::sort(by_revision, std::ranges::greater(), revision_of);
  const ObjectView &newest = by_revision[0], &previous = by_revision[1];
  auto made = time_of(newest.metadata()["creationTimestamp"]);
  auto made_before = time_of(previous.metadata()["creationTimestamp"]);
  if (!made || !made_before || *made <= *made_before) return std::nullopt;
  auto fields = changed_fields(at_path(previous.root(), kPodSpec), at_path(newest.root(), kPodSpec));
  if (fields.empty()) return std::nullopt;
  return TemplateChange{newest, previous, revision_of(newest), *made, std::move(fields)};
}

}  // namespace ai_ops::diagnosis
