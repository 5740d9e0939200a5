#include "demo-cluster/app/request_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "demo-cluster/world/protobuf.h"
#include "foundation/manifests/manifests.h"

namespace demo_cluster::app {
namespace {

namespace http = foundation::http;
using world::Outcome;

constexpr std::size_t kManagerBytes = 128;  // the real server's limit

std::string_view content_type(const http::Exchange& exchange) {
  auto value = exchange.request().headers.find("Content-Type").value_or("application/json");
  return value.substr(0, value.find(';'));
}

struct PatchType {
  std::string_view content_type;
  world::PatchKind kind;
};
constexpr PatchType kPatchTypes[] = {
    {"application/merge-patch+json", world::PatchKind::merge},
    {"application/json-patch+json", world::PatchKind::json},
    {"application/strategic-merge-patch+json", world::PatchKind::strategic},
    {"application/apply-patch+yaml", world::PatchKind::apply},
};

constexpr std::string_view kAcceptable[] = {"json", "*/*", "application/*"};

}  // namespace

std::string query(const http::Exchange& exchange, std::string_view name) {
  auto at = exchange.target().query.find(name);
  return at == exchange.target().query.end() ? std::string() : at->second;
}

bool is_set(const http::Exchange& exchange, std::string_view name) {
  auto value = query(exchange, name);
  return value == "true" || value == "1";
}

Outcome<std::optional<std::int64_t>> number(const http::Exchange& exchange, std::string_view name) {
  auto text = query(exchange, name);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return world::bad_request(fmt::format("{}: \"{}\" is not a number from 0 on", name, text));
  return value;
}

Outcome<world::WriteOptions> write_options(const http::Exchange& exchange, foundation::WallTime now) {
  auto dry_run = query(exchange, "dryRun");
  if (!dry_run.empty() && dry_run != "All")
    return world::refuse(422, "Invalid",
                         fmt::format("dryRun: Unsupported value: \"{}\": supported values: \"All\"", dry_run));
  auto manager = query(exchange, "fieldManager");
  if (manager.size() > kManagerBytes)
    return world::refuse(422, "Invalid", "fieldManager: Too long: may not be more than 128 bytes");
  if (manager.empty()) {
    auto agent = exchange.request().headers.find("User-Agent").value_or("unknown");
    manager = agent.substr(0, std::min(agent.find('/'), kManagerBytes));
  }
  return world::WriteOptions{std::move(manager), dry_run == "All", now, is_set(exchange, "force")};
}

Outcome<world::Scope> scope_of(const http::Exchange& exchange, const ApiPath& path) {
  auto labels = world::LabelSelector::parse(query(exchange, "labelSelector"));
  if (!labels) return std::unexpected(labels.error());
  auto fields = query(exchange, "fieldSelector");
  if (!path.name.empty()) fields = fmt::format("metadata.name={}{}{}", path.name, fields.empty() ? "" : ",", fields);
  auto parsed = world::FieldSelector::parse(fields);
  if (!parsed) return std::unexpected(parsed.error());
  return world::Scope{path.kind, path.namespace_name, std::move(*labels), std::move(*parsed)};
}

Outcome<json::Value> body_of(const http::Exchange& exchange) {
  const auto& body = exchange.request().body;
  auto type = content_type(exchange);
  if (type.ends_with("yaml")) {
    auto documents = foundation::manifests::parse_manifests(body);
    if (!documents) return world::bad_request(documents.error().text());
    if (documents->size() != 1) return world::bad_request("the body must be one document");
    return std::move(documents->front());
  }
  if (type == world::kProtobufType) return world::from_protobuf(body);
  if (!type.ends_with("json"))
    return world::refuse(415, "UnsupportedMediaType",
                         fmt::format("the body of the request was in an unknown format - accepted media types include: "
                                     "application/json, application/yaml, application/vnd.kubernetes.protobuf, not {}",
                                     type));
  auto value = json::parse_tolerant(body);
  if (!value) return world::bad_request(value.error().text());
  return std::move(*value);
}

Outcome<world::PatchKind> patch_kind(const http::Exchange& exchange) {
  for (const auto& row : kPatchTypes)
    if (row.content_type == content_type(exchange)) return row.kind;
  return world::refuse(415, "UnsupportedMediaType",
                       fmt::format("the body of the request was in an unknown format: {}", content_type(exchange)));
}

Outcome<world::DeleteOptions> delete_options(const http::Exchange& exchange) {
  world::DeleteOptions out;
  auto grace = number(exchange, "gracePeriodSeconds");
  if (!grace) return std::unexpected(grace.error());
  out.grace_seconds = *grace;
  if (auto policy = query(exchange, "propagationPolicy"); !policy.empty()) out.propagation = policy;
  if (exchange.request().body.empty()) return out;
  auto body = body_of(exchange);
  if (!body) return std::unexpected(body.error());
  return read_delete_options(*body, std::move(out));
}

world::Outcome<world::DeleteOptions> read_delete_options(json::View view, world::DeleteOptions out) {
  if (auto seconds = view["gracePeriodSeconds"].integer()) out.grace_seconds = seconds;
  if (auto policy = view["propagationPolicy"].text(); !policy.empty()) out.propagation = policy;
  if (view["orphanDependents"].boolean_or(false)) out.propagation = "Orphan";
  for (const auto& stage : view["dryRun"].array()) out.dry_run = out.dry_run || json::View(stage).text() == "All";
  out.uid = view["preconditions"]["uid"].text();
  out.resource_version = view["preconditions"]["resourceVersion"].text();
  if (out.propagation != "Background" && out.propagation != "Foreground" && out.propagation != "Orphan")
    return world::refuse(422, "Invalid", "propagationPolicy: Unsupported value: \"" + out.propagation + "\"");
  return out;
}

bool accepts_json(const http::Exchange& exchange) {
  auto accept = exchange.request().headers.find("Accept").value_or("");
  if (accept.empty()) return true;
  return std::ranges::any_of(kAcceptable, [&](auto type) { return accept.find(type) != std::string_view::npos; });
}

bool wants_table(const http::Exchange& exchange) {
  return exchange.request().headers.find("Accept").value_or("").find("as=Table") != std::string_view::npos;
}

http::Reply status_reply(const world::Refusal& refusal) {
  auto reply = http::json_reply(refusal.code, world::status_object(refusal));
  if (refusal.retry_after_seconds > 0) reply.headers.set("Retry-After", std::to_string(refusal.retry_after_seconds));
  return reply;
}

}  // namespace demo_cluster::app
