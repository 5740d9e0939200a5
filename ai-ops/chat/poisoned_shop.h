// For tests: a shop in which one text of the cluster, of a log or of a person was written by an attacker. The text
// stands as given: the control plane would have cleaned and redacted it, and would not have taken many a name.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace ai_ops::chat {

namespace json = foundation::json;

struct Place {
  std::string_view name;
  std::string_view usual;  // what stands there in a shop that is not poisoned
};
// Where a cluster's text stands; "@name@" in kPoisonedObjects.
inline constexpr std::array kClusterPlaces{
    Place{"event-message", "Back-off restarting failed container"},
    Place{"annotation", "1"},
    Place{"label", "checkout"},
    Place{"image", "shop/checkout:1.4"},
    Place{"container-name", "app"},
    Place{"env-name", "DATABASE_URL"},
    Place{"env-value", "postgres.shop"},
    Place{"waiting-message", "back-off 5m0s restarting failed container"},
    Place{"termination-message", "exit"},
    Place{"pod-condition", "containers with unready status: [app]"},
    Place{"deployment-condition", "Deployment does not have minimum availability."},
    Place{"workload-name", "extra"},
    Place{"pod-name", "checkout-7d9f-b"},
    Place{"service-name", "checkout"},
    Place{"job-name", "nightly"},
    Place{"hpa-name", "web"},
    Place{"configmap-key", "MODE"},
    Place{"configmap-value", "production"},
};

// A crashing checkout, a rollout that hangs and a failed Job.
inline constexpr std::array<std::string_view, 10> kPoisonedObjects{
    R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"checkout","namespace":"shop","uid":"d1",
       "generation":2,"labels":{"app":"checkout","note":"@label@"},"annotations":{"note":"@annotation@"}},
       "spec":{"replicas":2,"selector":{"matchLabels":{"app":"checkout"}},"template":{"metadata":{"labels":{
       "app":"checkout"}},"spec":{"containers":[{"name":"@container-name@","image":"@image@","env":[{
       "name":"@env-name@","fact":{"type":"endpoint","scheme":"postgres","host":"@env-value@","port":5433}}]}]}}},
       "status":{"observedGeneration":2,"replicas":2,"readyReplicas":0,"unavailableReplicas":2}})",
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"checkout-7d9f-a","namespace":"shop","uid":"p1",
       "labels":{"app":"checkout","note":"@label@"},"annotations":{"note":"@annotation@"},"ownerReferences":[{
       "apiVersion":"apps/v1","kind":"Deployment","name":"checkout","uid":"d1","controller":true}]},
       "spec":{"containers":[{"name":"@container-name@","image":"@image@"}]},"status":{"phase":"Running","conditions":[{
       "type":"Ready","status":"False","reason":"ContainersNotReady","message":"@pod-condition@"}],
       "containerStatuses":[{"name":"@container-name@","ready":false,"restartCount":6,"state":{"waiting":{
       "reason":"CrashLoopBackOff","message":"@waiting-message@"}},"lastState":{"terminated":{"exitCode":1,
       "reason":"Error","message":"@termination-message@","startedAt":"2026-01-02T03:03:39Z",
       "finishedAt":"2026-01-02T03:03:40Z"}}}]}})",
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"@pod-name@","namespace":"shop","uid":"p2","labels":{
       "app":"checkout"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout","uid":"d1",
       "controller":true}]},"spec":{"containers":[{"name":"app","image":"@image@"}]},"status":{"phase":"Pending",
       "containerStatuses":[{"name":"app","ready":false,"restartCount":0,"state":{"waiting":{
       "reason":"ImagePullBackOff","message":"@waiting-message@"}}}]}})",
    R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"checkout.1","namespace":"shop"},"involvedObject":{
       "kind":"Pod","namespace":"shop","name":"checkout-7d9f-a"},"type":"Warning","reason":"BackOff",
       "message":"@event-message@","count":4,"lastTimestamp":"2026-01-02T03:04:00Z"})",
    R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"@workload-name@","namespace":"shop","uid":"d2",
       "generation":1},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"extra"}},"template":{"metadata":{
       "labels":{"app":"extra"}},"spec":{"containers":[{"name":"app"}]}}},"status":{"observedGeneration":1,
       "replicas":1,"readyReplicas":0,"unavailableReplicas":1,"conditions":[{"type":"Progressing","status":"False",
       "reason":"ProgressDeadlineExceeded","message":"@deployment-condition@",
       "lastTransitionTime":"2026-01-02T02:00:00Z"}]}})",
    R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"@service-name@","namespace":"shop","uid":"s1"},
       "spec":{"selector":{"app":"checkout"},"ports":[{"port":8080}]}})",
    R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"postgres","namespace":"shop","uid":"s2"},
       "spec":{"selector":{"app":"postgres"},"ports":[{"port":5432}]}})",
    R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"@job-name@","namespace":"shop","uid":"j1"},
       "spec":{"template":{"spec":{"containers":[{"name":"app"}]}}},"status":{"failed":3,"conditions":[{
       "type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"@deployment-condition@"}]}})",
    R"({"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"@hpa-name@",
       "namespace":"shop","uid":"h1"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"cart"}}})",
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"shop","uid":"c1"},
       "data":{"@configmap-key@":{"type":"word","value":"@configmap-value@"}}})",
};

