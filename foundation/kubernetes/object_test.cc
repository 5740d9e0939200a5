#include "foundation/kubernetes/object.h"

#include <gtest/gtest.h>

namespace foundation::kubernetes {
namespace {

json::Value read(std::string_view text) { return json::parse_tolerant(text).value(); }

class PodView : public testing::Test {
 protected:
  json::Value value_ = read(R"({
    "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "42", "generation": 3,
      "ownerReferences": [
        {"kind": "ConfigMap", "name": "first", "uid": "u8"},
        {"kind": "ReplicaSet", "name": "web", "uid": "u9", "controller": true}]},
    "spec": {"nodeName": "n1"},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}, "junk", {"status": "x"}]}})");
  ObjectView pod_{value_};
};

TEST_F(PodView, ReadsTheCommonFields) {
  EXPECT_EQ(pod_.ref(), (ObjectRef{"Pod", "shop", "web-1", "u1"}));
  EXPECT_EQ(pod_.ref().text(), "Pod/web-1");
  EXPECT_EQ(pod_.resource_version(), "42");
  EXPECT_EQ(pod_.generation(), 3);
  EXPECT_EQ(pod_.spec()["nodeName"].text(), "n1");
  EXPECT_EQ(pod_.status()["phase"].text(), "Running");
}

TEST_F(PodView, TheControllerIsTheOwnerThatSaysSo) {
  EXPECT_EQ(pod_.controller(), (ObjectRef{"ReplicaSet", "shop", "web", "u9"}));
}

TEST_F(PodView, FindsAConditionByType) {
  EXPECT_EQ(pod_.condition("Ready")["status"].text(), "False");
  EXPECT_FALSE(pod_.condition("Available"));
}

TEST(ObjectView, ANodeThatOwnsAMirrorPodHasNoNamespace) {
  json::Value pod = read(R"({"metadata": {"namespace": "kube-system",
    "ownerReferences": [{"kind": "Node", "name": "n1", "uid": "u", "controller": true}]}})");
  EXPECT_EQ(ObjectView(pod).controller(), (ObjectRef{"Node", "", "n1", "u"}));
}

TEST(ObjectView, WhatIsNoObjectReadsAsEmpty) {
  for (std::string_view text : {"null", "[]", "{}", R"({"kind":1,"metadata":[],"status":{"conditions":{}}})"}) {
    json::Value value = read(text);
    ObjectView view{json::View(value)};
    EXPECT_EQ(view.ref(), ObjectRef()) << text;
    EXPECT_EQ(view.controller(), std::nullopt) << text;
    EXPECT_FALSE(view.condition("")) << text;
    EXPECT_EQ(view.generation(), 0) << text;
  }
}

TEST(Labels, KeepsStringsOnly) {
  json::Value labels = read(R"({"app":"web","n":1,"x":null,"tier":""})");
  EXPECT_EQ(labels_of(labels), (LabelMap{{"app", "web"}, {"tier", ""}}));
  EXPECT_TRUE(labels_of({}).empty());
}

struct SelectorRow {
  const char* selector;
  const char* labels;
  bool matches;
};

TEST(LabelSelector, FollowsKubernetes) {
  const SelectorRow rows[] = {
      {R"({})", R"({"app":"web"})", true},
      {R"({})", R"(null)", true},
      {R"(null)", R"({"app":"web"})", false},
      {R"({"matchLabels":{"app":"web"}})", R"({"app":"web","tier":"x"})", true},
      {R"({"matchLabels":{"app":"web","tier":"y"}})", R"({"app":"web","tier":"x"})", false},
      {R"({"matchLabels":{"app":""}})", R"({})", false},
      {R"({"matchLabels":{"app":""}})", R"({"app":""})", true},
      {R"({"matchLabels":{"app":1}})", R"({"app":"1"})", false},
      {R"({"matchLabels":null})", R"({"app":"web"})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"In","values":["a","web"]}]})", R"({"app":"web"})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"In","values":["a"]}]})", R"({"app":"web"})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"In","values":[""]}]})", R"({})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"In"}]})", R"({"app":"web"})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"NotIn","values":["a"]}]})", R"({"app":"web"})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"NotIn","values":["a"]}]})", R"({"app":"a"})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"NotIn","values":["a"]}]})", R"({})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"Exists"}]})", R"({"app":""})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"Exists"}]})", R"({})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]})", R"({})", true},
      {R"({"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]})", R"({"app":"web"})", false},
      {R"({"matchExpressions":[{"key":"app","operator":"Gt","values":["1"]}]})", R"({"app":"2"})", false},
      {R"({"matchExpressions":["junk"]})", R"({"app":"web"})", false},
      {R"({"matchLabels":{"app":"web"},"matchExpressions":[{"key":"t","operator":"Exists"}]})", R"({"app":"web"})",
       false},
      {R"({"matchLabels":{"app":"web"},"matchExpressions":[{"key":"t","operator":"Exists"}]})",
       R"({"app":"web","t":"1"})", true},
      {R"({"app":"web"})", R"({"app":"web"})", true},
      {R"({"app":"web"})", R"({"app":"api"})", false},
      {R"({"matchLabels":[]})", R"({"app":"web"})", false},
      {R"({"surprise":{}})", R"({"app":"web"})", false},
      {R"([])", R"({"app":"web"})", false},
  };
  for (const SelectorRow& row : rows) {
    json::Value selector = read(row.selector), labels = read(row.labels);
    EXPECT_EQ(selector_matches(selector, labels), row.matches) << row.selector << " on " << row.labels;
  }
}

TEST(LabelSelector, NoSelectorAtAllMatchesNothing) {
  json::Value labels = read(R"({"app":"web"})");
  EXPECT_FALSE(selector_matches({}, labels));
  EXPECT_FALSE(plain_selector_matches({}, labels));
}

TEST(PlainSelector, AnEmptyOneMatchesNothing) {
  const SelectorRow rows[] = {
      {R"({})", R"({"app":"web"})", false},
      {R"({"app":"web"})", R"({"app":"web","x":"y"})", true},
      {R"({"app":"web","x":"z"})", R"({"app":"web","x":"y"})", false},
      {R"({"app":"web"})", R"(null)", false},
      {R"({"matchLabels":{"app":"web"}})", R"({"app":"web"})", false},
  };
  for (const SelectorRow& row : rows) {
    json::Value selector = read(row.selector), labels = read(row.labels);
    EXPECT_EQ(plain_selector_matches(selector, labels), row.matches) << row.selector << " on " << row.labels;
  }
}

}  // namespace
}  // namespace foundation::kubernetes
