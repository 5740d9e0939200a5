#include "demo-cluster/world/status.h"

#include <fmt/format.h>

namespace demo_cluster::world {
namespace {

// "deployments.apps" or "pods".
std::string qualified(std::string_view word, std::string_view group) {
  return group.empty() ? std::string(word) : fmt::format("{}.{}", word, group);
}

std::unexpected<Refusal> about(const ServedKind& kind, std::string_view name, int code, std::string_view reason,
                               std::string message) {
  Refusal refusal{.code = code, .reason = std::string(reason), .message = std::move(message)};
  refusal.group = kind.kind.group;
  refusal.resource = kind.kind.plural;
  refusal.name = name;
  return std::unexpected(std::move(refusal));
}

json::Object details(const Refusal& refusal) {
  json::Object out;
  if (!refusal.name.empty()) out["name"] = refusal.name;
  if (!refusal.group.empty()) out["group"] = refusal.group;
  if (!refusal.resource.empty()) out["kind"] = refusal.resource;
  if (refusal.retry_after_seconds > 0) out["retryAfterSeconds"] = refusal.retry_after_seconds;
  json::Array causes;
  for (const auto& cause : refusal.causes)
    causes.push_back(json::Object{{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
  if (!causes.empty()) out["causes"] = std::move(causes);
  return out;
}

}  // namespace

json::Value status_object(const Refusal& refusal) {
  json::Object status{{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Object{}}, {"status", "Failure"}};
  status["message"] = refusal.message;
  status["reason"] = refusal.reason;
  if (auto more = details(refusal); !more.empty()) status["details"] = std::move(more);
  status["code"] = refusal.code;
  return status;
}

json::Value success_object(const ServedKind& kind, std::string_view name, std::string_view uid) {
  json::Object about{{"name", std::string(name)}, {"kind", std::string(kind.kind.plural)}, {"uid", std::string(uid)}};
  if (!kind.kind.group.empty()) about["group"] = std::string(kind.kind.group);
  return json::Object{{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{}},
                      {"status", "Success"},
                      {"details", std::move(about)}};
}

std::unexpected<Refusal> not_found(const ServedKind& kind, std::string_view name) {
  return about(kind, name, 404, "NotFound",
               fmt::format("{} \"{}\" not found", qualified(kind.kind.plural, kind.kind.group), name));
}

std::unexpected<Refusal> already_exists(const ServedKind& kind, std::string_view name) {
  return about(kind, name, 409, "AlreadyExists",
               fmt::format("{} \"{}\" already exists", qualified(kind.kind.plural, kind.kind.group), name));
}

std::unexpected<Refusal> conflict(const ServedKind& kind, std::string_view name, std::string_view why) {
  constexpr std::string_view kModified =
      "the object has been modified; please apply your changes to the latest version and try again";
  return about(kind, name, 409, "Conflict",
               fmt::format("Operation cannot be fulfilled on {} \"{}\": {}",
                           qualified(kind.kind.plural, kind.kind.group), name, why.empty() ? kModified : why));
}

std::unexpected<Refusal> invalid(const ServedKind& kind, std::string_view name, std::vector<Refusal::Cause> causes) {
  std::string list;
  for (const auto& cause : causes)
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", cause.field, cause.message);
  if (causes.size() > 1) list = fmt::format("[{}]", list);
  auto out = about(kind, name, 422, "Invalid",
                   fmt::format("{} \"{}\" is invalid: {}", qualified(kind.kind.name, kind.kind.group), name, list));
  out.error().resource = kind.kind.name;
  out.error().causes = std::move(causes);
  return out;
}

std::unexpected<Refusal> bad_request(std::string message) { return refuse(400, "BadRequest", std::move(message)); }

std::unexpected<Refusal> expired(std::string message) { return refuse(410, "Expired", std::move(message)); }

std::unexpected<Refusal> refuse(int code, std::string reason, std::string message) {
  return std::unexpected(Refusal{.code = code, .reason = std::move(reason), .message = std::move(message)});
}

}  // namespace demo_cluster::world
