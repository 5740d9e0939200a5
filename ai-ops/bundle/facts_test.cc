#include "ai-ops/bundle/facts.h"

#include <gtest/gtest.h>

#include "foundation/json/view.h"
#include "foundation/redaction/prune.h"

namespace ai_ops::bundle {
namespace {

json::Object facts_of(std::string_view text) {
  json::Object object = foundation::json::parse_tolerant(text).value().as_object();
  keep_facts_only(object);
  json::Object again = object;
  keep_facts_only(again);
  EXPECT_EQ(object, again) << "twice";
  return object;
}

constexpr std::string_view kPod = R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop","managedFields":[{}],
  "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"hunter2","note":"kept"}},
  "spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"app","image":"a:1",
    "command":["sh","-c"],"args":["--db-password=hunter2","--port","80"],
    "env":[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"DB_URL","value":"postgres://u:hunter2@db:5432/x"},
           {"name":"KEY","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}],
    "livenessProbe":{"exec":{"command":["check","--token=hunter2"]}},
    "readinessProbe":{"httpGet":{"path":"/","port":80,"httpHeaders":[{"name":"Authorization","value":"hunter2"}]}}}]}})";

TEST(KeepFactsOnly, ContainersAreAsThePlatformsRedactionGivesThem) {
  json::Object pod = facts_of(kPod);
  json::Value ours(pod), platforms = *foundation::redaction::prune(*foundation::json::parse_tolerant(kPod));
  for (const char* member : {"env", "args", "command", "livenessProbe", "readinessProbe"})
    EXPECT_EQ(ours.at_pointer("/spec/containers/0").at(member), platforms.at_pointer("/spec/containers/0").at(member))
        << member;
  EXPECT_EQ(foundation::json::to_text(ours).find("hunter2"), std::string::npos);
  EXPECT_EQ(ours.at_pointer("/spec/nodeSelector/disk"), "ssd") << "what is no configuration value stays";
  EXPECT_EQ(ours.at_pointer("/metadata/annotations/note"), "kept");
  EXPECT_FALSE(pod.at("metadata").as_object().contains("managedFields"));
}

TEST(KeepFactsOnly, AProbesPathEndsAtItsQuery) {
  constexpr std::string_view kText =
      R"({"kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[
    {"name":"app","livenessProbe":{"httpGet":{"path":"/health?token=hunter2","port":80}},
     "startupProbe":{"httpGet":{"path":"/a#hunter2"}},"lifecycle":{"preStop":{"httpGet":{"path":"/stop?key=hunter2"}}}}]}})";
  json::Value ours(facts_of(kText)),
      platforms = *foundation::redaction::prune(*foundation::json::parse_tolerant(kText));
  EXPECT_EQ(ours.at_pointer("/spec/containers/0/livenessProbe"),
            platforms.at_pointer("/spec/containers/0/livenessProbe"));
  EXPECT_EQ(ours.at_pointer("/spec/containers/0/livenessProbe/httpGet/path"), "/health");
  EXPECT_EQ(foundation::json::to_text(ours).find("hunter2"), std::string::npos);
}

TEST(KeepFactsOnly, TemplatesOfEveryKindToo) {
  for (const char* text :
       {R"({"kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{"initContainers":[
            {"env":[{"name":"A","value":"hunter2 and more"}]}]}}}}}})",
        R"({"kind":"Rollout","spec":{"template":{"spec":{"containers":[{"args":["hunter2 and more"]}]}}}})",
        R"({"kind":"PodTemplate","template":{"spec":{"containers":[{"args":["hunter2 and more"]}]}}})"})
    EXPECT_EQ(foundation::json::to_text(json::Value(facts_of(text))).find("hunter2"), std::string::npos) << text;
}

TEST(KeepFactsOnly, OfConfigMapsTheFactsAndOfSecretsTheNamesOfTheirKeys) {
  EXPECT_EQ(foundation::json::to_text(json::Value(facts_of(
                R"({"kind":"ConfigMap","data":{"LEVEL":"debug","app.yaml":null},"binaryData":{"b":"AAAA"}})"))),
            R"({"kind":"ConfigMap","data":{"LEVEL":{"type":"word","value":"debug"},"app.yaml":null},)"
            R"("binaryData":{"b":{"type":"opaque","length":4}}})");
  EXPECT_EQ(foundation::json::to_text(json::Value(
                facts_of(R"({"kind":"Secret","data":{"password":"aHVudGVyMg=="},"stringData":{"a":"b"}})"))),
            R"({"kind":"Secret","data":{"password":null},"stringData":{"a":null}})");
}

TEST(KeepFactsOnly, WhatIsNotAsItShouldBeStaysHarmless) {
  for (const char* text : {"{}", R"({"kind":5,"spec":[]})", R"({"spec":{"containers":[1,null,{"env":[1],"args":5}]}})",
                           R"({"kind":"ConfigMap","data":[1]})", R"({"metadata":[],"kind":"Secret","data":5})"})
    facts_of(text);
}

}  // namespace
}  // namespace ai_ops::bundle
