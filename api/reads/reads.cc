#include "api/reads/reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "api/reads/event_entry.h"
#include "api/reads/log_text.h"
#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/json/view.h"
#include "foundation/redaction/patterns.h"

namespace api::reads {

using cluster::Cluster;
using foundation::Code;
using foundation::fail;
using foundation::kubernetes::ObjectView;
using tenancy::Permission;

namespace {

constexpr std::string_view kWorkloads[] = {"Deployment", "StatefulSet", "DaemonSet"};
constexpr std::string_view kNamed[] = {"Deployment", "StatefulSet", "DaemonSet", "Pod", "Service"};
constexpr std::string_view kEvent = "Event", kNode = "Node";
constexpr std::string_view kContainerLists[] = {"containers", "initContainers", "ephemeralContainers"};

static_assert(kMaxTailLines + kLinesAbove <= cluster::kMaxTailLines);

using Projects = std::set<std::string, std::less<>>;

Projects projects_with(Permission permission, const tenancy::store::Workspace& workspace,
                       const std::vector<tenancy::RoleBinding>& bindings, const tenancy::Ceiling& ceiling) {
  Projects names;
  for (const auto& project : caller::projects_with(permission, workspace, bindings, ceiling))
    names.insert(project.str());
  return names;
}

// Where a caller may read what.
struct Sight {
  explicit Sight(const Caller& caller)
      : objects(projects_with(Permission::objects_read, caller.workspace, caller.bindings, caller.turn.ceiling)),
        events(projects_with(Permission::events_read, caller.workspace, caller.bindings, caller.turn.ceiling)),
        logs(projects_with(Permission::logs_read, caller.workspace, caller.bindings, caller.turn.ceiling)) {}

  bool sees(const ObjectRef& object) const {
    const auto& where = object.kind == kEvent ? events : objects;
    return where.contains(object.namespace_name);
  }
  bool knows(const std::string& project) const {
    return objects.contains(project) || events.contains(project) || logs.contains(project);
  }

  Projects objects, events, logs;
};

auto not_there(std::string what) { return fail(Code::not_found, "find " + std::move(what), "there is none"); }
auto may_not(const std::string& what) {
  return fail(Code::denied, "read " + what, "You may not read " + what + " here.");
}

std::vector<std::string> names_of(const Projects& projects) { return {projects.begin(), projects.end()}; }

std::string version_of(const Caller& caller, const Sight& sight, const Cluster& cluster) {
  return foundation::crypto::to_hex(foundation::crypto::sha256(fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}", caller.workspace.name.str(), caller.user.name.str(), caller.bindings_revision,
      cluster.cache->revision(), fmt::join(sight.objects, ","), fmt::join(sight.events, ","))));
}

std::vector<ObjectRef> refs_of(std::span<const std::string_view> kinds, const Cluster& cluster,
                               const Projects& projects) {
  std::vector<ObjectRef> refs;
  for (const auto& object : cluster.cache->objects(names_of(projects), kinds)) refs.push_back(object->ref());
  return refs;
}

// The container that a log is asked of; empty `asked` is the pod's only one.
Result<std::string> container_of(const ObjectView& pod, const std::string& asked) {
  std::vector<std::string> names;
  for (auto list : kContainerLists)
    for (const auto& container : pod.spec()[list].array()) names.emplace_back(json::View(container)["name"].text());
  if (!asked.empty()) {
    if (std::ranges::find(names, asked) == names.end()) return not_there("container");
    return asked;
  }
  if (pod.spec()["containers"].array().size() != 1)
    return fail(Code::invalid, "read log", fmt::format("name one of {}", fmt::join(names, ", ")));
  return names.front();
}

}  // namespace

Result<Cluster*> Reads::warm_cluster(const tenancy::store::Workspace& workspace) const {
  auto* cluster = clusters_.find(workspace.name.str());
  if (!cluster || !cluster->cache) return not_there("cluster");
  if (!cluster->cache->warm())
    return fail(Code::unavailable, "read cluster", "the cluster has not been read yet; try again");
  return cluster;
}

Result<std::string> Reads::version(const Caller& caller) const {
  Sight sight(caller);
  if (sight.objects.empty()) return may_not("objects");
  auto cluster = warm_cluster(caller.workspace);
  if (!cluster) return std::unexpected(cluster.error());
  return version_of(caller, sight, **cluster);
}

Result<Visible> Reads::snapshot(const Caller& caller) const {
  Sight sight(caller);
  if (sight.objects.empty()) return may_not("objects");
  auto cluster = warm_cluster(caller.workspace);
  if (!cluster) return std::unexpected(cluster.error());
  Visible visible{version_of(caller, sight, **cluster), {}};
  auto projects = sight.objects;
  projects.insert(sight.events.begin(), sight.events.end());
  visible.objects = (*cluster)->cache->objects(names_of(projects));
  std::erase_if(visible.objects,
                [&](const SharedObject& object) { return object->ref().kind != kNode && !sight.sees(object->ref()); });
  return visible;
}

Result<json::Value> Reads::object(const Caller& caller, const ObjectRef& ref) const {
  auto cluster = warm_cluster(caller.workspace);
  if (!cluster) return std::unexpected(cluster.error());
  auto found = (*cluster)->cache->find(ref);
  if (!found || !Sight(caller).sees(found->ref())) return not_there("object");
  return found->value();
}

