#include "demo-cluster/world/registry.h"

#include <fmt/format.h>

#include <array>

#include "demo-cluster/world/defaults.h"
#include "demo-cluster/world/editing.h"
#include "demo-cluster/world/managed_fields.h"
#include "demo-cluster/world/quota.h"
#include "demo-cluster/world/server_side_apply.h"
#include "demo-cluster/world/validation.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

constexpr std::string_view kManagedFields = "managedFields";
// What only the server writes; managedFields a client may hand over to another manager.
constexpr std::array<std::string_view, 7> kServersOwn = {
    "uid",     "creationTimestamp", "generation", kManagedFields, "deletionTimestamp", "deletionGracePeriodSeconds",
    "selfLink"};

Outcome<void> check_identity(const ServedKind& kind, json::View object) {
  if (!object.value()->is_object()) return bad_request("the body is not an object");
  auto version = object["apiVersion"].text();
  auto wanted = kubernetes::api_version(kind.kind);
  if (!version.empty() && version != wanted)
    return bad_request(
        fmt::format("the API version in the data ({}) does not match the expected API version ({})", version, wanted));
  auto name = object["kind"].text();
  if (!name.empty() && name != kind.kind.name)
    return bad_request(
        fmt::format("the kind in the data ({}) does not match the expected kind ({})", name, kind.kind.name));
  return {};
}

Outcome<void> namespace_is_open(const Store& store, std::string_view name) {
  auto found = store.find({"Namespace", "", std::string(name)});
  if (!found) return not_found(*served_kind("Namespace"), name);
  if (json::View(*found)["metadata"]["deletionTimestamp"])
    return refuse(403, "Forbidden",
                  fmt::format("unable to create new content in namespace {} because it is being terminated", name));
  return {};
}

// Members of the kind's status are not a client's to write, nor is the rest through the status subresource.
void keep_part(Part part, const ServedKind& kind, const json::Value& before, json::Value& after) {
  if (part == Part::all || !kind.has(kStatus)) return;
  if (part == Part::spec) {
    if (auto status = json::View(before)["status"])
      after.as_object()["status"] = *status.value();
    else
      after.as_object().erase("status");
    return;
  }
  auto status = copy_of(json::View(after)["status"]);
  auto version = copy_of(json::View(after)["metadata"]["resourceVersion"]);
  after = before;
  after.as_object()["status"] = std::move(status);
  object_at(after, {"metadata"})["resourceVersion"] = std::move(version);
}

void keep_servers_own(const json::Value& before, json::Value& after) {
  auto& metadata = object_at(after, {"metadata"});
  bool given = are_managed_fields(json::View(after)["metadata"]["managedFields"]);
  for (auto name : kServersOwn) {
    if (given && name == kManagedFields) continue;
    if (auto old = json::View(before)["metadata"][name])
      metadata[name] = *old.value();
    else
      metadata.erase(name);
  }
  for (auto name : {"name", "namespace", "resourceVersion"})
    if (auto old = json::View(before)["metadata"][name]) metadata[name] = *old.value();
  for (auto name : {"kind", "apiVersion"}) after.as_object()[name] = *json::View(before)[name].value();
}

Outcome<void> check_preconditions(const ServedKind& kind, json::View before, json::View sent) {
  auto name = before["metadata"]["name"].text();
  for (auto member : {"name", "namespace"})
    if (auto wanted = sent["metadata"][member].text(); !wanted.empty() && wanted != before["metadata"][member].text())
      return bad_request(fmt::format("the {} of the object ({}) does not match the {} on the URL ({})", member, wanted,
                                     member, before["metadata"][member].text()));
  auto version = sent["metadata"]["resourceVersion"].text();
  if (!version.empty() && version != before["metadata"]["resourceVersion"].text()) return conflict(kind, name);
  auto uid = sent["metadata"]["uid"].text();
  if (auto stands = before["metadata"]["uid"].text(); !uid.empty() && uid != stands)
    return conflict(kind, name,
                    fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid, stands));
  return {};
}

bool is_finished(json::View object) {
  return object["metadata"]["deletionTimestamp"] && object["metadata"]["finalizers"].array().empty() &&
         object["kind"].text() != "Pod" && object["kind"].text() != "Namespace";
}

}  // namespace

Outcome<Stored> Registry::read(const ServedKind& kind, const Key& key) const {
  auto found = store_.find(key);
  if (!found) return not_found(kind, key.name);
  return found;
}

Outcome<void> Registry::identify(const ServedKind& kind, std::string_view namespace_name, json::Value& object,
                                 const WriteOptions& options) {
  auto& metadata = object_at(object, {"metadata"});
  if (!json::View(object)["metadata"]["resourceVersion"].text().empty())
    return bad_request("resourceVersion should not be set on objects to be created");
  for (auto name : kServersOwn) metadata.erase(name);
  if (kind.kind.namespaced) {
    auto sent = json::View(object)["metadata"]["namespace"].text();
    if (!sent.empty() && sent != namespace_name)
      return bad_request("the namespace of the provided object does not match the namespace sent on the request");
    metadata["namespace"] = namespace_name;
    if (auto open = namespace_is_open(store_, namespace_name); !open) return open;
  }
  auto prefix = json::View(object)["metadata"]["generateName"].text();
  if (json::View(object)["metadata"]["name"].text().empty() && !prefix.empty())
    metadata["name"] = std::string(prefix) + random_.suffix(5);
  metadata["uid"] = random_.uid();
  metadata["creationTimestamp"] = time_text(options.now);
  if (kind.has(kGeneration)) metadata["generation"] = 1;
  object.as_object()["kind"] = kind.kind.name;
  object.as_object()["apiVersion"] = kubernetes::api_version(kind.kind);
  return {};
}

