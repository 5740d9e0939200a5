// The requests about objects: get, list, create, replace, patch, delete, evict.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "demo-cluster/app/api.h"
#include "demo-cluster/app/request_reading.h"
#include "demo-cluster/world/tables.h"

namespace demo_cluster::app {
namespace {

using world::Part;

std::unexpected<world::Refusal> no_such_method() {
  return world::refuse(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

bool serves_subresource(const ApiPath& path) {
  if (path.subresource.empty()) return true;
  if (path.subresource == "status") return path.kind->has(world::kStatus);
  if (path.subresource == "scale") return path.kind->has(world::kScale);
  return (path.subresource == "log" || path.subresource == "eviction") && path.kind->kind.name == "Pod";
}

// What needs a process behind the pod.
constexpr std::string_view kNeedsProcesses[] = {"attach", "exec", "portforward", "proxy"};

Part part_of(const ApiPath& path) { return path.subresource == "status" ? Part::status : Part::spec; }

http::Reply found(const http::Exchange& exchange, const ApiPath& path, const json::Value& object,
                  foundation::WallTime now, int status = 200) {
  if (wants_table(exchange) && path.subresource.empty())
    return http::json_reply(status, world::table_of(*path.kind, object, now));
  return http::json_reply(status, object);
}

}  // namespace

Api::Answer Api::object(const http::Exchange& exchange, const ApiPath& path) {
  if (std::ranges::find(kNeedsProcesses, path.subresource) != std::end(kNeedsProcesses))
    return world::refuse(501, "NotImplemented",
                         fmt::format("the demo cluster runs no processes: there is no {} here", path.subresource));
  if (!serves_subresource(path))
    return world::refuse(404, "NotFound", "the server could not find the requested resource");
  auto before = cluster_.world().store().revision();
  Answer answer = no_such_method();
  bool collection = path.name.empty();
  switch (exchange.request().method) {
    case http::Method::get:
    case http::Method::head: return collection ? list(exchange, path) : read(exchange, path);
    case http::Method::post:
      if (collection) answer = create(exchange, path);
      if (path.subresource == "eviction") answer = evict(exchange, path);
      break;
    case http::Method::put:
      if (!collection) answer = replace(exchange, path);
      break;
    case http::Method::patch:
      if (!collection) answer = patch(exchange, path);
      break;
    case http::Method::delete_: answer = collection ? remove_collection(exchange, path) : remove(exchange, path); break;
    case http::Method::options: break;
  }
  if (cluster_.world().store().revision() != before) cluster_.wake();
  return answer;
}

Api::Answer Api::read(const http::Exchange& exchange, const ApiPath& path) const {
  if (path.subresource == "eviction") return no_such_method();
  if (path.subresource == "scale") {
    auto scale = cluster_.world().registry().read_scale(*path.kind, path.key());
    if (!scale) return std::unexpected(scale.error());
    return http::json_reply(200, *scale);
  }
  auto object = cluster_.world().registry().read(*path.kind, path.key());
  if (!object) return std::unexpected(object.error());
  return found(exchange, path, **object, cluster_.now());
}

Api::Answer Api::list(const http::Exchange& exchange, const ApiPath& path) const {
  auto scope = scope_of(exchange, path);
  if (!scope) return std::unexpected(scope.error());
  auto limit = number(exchange, "limit");
  if (!limit) return std::unexpected(limit.error());
  auto items =
      world::list(cluster_.world().store(), *scope,
                  {std::size_t(limit->value_or(0)), query(exchange, "continue"), query(exchange, "resourceVersion")});
  if (!items) return std::unexpected(items.error());
  return found(exchange, path, *items, cluster_.now());
}

Api::Answer Api::create(const http::Exchange& exchange, const ApiPath& path) {
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  if (path.kind->kind.namespaced && path.namespace_name.empty())
    return world::bad_request("the object needs a namespace in the path");
  auto made = cluster_.world().registry().create(*path.kind, path.namespace_name, std::move(*body), *options);
  if (!made) return std::unexpected(made.error());
  return found(exchange, path, **made, cluster_.now(), 201);
}

Api::Answer Api::replace(const http::Exchange& exchange, const ApiPath& path) {
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  auto& registry = cluster_.world().registry();
  if (path.subresource == "scale") {
    auto scale = registry.replace_scale(*path.kind, path.key(), *body, *options);
    if (!scale) return std::unexpected(scale.error());
    return http::json_reply(200, *scale);
  }
  if (path.subresource == "log") return no_such_method();
  auto stored = registry.replace(*path.kind, path.key(), std::move(*body), part_of(path), *options);
  if (!stored) return std::unexpected(stored.error());
  return found(exchange, path, **stored, cluster_.now());
}

Api::Answer Api::patch(const http::Exchange& exchange, const ApiPath& path) {
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto how = patch_kind(exchange);
  if (!how) return std::unexpected(how.error());
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  auto& registry = cluster_.world().registry();
  if (path.subresource == "scale") {
    auto scale = registry.patch_scale(*path.kind, path.key(), *how, *body, *options);
    if (!scale) return std::unexpected(scale.error());
    return http::json_reply(200, *scale);
  }
  if (path.subresource == "log") return no_such_method();
  bool is_apply = *how == world::PatchKind::apply;
  if (is_apply && query(exchange, "fieldManager").empty())
    return world::refuse(422, "Invalid", "fieldManager: Required value: is required for apply patch");
  bool makes = is_apply && !cluster_.world().store().find(path.key());
  auto stored = registry.patch(*path.kind, path.key(), *how, *body, part_of(path), *options);
  if (!stored) return std::unexpected(stored.error());
  return found(exchange, path, **stored, cluster_.now(), makes ? 201 : 200);
}

Api::Answer Api::remove(const http::Exchange& exchange, const ApiPath& path) {
  if (!path.subresource.empty()) return no_such_method();
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto what = delete_options(exchange);
  if (!what) return std::unexpected(what.error());
  auto before = cluster_.world().store().find(path.key());
  auto waiting = cluster_.world().registry().remove(*path.kind, path.key(), *what, *options);
  if (!waiting) return std::unexpected(waiting.error());
  if (*waiting) return http::json_reply(200, ***waiting);
  auto uid = json::View(*before)["metadata"]["uid"].text();
  return http::json_reply(200, world::success_object(*path.kind, path.name, uid));
}

Api::Answer Api::evict(const http::Exchange& exchange, const ApiPath& path) {
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  json::View eviction(*body);
  if (eviction["kind"].text() != "Eviction") return world::bad_request("the body is not a policy/v1 Eviction");
  auto what = read_delete_options(eviction["deleteOptions"], {});
  if (!what) return std::unexpected(what.error());
  if (auto gone = cluster_.world().registry().evict(path.key(), *what, *options); !gone)
    return std::unexpected(gone.error());
  return http::json_reply(201, world::success_object(*path.kind, path.name, ""));
}

Api::Answer Api::remove_collection(const http::Exchange& exchange, const ApiPath& path) {
  auto options = write_options(exchange, cluster_.now());
  if (!options) return std::unexpected(options.error());
  auto what = delete_options(exchange);
  if (!what) return std::unexpected(what.error());
  auto scope = scope_of(exchange, path);
  if (!scope) return std::unexpected(scope.error());
  if (path.kind->kind.namespaced && path.namespace_name.empty()) return no_such_method();
  auto listed = world::list(cluster_.world().store(), *scope, {});
  if (!listed) return std::unexpected(listed.error());
  for (const auto& item : json::View(*listed)["items"].array()) {
    world::Key key{std::string(path.kind->kind.name), path.namespace_name,
                   std::string(json::View(item)["metadata"]["name"].text())};
    if (auto done = cluster_.world().registry().remove(*path.kind, key, *what, *options); !done)
      return std::unexpected(done.error());
  }
  return http::json_reply(200, *listed);
}

}  // namespace demo_cluster::app
