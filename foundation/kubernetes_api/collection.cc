#include "foundation/kubernetes_api/collection.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "foundation/http/message.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes_api/api_error.h"

namespace foundation::kubernetes_api {

namespace {

auto refused(std::string why) { return fail(Code::invalid, "name an object of the cluster", std::move(why)); }

auto unreadable(std::string_view what) {
  return fail(Code::corrupt, "read the cluster", fmt::format("the API server's {} does not read", what));
}

Done check_namespace(const Kind& kind, std::string_view namespace_name) {
  if (kind.namespaced != !namespace_name.empty())
    return refused(fmt::format("{} {} a namespace", kind.name, kind.namespaced ? "needs" : "has not"));
  if (!kind.namespaced) return {};
  auto checked = kubernetes::parse_namespace(namespace_name);
  if (!checked) return std::unexpected(checked.error());
  return {};
}

void say_kind(json::Object& object, const Kind& kind) {
  object["kind"] = kind.name;
  object["apiVersion"] = kubernetes::api_version(kind);
}

}  // namespace

Result<std::string> object_target(const ObjectRef& ref, std::string_view subresource) {
  const Kind* kind = kubernetes::find_kind(ref.kind);
  if (!kind) return refused("this kind is not served here");
  if (auto done = check_namespace(*kind, ref.namespace_name); !done) return std::unexpected(done.error());
  auto name = kubernetes::parse_object_name(ref.name);
  if (!name) return std::unexpected(name.error());
  if (!subresource.empty() && !kubernetes::is_label(subresource)) return refused("no such subresource");
  return kubernetes::object_path(*kind, ref.namespace_name, name->str(), subresource);
}

Result<std::string> collection_target(const Kind& kind, std::string_view namespace_name) {
  if (auto done = check_namespace(kind, namespace_name); !done) return std::unexpected(done.error());
  return kubernetes::object_path(kind, namespace_name);
}

Result<Page> parse_page(std::string_view body, const Kind& kind) {
  auto list = json::parse_tolerant(body, {.bytes = kMaxPageBytes, .depth = 64});
  if (!list || !list->is_object()) return unreadable("list");
  json::View view(*list);
  Page page{.items = {},
            .next = std::string(view.path("metadata.continue").text()),
            .resource_version = std::string(view.path("metadata.resourceVersion").text())};
  auto* items = list->as_object().if_contains("items");
  if (!items || !(items->is_array() || items->is_null())) return unreadable("list");  // Go writes an empty list as null
  if (items->is_null()) return page;
  for (auto& item : items->as_array()) {
    if (!item.is_object()) return unreadable("list");
    say_kind(item.as_object(), kind);
    page.items.push_back(std::move(item));
  }
  return page;
}

Result<WatchEvent> parse_watch_event(std::string_view line, const Kind& kind) {
  auto event = json::parse_tolerant(line, {.bytes = kMaxWatchLineBytes, .depth = 64});
  if (!event || !event->is_object()) return unreadable("watch");
  auto type = json::View(*event)["type"].text();
  auto* object = event->as_object().if_contains("object");
  if (!object || !object->is_object()) return unreadable("watch");
  if (type == "ERROR") {
    auto status = static_cast<int>(json::View(*object)["code"].integer_or(500) % 1'000);
    return std::unexpected(error_of_read_answer(status, json::to_text(*object), "watch the cluster"));
  }
  WatchEvent read;
  if (type == "ADDED" || type == "MODIFIED") {
    read.type = WatchEvent::changed;
  } else if (type == "DELETED") {
    read.type = WatchEvent::removed;
  } else if (type != "BOOKMARK") {
    return unreadable("watch");
  }
  read.object = std::move(*object);
  say_kind(read.object.as_object(), kind);
  return read;
}

std::string watch_target(const std::string& collection, std::string_view resource_version) {
  return fmt::format("{}?watch=true&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}", collection,
                     kWatchTime.count() / 1'000, http::percent_encode(resource_version));
}

async::Task<Page> read_page(ApiServer& api, async::Context& ctx, const Kind& kind, std::string collection,
                            std::string next, std::string accept) {
  auto target = fmt::format("{}?limit={}", collection, kind.name == "ConfigMap" ? kPageConfigMaps : kPageObjects);
  if (!next.empty()) target += "&continue=" + http::percent_encode(next);
  auto body = co_await api.read(ctx, std::move(target), kMaxPageBytes, std::move(accept));
  if (!body) co_return std::unexpected(body.error());
  co_return parse_page(*body, kind);
}

async::Task<Page> read_all(ApiServer& api, async::Context& ctx, const Kind& kind, std::string collection,
                           std::string accept) {
  Page all;
  for (bool began_anew = false;;) {
    auto page = co_await read_page(api, ctx, kind, collection, all.next, accept);
    if (!page && page.error().code == Code::conflict && !std::exchange(began_anew, true)) {
      all = {};
      continue;
    }
    if (!page) co_return std::unexpected(page.error());
    std::ranges::move(page->items, std::back_inserter(all.items));
    all.next = std::move(page->next);
    all.resource_version = std::move(page->resource_version);
    if (all.next.empty() || all.items.size() >= kMaxListedObjects) co_return all;
  }
}

}  // namespace foundation::kubernetes_api