Result<json::Array> Reads::events(const Caller& caller, const EventQuery& query) const {
  if (query.limit < 1 || query.limit > kMaxEvents)
    return fail(Code::invalid, "read events", fmt::format("limit must be 1 to {}", kMaxEvents));
  Sight sight(caller);
  if (!query.project.empty() && !sight.knows(query.project)) return not_there("project");
  if (sight.events.empty() || (!query.project.empty() && !sight.events.contains(query.project)))
    return may_not("events");
  auto cluster = warm_cluster(caller.workspace);
  if (!cluster) return std::unexpected(cluster.error());
  std::vector<EventEntry> entries;
  auto projects = query.project.empty() ? names_of(sight.events) : std::vector{query.project};
  for (const auto& object : (*cluster)->cache->objects(projects, std::span(&kEvent, 1))) {
    if (!object->line().contains(query.name)) continue;  // cheaper than to read it
    auto value = object->value();
    ObjectView view{json::View(value)};
    auto subject = subject_of(view);
    bool is_asked =
        (query.kind.empty() || query.kind == subject.kind) && (query.name.empty() || query.name == subject.name);
    if (is_asked) entries.push_back(event_entry(view));
  }
  std::ranges::sort(entries, std::ranges::greater(), [](const EventEntry& e) { return std::pair(e.last_at, e.name); });
  if (entries.size() > static_cast<std::size_t>(query.limit)) entries.resize(static_cast<std::size_t>(query.limit));
  json::Array lines;
  for (auto& entry : entries) lines.push_back(std::move(entry.line));
  return lines;
}

async::Task<Log> Reads::logs(async::Context& ctx, const Caller& caller, LogQuery query) const {
  if (query.tail_lines < 1 || query.tail_lines > kMaxTailLines)
    co_return fail(Code::invalid, "read log", fmt::format("tail_lines must be 1 to {}", kMaxTailLines));
  Sight sight(caller);
  if (!sight.knows(query.project)) co_return not_there("project");
  if (!sight.logs.contains(query.project)) co_return may_not("logs");
  auto pod = object(caller, {"Pod", query.project, query.pod, {}});
  if (!pod) co_return std::unexpected(pod.error());
  auto container = container_of(ObjectView{json::View(*pod)}, query.container);
  if (!container) co_return std::unexpected(container.error());
  auto cluster = warm_cluster(caller.workspace);
  if (!cluster) co_return std::unexpected(cluster.error());
  auto log = co_await (*cluster)->reader->logs(ctx, {.namespace_name = query.project,
                                                     .pod = query.pod,
                                                     .container = *container,
                                                     .previous = query.previous,
                                                     .tail_lines = query.tail_lines + kLinesAbove});
  if (!log) {
    auto error = std::move(log.error());
    error.cause = foundation::redaction::redact_text(error.cause, *(*cluster)->pseudonyms).str();
    co_return std::unexpected(std::move(error));
  }
  auto lines = log_lines(*log, query.tail_lines, *(*cluster)->pseudonyms);
  if (lines.empty() && log->is_cut())
    co_return fail(Code::too_large, "read log", "its last line is too long to be shown");
  co_return Log{std::move(*container), std::move(lines)};
}

std::vector<ObjectRef> Reads::visible_refs(const tenancy::store::Workspace& workspace,
                                           const std::vector<tenancy::RoleBinding>& bindings,
                                           const tenancy::Ceiling& ceiling) const {
  auto cluster = warm_cluster(workspace);
  if (!cluster) return {};
  return refs_of(kWorkloads, **cluster, projects_with(Permission::objects_read, workspace, bindings, ceiling));
}

Result<std::vector<ObjectRef>> Reads::called(const tenancy::store::Workspace& workspace,
                                             const std::vector<tenancy::RoleBinding>& bindings,
                                             const tenancy::Ceiling& ceiling, const ObjectRef& what) const {
  auto cluster = warm_cluster(workspace);
  if (!cluster) return std::unexpected(cluster.error());
  std::vector<ObjectRef> refs;
  if (what.kind == kEvent) return refs;
  auto projects = projects_with(Permission::objects_read, workspace, bindings, ceiling);
  auto look_in = [&](const std::string& project) {
    auto found = (*cluster)->cache->find({what.kind, project, what.name, {}});
    if (found) refs.push_back(found->ref());
  };
  for (const auto& project : projects)
    if (what.namespace_name.empty() || what.namespace_name == project) look_in(project);
  if (what.kind == kNode && what.namespace_name.empty() && !projects.empty()) look_in({});
  return refs;
}

Result<std::vector<ObjectRef>> Reads::names(const tenancy::store::Workspace& workspace,
                                            const std::vector<tenancy::RoleBinding>& bindings,
                                            const tenancy::Ceiling& ceiling) const {
  auto cluster = warm_cluster(workspace);
  if (!cluster) return std::unexpected(cluster.error());
  auto refs = refs_of(kNamed, **cluster, projects_with(Permission::objects_read, workspace, bindings, ceiling));
  std::ranges::sort(refs, {}, [](const ObjectRef& ref) { return std::tie(ref.namespace_name, ref.kind, ref.name); });
  if (refs.size() > kMaxNames) refs.resize(kMaxNames);
  return refs;
}

}  // namespace api::reads
