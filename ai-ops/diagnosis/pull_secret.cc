#include "ai-ops/diagnosis/pull_secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace ai_ops::diagnosis {
namespace {

// "Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed."
std::vector<std::string> names_in(std::string_view message) {
  std::size_t open = message.find('('), close = message.find(')', open);
  std::vector<std::string> out;
  if (open == message.npos || close == message.npos) return out;
  std::string_view rest = message.substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    std::size_t end = rest.find(", ");
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 2);
  }
  return out;
}

std::optional<ObjectView> lacking_event(const Cluster& cluster, const ObjectView& pod, WallTime now) {
  for (const ObjectView& event : cluster.events_about(pod)) {
    if (event.root()["reason"].text() != "FailedToRetrieveImagePullSecret") continue;
    auto at = time_of_event(event);
    return at && now - *at < kStillLacked ? std::optional(event) : std::nullopt;
  }
  return std::nullopt;
}

void add_named(std::vector<PullSecret>& out, const ObjectView& by, json::View list, std::string_view path) {
  for (std::size_t i = 0; i < list.array().size(); ++i)
    out.push_back(
        {.name = std::string(list[i]["name"].text()), .named_by = by, .path = fmt::format("{}[{}].name", path, i)});
}

std::vector<PullSecret> pull_secrets_of(const Cluster& cluster, const ObjectView& pod) {
  std::vector<PullSecret> out;
  add_named(out, pod, pod.spec()["imagePullSecrets"], "spec.imagePullSecrets");
  if (!out.empty()) return out;
  auto account =
      cluster.snapshot().find("ServiceAccount", pod.namespace_name(), pod.spec()["serviceAccountName"].text("default"));
  if (account) add_named(out, *account, account->root()["imagePullSecrets"], "imagePullSecrets");
  return out;
}

}  // namespace

std::optional<PullSecret> missing_pull_secret(const Cluster& cluster, const ObjectView& pod, WallTime now) {
  std::vector<PullSecret> secrets = pull_secrets_of(cluster, pod);
  if (auto event = lacking_event(cluster, pod, now)) {
    for (const std::string& name : names_in(event->root()["message"].text())) {
      auto known = std::ranges::find(secrets, name, &PullSecret::name);
      if (known == secrets.end()) known = secrets.insert(secrets.end(), {.name = name});  // a description leaves it out
      known->event = event;
    }
  }
  bool is_in_view = cluster.sees("Secret", pod.namespace_name());
  for (PullSecret& secret : secrets) {
    if (secret.name.empty() || cluster.snapshot().find("Secret", pod.namespace_name(), secret.name)) continue;
    secret.is_seen_missing = is_in_view && secret.named_by;
    if (secret.is_seen_missing || secret.event) return secret;
  }
  return std::nullopt;
}

}  // namespace ai_ops::diagnosis