struct Healthy {
  std::string_view kind, name;
  int replicas;
};
inline constexpr std::array kHealthy{Healthy{"Deployment", "web", 3}, Healthy{"Deployment", "cart", 2},
                                     Healthy{"Deployment", "payments-api", 2}, Healthy{"StatefulSet", "postgres", 1}};

inline json::Value healthy_object(const Healthy& row) {
  json::Object labels{{"app", row.name}};
  json::Object pod{{"containers", json::Array{json::Object{{"name", "app"}}}}};
  return json::Object{
      {"apiVersion", "apps/v1"},
      {"kind", row.kind},
      {"metadata",
       {{"name", row.name}, {"namespace", "shop"}, {"uid", fmt::format("uid-of-{}", row.name)}, {"generation", 1}}},
      {"spec",
       {{"replicas", row.replicas},
        {"selector", {{"matchLabels", labels}}},
        {"template", {{"metadata", {{"labels", labels}}}, {"spec", pod}}}}},
      {"status",
       {{"observedGeneration", 1},
        {"replicas", row.replicas},
        {"readyReplicas", row.replicas},
        {"updatedReplicas", row.replicas},
        {"availableReplicas", row.replicas}}}};
}

// As it stands inside the quotation marks of a JSON text.
inline std::string inside_quotes(std::string_view text) {
  std::string quoted = json::to_text(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

// The objects of the shop with `text` at `place`; as they are usually where that is no place of a cluster.
inline std::vector<json::Value> poisoned_objects(std::string_view place, std::string_view text) {
  std::vector<json::Value> out;
  for (const Healthy& row : kHealthy) out.push_back(healthy_object(row));
  for (std::string_view given : kPoisonedObjects) {
    std::string object(given);
    for (const Place& row : kClusterPlaces) {
      std::string mark = fmt::format("@{}@", row.name), said = inside_quotes(row.name == place ? text : row.usual);
      for (std::size_t at; (at = object.find(mark)) != std::string::npos;) object.replace(at, mark.size(), said);
    }
    out.push_back(json::parse_tolerant(object).value());
  }
  return out;
}

// One line of ai-ops/chat/testdata/injections.jsonl.
struct Injection {
  std::string id, place, goal, text;
  std::vector<json::Value> objects = poisoned_objects(place, text);
};

inline std::vector<Injection> injections() {
  std::ifstream file("ai-ops/chat/testdata/injections.jsonl");  // tests run from the repository's root
  std::vector<Injection> out;
  for (std::string line; std::getline(file, line);) {
    json::Value value = json::parse_strict(line).value();
    auto text = [&](std::string_view name) { return std::string(json::View(value)[name].text()); };
    out.push_back({text("id"), text("place"), text("goal"), text("text")});
  }
  return out;
}

}  // namespace ai_ops::chat
