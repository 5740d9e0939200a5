#include "foundation/redaction/prune.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "foundation/json/view.h"
#include "foundation/kubernetes/kinds.h"
#include "foundation/redaction/allow_list.h"

namespace foundation::redaction {
namespace {

json::Value parse(const std::string& text) {
  auto value = json::parse_tolerant(text);
  EXPECT_TRUE(value) << value.error().text();
  return value ? *value : json::Value();
}

std::string pruned(const std::string& text) {
  auto out = prune(parse(text));
  return out ? json::to_text(*out) : "nothing";
}

// A pod with a canary ("@0@", "@1@"...) in every place where people and programs put secrets.
constexpr const char* kPod = R"json({
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {
    "name": "web-1", "namespace": "shop", "uid": "u-1", "labels": {"app": "web"},
    "annotations": {
      "kubectl.kubernetes.io/last-applied-configuration": "{\"env\":\"@0@\"}",
      "deployment.kubernetes.io/revision": "3", "note": "password=@1@"},
    "managedFields": [{"manager": "@2@"}], "selfLink": "/@3@"},
  "spec": {
    "nodeName": "node-1",
    "containers": [{
      "name": "web", "image": "shop/web:v1", "command": ["sh", "-c", "login @4@"], "args": ["--password", "@5@", "@6@"],
      "env": [{"name": "API_KEY", "value": "@7@"}, {"name": "PLAIN", "value": "@8@"},
              {"name": "DATABASE_URL", "value": "postgres://app:@9@@postgres.shop:5433/db?x=@10@"}],
      "livenessProbe": {"periodSeconds": 5, "exec": {"command": ["check", "@11@"]},
        "httpGet": {"path": "/health?token=@12@", "port": 80, "httpHeaders": [{"name": "X-Auth", "value": "@13@"}]}},
      "lifecycle": {"preStop": {"exec": {"command": ["stop", "--token=@14@"]}}},
      "volumeMounts": [{"name": "v", "mountPath": "/v"}], "unknownField": "@15@"}],
    "volumes": [{"name": "v", "csi": {"driver": "d", "volumeAttributes": {"secret": "@16@"}}},
                {"name": "f", "flexVolume": {"options": {"k": "@17@"}}}],
    "initContainers": [{"name": "init", "env": [{"name": "X", "value": "@18@"}]}]},
  "status": {
    "phase": "Running", "message": "login failed: password=@19@",
    "conditions": [{"type": "Ready", "status": "False", "message": "token=@20@ is wrong"}],
    "containerStatuses": [{"name": "web", "restartCount": 3, "state": {"terminated": {"exitCode": 1,
      "message": "Authorization: Bearer @21@"}}}]},
  "data": {"k": "@22@"}})json";
constexpr int kPlaces = 23;

std::vector<std::string> canary_values() {
  return {"hunter2hunter2",
          "AKIA"
          "IOSFODNN7EXAMPLE",
          "ghp_"
          "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
          "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
          "a8f5f167f44f4964e6c998dee827110c",
          "xoxb-"
          "123456789012-abcdefGHIJKL"};
}

TEST(Prune, NothingOfACanarySurvives) {
  std::size_t planted = 0, survived = 0;
  for (const std::string& canary : canary_values()) {
    std::string text = kPod;
    for (int i = 0; i < kPlaces; ++i) {
      std::string mark = fmt::format("@{}@", i);
      std::size_t at = text.find(mark);
      ASSERT_NE(at, std::string::npos) << mark;
      text.replace(at, mark.size(), fmt::format("{}x{}", canary, i));
    }
    std::string out = pruned(text);
    ASSERT_NE(out, "nothing");
    planted += kPlaces;
    for (std::size_t at = out.find(canary); at != std::string::npos; at = out.find(canary, at + 1)) ++survived;
    EXPECT_EQ(out.find(canary), std::string::npos) << out;
  }
  fmt::print("prune: {} of {} planted canaries survived\n", survived, planted);
}

TEST(Prune, KeepsWhatDiagnosisNeeds) {
  std::string out = pruned(kPod);
  for (const char* kept :
       {R"("labels":{"app":"web"})", R"("annotations":{"deployment.kubernetes.io/revision":"3"})",
        R"("nodeName":"node-1")", R"("image":"shop/web:v1")", R"("host":"postgres.shop","port":5433)",
        R"("path":"/health")", R"("periodSeconds":5)", R"("httpHeaders":[{"name":"X-Auth"}])", R"("mountPath":"/v")",
        R"("csi":{"driver":"d"})", R"("restartCount":3)", R"("exitCode":1)", R"("phase":"Running")",
        R"({"flag":"--token","fact":{"type":"opaque")"})
    EXPECT_NE(out.find(kept), std::string::npos) << kept << " in " << out;
}