Outcome<Stored> Registry::create(const ServedKind& kind, std::string_view namespace_name, json::Value object,
                                 const WriteOptions& options) {
  return admit(kind, namespace_name, std::move(object), options, nullptr);
}

Outcome<Stored> Registry::admit(const ServedKind& kind, std::string_view namespace_name, json::Value object,
                                const WriteOptions& options, const json::Value* applied) {
  if (auto ok = check_identity(kind, object); !ok) return std::unexpected(ok.error());
  if (auto ok = check_types(kind, object); !ok) return std::unexpected(ok.error());
  if (auto ok = identify(kind, namespace_name, object, options); !ok) return std::unexpected(ok.error());
  // A node says itself what it has; nobody else brings a status along.
  if (kind.has(kStatus) && kind.kind.name != "Node") object.as_object().erase("status");
  fill_defaults(object, store_, random_, options.now);
  if (auto ok = validate(kind, {}, object); !ok) return std::unexpected(ok.error());
  Key key = key_of(object);
  if (store_.find(key)) return already_exists(kind, key.name);
  if (auto ok = within_quota(store_, object); !ok) return std::unexpected(ok.error());
  FieldWriter writer{options.manager, applied != nullptr, kubernetes::api_version(kind.kind), ""};
  if (applied != nullptr)
    record_applier(json::Value(), object, *applied, writer, options.now);
  else if (!options.manager.empty())
    record_writer(json::Value(), object, writer, options.now);
  if (kind.has(kStatus)) set_default(object.as_object(), "status", json::Object{});
  if (options.dry_run) return std::make_shared<const json::Value>(std::move(object));
  return store_.put(std::move(object));
}

Outcome<Stored> Registry::commit(const Write& write, json::Value after) {
  const json::Value& before = *write.before;
  if (auto ok = check_identity(write.kind, after); !ok) return std::unexpected(ok.error());
  if (auto ok = check_types(write.kind, after); !ok) return std::unexpected(ok.error());
  if (auto ok = check_preconditions(write.kind, before, after); !ok) return std::unexpected(ok.error());
  keep_part(write.part, write.kind, before, after);
  keep_servers_own(before, after);
  fill_defaults(after, store_, random_, write.options.now);
  if (auto ok = validate(write.kind, before, after); !ok) return std::unexpected(ok.error());
  if (after == before && write.applied == nullptr) return write.before;
  auto& metadata = object_at(after, {"metadata"});
  if (write.kind.has(kGeneration) && copy_of(json::View(before)["spec"]) != copy_of(json::View(after)["spec"]))
    metadata["generation"] = json::View(before)["metadata"]["generation"].integer_or(0) + 1;
  FieldWriter writer{write.options.manager, write.applied != nullptr, kubernetes::api_version(write.kind.kind),
                     write.subresource};
  if (write.applied != nullptr)
    record_applier(before, after, *write.applied, writer, write.options.now);
  else if (!write.options.manager.empty())
    record_writer(before, after, writer, write.options.now);
  if (after == before) return write.before;
  if (write.options.dry_run) return std::make_shared<const json::Value>(std::move(after));
  auto stored = store_.put(std::move(after));
  return is_finished(*stored) ? store_.erase(write.key) : stored;
}

Outcome<Stored> Registry::replace(const ServedKind& kind, const Key& key, json::Value object, Part part,
                                  const WriteOptions& options) {
  auto before = read(kind, key);
  if (!before) return before;
  return commit({kind, key, *before, part, part == Part::status ? "status" : "", nullptr, options}, std::move(object));
}

Outcome<Stored> Registry::patch(const ServedKind& kind, const Key& key, PatchKind how, const json::Value& patch,
                                Part part, const WriteOptions& options) {
  if (how == PatchKind::apply) return apply(kind, key, patch, part, options);
  auto before = read(kind, key);
  if (!before) return before;
  json::Value after = **before;
  if (auto ok = apply_patch(how, after, patch); !ok) return std::unexpected(ok.error());
  if (auto ok = check_patched(kind, **before, after); !ok) return std::unexpected(ok.error());
  return commit({kind, key, *before, part, part == Part::status ? "status" : "", nullptr, options}, std::move(after));
}

Outcome<Stored> Registry::apply(const ServedKind& kind, const Key& key, const json::Value& configuration, Part part,
                                const WriteOptions& options) {
  if (auto ok = check_configuration(configuration); !ok) return std::unexpected(ok.error());
  auto before = store_.find(key);
  if (!before) {
    auto named = json::View(configuration)["metadata"];
    if (named["uid"] || named["resourceVersion"]) return conflict(kind, key.name);  // it was to be a standing one
    return admit(kind, key.namespace_name, configuration, options, &configuration);
  }
  std::string subresource = part == Part::status ? "status" : "";
  FieldWriter writer{options.manager, true, kubernetes::api_version(kind.kind), subresource};
  auto after = apply_configuration(*before, configuration, writer, options.force);
  if (!after) return std::unexpected(after.error());
  return commit({kind, key, before, part, subresource, &configuration, options}, std::move(*after));
}

}  // namespace demo_cluster::world
