#include "demo-cluster/world/server_side_apply.h"

#include <fmt/format.h>

#include "demo-cluster/world/field_set.h"
#include "demo-cluster/world/patch.h"

namespace demo_cluster::world {
namespace {

bool is_own(json::View entry, const FieldWriter& writer) {
  return entry["operation"].text() == "Apply" && entry["manager"].text() == writer.manager &&
         entry["subresource"].text() == writer.subresource;
}

json::View entries_of(const json::Value& object) { return json::View(object)["metadata"]["managedFields"]; }

const FieldSet& fields_of(const json::Value& entry) { return json::View(entry)["fieldsV1"].object(); }

// What the real server says of an owner, which clients show.
std::string owner_text(json::View entry) {
  auto subresource = entry["subresource"].text();
  auto text = fmt::format("conflict with \"{}\"", entry["manager"].text());
  if (!subresource.empty()) text += fmt::format(" with subresource \"{}\"", subresource);
  return text + fmt::format(" using {}", entry["apiVersion"].text());
}

// What kubectl applied on the client's side before: moving to server-side apply it meets its own fields. The real
// server does the same for this one manager.
FieldSet applied_by_the_client(const json::Value& before, const FieldWriter& writer) {
  constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
  if (writer.manager != "kubectl") return {};
  auto last = json::parse_tolerant(json::View(before)["metadata"]["annotations"][kLastApplied].text());
  return last ? written(json::Value(), *last) : FieldSet{};
}

Outcome<void> check_owners(const json::Value& before, const json::Value& after, const FieldSet& applied,
                           const FieldWriter& writer) {
  FieldSet changed = without(shared(written(before, after), applied), applied_by_the_client(before, writer));
  std::vector<Refusal::Cause> causes;
  std::string list;
  for (const auto& entry : entries_of(before).array()) {
    if (is_own(entry, writer)) continue;
    for (const auto& path : paths_of(shared(changed, fields_of(entry)))) {
      causes.push_back({"FieldManagerConflict", owner_text(entry), path});
      list += fmt::format("{}{}: {}", list.empty() ? "" : "\n", causes.back().message, path);
    }
  }
  if (causes.empty()) return {};
  auto count = causes.size();
  auto out =
      refuse(409, "Conflict", fmt::format("Apply failed with {} conflict{}: {}", count, count == 1 ? "" : "s", list));
  out.error().causes = std::move(causes);
  return out;
}

// What the writer's last configuration had and this one has not, unless somebody else owns it too.
FieldSet given_up(const json::Value& before, const FieldSet& applied, const FieldWriter& writer) {
  FieldSet gone;
  for (const auto& entry : entries_of(before).array())
    if (is_own(entry, writer)) unite(gone, fields_of(entry));
  gone = without(gone, applied);
  for (const auto& entry : entries_of(before).array())
    if (!is_own(entry, writer)) gone = without(gone, fields_of(entry));
  return gone;
}

}  // namespace

Outcome<void> check_configuration(const json::Value& configuration) {
  if (!configuration.is_object()) return bad_request("the configuration is not an object");
  json::View view(configuration);
  if (!entries_of(configuration).array().empty()) return bad_request("metadata.managedFields must be nil");
  if (view["apiVersion"].text().empty() || view["kind"].text().empty())
    return bad_request("the configuration needs apiVersion and kind");
  return {};
}

Outcome<json::Value> apply_configuration(const json::Value& before, const json::Value& configuration,
                                         const FieldWriter& writer, bool force) {
  json::Value after = before;
  if (auto merged = apply_patch(PatchKind::apply, after, configuration); !merged)
    return std::unexpected(merged.error());
  FieldSet applied = written(json::Value(), configuration);
  if (!force)
    if (auto ok = check_owners(before, after, applied, writer); !ok) return std::unexpected(ok.error());
  erase_fields(after, given_up(before, applied, writer));
  return after;
}

}  // namespace demo_cluster::world