TEST(Prune, SecretsAndUnknownKindsNeverPass) {
  EXPECT_EQ(pruned(R"({"kind":"Secret","metadata":{"name":"db"},"data":{"password":"aHVudGVyMg=="}})"), "nothing");
  EXPECT_EQ(pruned(R"({"kind":"secret","metadata":{"name":"db"}})"), "nothing");
  EXPECT_EQ(pruned(R"({"kind":"Widget","metadata":{"name":"db"}})"), "nothing");
  EXPECT_EQ(pruned(R"({"kind":"Pod","metadata":{}})"), "nothing");
  EXPECT_EQ(pruned(R"({"metadata":{"name":"db"}})"), "nothing");
  EXPECT_EQ(pruned("[]"), "nothing");
  EXPECT_EQ(pruned("5"), "nothing");
}

TEST(Prune, EveryKindThatWeSpeakOfHasAnAllowList) {
  for (const auto& kind : kubernetes::kinds()) EXPECT_NE(allow_list(kind.name), nullptr) << kind.name;
}

TEST(Prune, ConfigMapsBecomeFacts) {
  EXPECT_EQ(pruned(R"({"kind":"ConfigMap","metadata":{"name":"c"},"data":{"MODE":"production","PASSWORD":"horse",
                       "app.yaml":"a: 1\nb: 2\n"},"binaryData":{"blob":"AAEC"}})"),
            R"({"kind":"ConfigMap","metadata":{"name":"c"},"data":{"MODE":{"type":"word","value":"production"},)"
            R"("PASSWORD":{"type":"opaque","length":5},"app.yaml":{"type":"document","length":10,"lines":[)"
            R"({"line":1,"key":"a","fact":{"type":"number","value":1}},)"
            R"({"line":2,"key":"b","fact":{"type":"number","value":2}}]}},)"
            R"("binaryData":{"blob":{"type":"opaque","length":4}}})");
}

TEST(Prune, ReachesThePodSpecOfEveryWorkload) {
  const std::string spec =
      R"({"containers":[{"name":"web","env":[{"name":"API_KEY","value":"hunter2"}],"secretField":"hunter2"}]})";
  const std::string meta = R"({"labels":{"app":"web"},"annotations":{"x":"hunter2"}})";
  const std::string pod_template = R"({"metadata":)" + meta + R"(,"spec":)" + spec + "}";
  for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"}) {
    std::string out = pruned(
        fmt::format(R"({{"kind":"{}","metadata":{{"name":"web"}},"spec":{{"template":{}}}}})", kind, pod_template));
    EXPECT_NE(out.find(R"("env":[{"name":"API_KEY","fact":{"type":"opaque","length":7}}])"), std::string::npos) << out;
    EXPECT_NE(out.find(R"("metadata":{"labels":{"app":"web"},"annotations":{}})"), std::string::npos) << out;
    EXPECT_EQ(out.find("hunter2"), std::string::npos) << out;
  }
  std::string job = pruned(R"({"kind":"CronJob","metadata":{"name":"n"},"spec":{"jobTemplate":{"spec":{"template":)" +
                           pod_template + "}}}}");
  EXPECT_NE(job.find(R"("name":"API_KEY")"), std::string::npos) << job;
  EXPECT_EQ(job.find("hunter2"), std::string::npos) << job;
}

TEST(Prune, EventsAreRedactedAndCleaned) {
  std::string out = pruned(
      "{\"kind\":\"Event\",\"metadata\":{\"name\":\"e\"},\"type\":\"Warning\",\"reason\":\"Failed\",\"count\":4,"
      "\"message\":\"pull with password=hunter2\xe2\x80\xae "
      "failed\",\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"web\"}}");
  EXPECT_NE(out.find("pull with password=<secret:password#1> failed"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("involvedObject":{"kind":"Pod","name":"web"})"), std::string::npos) << out;
}

TEST(Prune, NumbersTheSecretsOfAConversation) {
  Pseudonyms pseudonyms;
  auto message = [&](const char* text) {
    json::Value event = {{"kind", "Event"}, {"metadata", {{"name", "e"}}}, {"message", text}};
    auto out = prune(event, pseudonyms);
    return out ? std::string(json::View(*out)["message"].text()) : "";
  };
  EXPECT_EQ(message("password=alpha1"), "password=<secret:password#1>");
  EXPECT_EQ(message("password=beta2"), "password=<secret:password#2>");
  EXPECT_EQ(message("password=alpha1"), "password=<secret:password#1>");
}

TEST(Prune, WrongTypesAreDroppedNotTrusted) {
  EXPECT_EQ(pruned(R"({"kind":"Pod","metadata":{"name":"web"},"spec":"hunter2","status":["hunter2"]})"),
            R"({"kind":"Pod","metadata":{"name":"web"},"status":[]})");
  EXPECT_EQ(pruned(R"({"kind":"Pod","metadata":{"name":"web"},"spec":{"containers":{"env":"hunter2","args":7}}})"),
            R"({"kind":"Pod","metadata":{"name":"web"},"spec":{"containers":{"env":[],"args":[]}}})");
}

}  // namespace
}  // namespace foundation::redaction
