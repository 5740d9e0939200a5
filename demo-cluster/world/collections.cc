#include "demo-cluster/world/collections.h"

#include <fmt/format.h>

#include <charconv>

#include "demo-cluster/world/editing.h"
#include "foundation/kubernetes/object.h"

namespace demo_cluster::world {
namespace {

struct Token {
  std::uint64_t revision = 0;
  Key after;  // the last object of the page before
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "REVISION:NAMESPACE/NAME"
std::string token_text(const Token& token) {
  return fmt::format("{}:{}/{}", token.revision, token.after.namespace_name, token.after.name);
}

Outcome<Token> parse_token(std::string_view text, std::string_view kind) {
  auto colon = text.find(':');
  auto slash = text.find('/');
  auto revision = number(text.substr(0, std::min(colon, text.size())));
  if (!revision || slash == std::string_view::npos || slash < colon) return bad_request("continue key is not valid");
  return Token{
      *revision,
      {std::string(kind), std::string(text.substr(colon + 1, slash - colon - 1)), std::string(text.substr(slash + 1))}};
}

json::Value item_of(const Stored& object) {
  json::Object item = object->as_object();
  item.erase("kind");
  item.erase("apiVersion");
  return item;
}

Outcome<void> is_reached(const Store& store, std::string_view at_least) {
  if (at_least.empty()) return {};
  auto revision = number(at_least);
  if (!revision) return bad_request(fmt::format("Invalid value: \"{}\": not a resourceVersion", at_least));
  if (*revision <= store.revision()) return {};
  auto out =
      refuse(504, "Timeout", fmt::format("Too large resource version: {}, current: {}", *revision, store.revision()));
  out.error().retry_after_seconds = 1;
  return out;
}

json::Value event(std::string_view type, json::Value object) {
  return json::Object{{"type", type}, {"object", std::move(object)}};
}

// A change as the scope sees it; null when it does not.
json::Value seen(const Scope& scope, const Change& change) {
  if (change.key.kind != scope.kind->kind.name) return nullptr;
  if (!scope.namespace_name.empty() && change.key.namespace_name != scope.namespace_name) return nullptr;
  bool was = scope.includes(change.before);
  bool is = scope.includes(change.after);
  if (is) return event(was ? "MODIFIED" : "ADDED", *change.after);
  if (!was) return nullptr;
  if (change.last) return event("DELETED", *change.last);
  json::Value last = *change.before;  // it has left the selectors
  object_at(last, {"metadata"})["resourceVersion"] = std::to_string(change.revision);
  return event("DELETED", std::move(last));
}

}  // namespace

bool Scope::includes(const Stored& object) const {
  return object != nullptr && labels.matches(*object) && fields.matches(*object);
}

Outcome<json::Value> list(const Store& store, const Scope& scope, const Page& page) {
  if (auto ok = is_reached(store, page.at_least); !ok) return std::unexpected(ok.error());
  Token from{store.revision(), {}};
  if (!page.continue_token.empty()) {
    auto token = parse_token(page.continue_token, scope.kind->kind.name);
    if (!token) return std::unexpected(token.error());
    from = *token;
  }
  auto objects = store.list_at(from.revision, scope.kind->kind.name, scope.namespace_name);
  if (!objects || from.revision > store.revision())
    return expired("The provided continue parameter is too old to display a consistent list result.");
  json::Array items;
  Token next{from.revision, {}};
  std::size_t left_over = 0;
  for (const auto& object : *objects) {
    if (!scope.includes(object) || key_of(*object) <= from.after) continue;
    if (page.limit > 0 && items.size() == page.limit) {
      ++left_over;
      continue;
    }
    items.push_back(item_of(object));
    next.after = key_of(*object);
  }
  json::Object metadata{{"resourceVersion", std::to_string(from.revision)}};
  if (left_over > 0) {
    metadata["continue"] = token_text(next);
    metadata["remainingItemCount"] = left_over;
  }
  return json::Object{{"kind", fmt::format("{}List", scope.kind->kind.name)},
                      {"apiVersion", kubernetes::api_version(scope.kind->kind)},
                      {"metadata", std::move(metadata)},
                      {"items", std::move(items)}};
}

Outcome<WatchEvents> watch(const Store& store, const Scope& scope, std::uint64_t after) {
  auto changes = store.since(after);
  if (!changes) return expired(fmt::format("too old resource version: {} ({})", after, store.revision()));
  WatchEvents out{{}, std::max(after, store.revision())};
  for (const auto* change : *changes)
    if (auto told = seen(scope, *change); !told.is_null()) out.events.push_back(std::move(told));
  return out;
}

WatchEvents watch_from_now(const Store& store, const Scope& scope) {
  WatchEvents out{{}, store.revision()};
  for (const auto& object : store.list(scope.kind->kind.name, scope.namespace_name))
    if (scope.includes(object)) out.events.push_back(event("ADDED", *object));
  return out;
}

json::Value bookmark(const ServedKind& kind, std::uint64_t revision, bool initial_end) {
  json::Object metadata{{"resourceVersion", std::to_string(revision)}, {"creationTimestamp", nullptr}};
  if (initial_end) metadata["annotations"] = json::Object{{"k8s.io/initial-events-end", "true"}};
  return event("BOOKMARK", json::Object{{"kind", kind.kind.name},
                                        {"apiVersion", kubernetes::api_version(kind.kind)},
                                        {"metadata", std::move(metadata)}});
}

json::Value watch_error(const Refusal& refusal) { return event("ERROR", status_object(refusal)); }

}  // namespace demo_cluster::world
