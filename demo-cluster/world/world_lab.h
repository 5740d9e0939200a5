// A world with a hand-moved clock for tests: three nodes of 8 CPU and the namespace shop.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "demo-cluster/world/collections.h"
#include "demo-cluster/world/world.h"
#include "foundation/kubernetes/object.h"
#include "foundation/manifests/manifests.h"

namespace demo_cluster::world {

class WorldLab : public testing::Test {
 protected:
  explicit WorldLab(World::Options options = {}) : world(options) {
    world.found(now);
    apply(R"(
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-1}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-2}}
---
{apiVersion: v1, kind: Node, metadata: {name: node-3}}
)");
  }

  void apply(std::string_view yaml) {
    auto objects = foundation::manifests::parse_manifests(yaml);
    ASSERT_TRUE(objects.has_value());
    auto seeded = world.seed(std::move(*objects), now);
    ASSERT_TRUE(seeded.has_value()) << seeded.error().message;
  }

  // A Deployment "web" in shop; `template_more` goes into its template's metadata, `container` into its container.
  void deploy(int replicas, std::string_view annotations = "", std::string_view container = "",
              std::string name = "web") {
    apply("{apiVersion: apps/v1, kind: Deployment, metadata: {name: " + name + ", namespace: shop}, spec: {replicas: " +
          std::to_string(replicas) + ", selector: {matchLabels: {app: " + name +
          "}}, template: {metadata: {labels: {app: " + name + "}, annotations: {" + std::string(annotations) +
          "}}, spec: {containers: [{name: app, image: 'registry.example/" + name + ":1'" + std::string(container) +
          "}]}}}}");
  }

  void pass(Milliseconds time) {
    world.run(now, now + time);
    now += time;
  }

  json::View get(std::string kind, std::string name, std::string space = "shop") {
    held = world.store().find({std::move(kind), std::move(space), std::move(name)});
    return held ? json::View(*held) : json::View();
  }
  std::vector<Stored> pods(std::string_view prefix = "") {
    std::vector<Stored> out;
    for (auto& pod : world.store().list("Pod", "shop"))
      if (json::View(*pod)["metadata"]["name"].text().starts_with(prefix)) out.push_back(pod);
    return out;
  }
  std::int64_t ready(std::string name) {
    return get("Deployment", std::move(name))["status"]["readyReplicas"].integer_or(0);
  }
  // The events of an object, "Reason: message", joined by lines.
  std::string events_of(json::View object) {
    std::string out;
    for (const auto& event : world.store().list("Event"))
      if (json::View(*event)["involvedObject"]["uid"].text() == object["metadata"]["uid"].text())
        out += std::string(json::View(*event)["reason"].text()) + ": " +
               std::string(json::View(*event)["message"].text()) + "\n";
    return out;
  }
  Outcome<Stored> patch(std::string kind, std::string name, std::string_view text, PatchKind how = PatchKind::merge,
                        std::string manager = "test", bool dry_run = false) {
    const auto& row = *served_kind(kind);
    Key key{kind, row.kind.namespaced ? "shop" : "", std::move(name)};
    return world.registry().patch(row, key, how, *json::parse_strict(text), Part::spec,
                                  {std::move(manager), dry_run, now});
  }
  Outcome<json::Value> scale(std::string_view patch_text, std::string manager, bool dry_run = false,
                             std::string kind = "Deployment", std::string name = "web") {
    return world.registry().patch_scale(*served_kind(kind), {kind, "shop", std::move(name)}, PatchKind::merge,
                                        *json::parse_strict(patch_text), {std::move(manager), dry_run, now});
  }

  WallTime now = *foundation::parse_rfc3339("2026-01-02T03:04:05Z");
  World world;
  Stored held;
};

inline std::string text(json::View view, std::string_view path) {
  auto found = view.path(path);
  return found.is_null()              ? std::string()
         : found.value()->is_string() ? std::string(found.text())
                                      : json::to_text(*found.value());
}

}  // namespace demo_cluster::world
