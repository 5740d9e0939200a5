#include "api/operations/restart.h"

#include <gtest/gtest.h>

#include "api/operations/catalogue.h"

namespace api::operations {
namespace {

constexpr const char* kPointer = "/spec/template/metadata/annotations/hexabase.io~1restarts";

json::Value workload(const std::string& kind = "Deployment") {
  return {{"kind", kind},
          {"metadata", {{"name", "web"}, {"namespace", "shop"}, {"uid", "u-1"}, {"generation", 4}}},
          {"spec", {{"replicas", 3}, {"template", {{"metadata", {{"labels", {{"app", "web"}}}}}}}}},
          {"status", {{"observedGeneration", 4}}}};
}

json::Value annotated(json::Value restarts, const std::string& kind = "Deployment") {
  json::Value object = workload(kind);
  json::Object& metadata = object.at("spec").at("template").at("metadata").as_object();
  metadata["annotations"] = json::Object{{"hexabase.io/restarts", std::move(restarts)}, {"other", "x"}};
  return object;
}

json::Object arguments(const std::string& kind = "Deployment") {
  return {{"project", "shop"}, {"kind", kind}, {"name", "web"}};
}

Plan planned(const json::Value& object) {
  ObjectView view{json::View(object)};
  auto plan = kRestart.plan(arguments(std::string(view.kind())), view, {});
  EXPECT_TRUE(plan) << plan.error().text();
  return plan ? *plan : Plan{};
}

std::string guarded(const json::Value& object) {
  auto refusal = kRestart.guard(planned(object), ObjectView{json::View(object)}, {});
  return refusal ? refusal->code + ": " + refusal->text : "";
}

TEST(Restart, StandsInTheCatalogue) {
  EXPECT_EQ(find_operation("restart"), &kRestart);
  EXPECT_EQ(kRestart.permission, tenancy::Permission::workloads_restart);
  EXPECT_FALSE(kRestart.undoable);
}

TEST(Restart, TakesATargetAndNothingElse) {
  for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet"}) {
    auto valid = kRestart.validate(arguments(kind));
    ASSERT_TRUE(valid) << kind;
    EXPECT_EQ(*valid, arguments(kind));
  }
  for (const char* kind : {"Pod", "Job", "deployment", ""}) EXPECT_FALSE(kRestart.validate(arguments(kind))) << kind;
  json::Object more = arguments();
  more["replicas"] = 3;
  EXPECT_FALSE(kRestart.validate(more));
  for (const char* member : {"project", "kind", "name"}) {
    json::Object less = arguments();
    less.erase(member);
    EXPECT_FALSE(kRestart.validate(less)) << member;
  }
  json::Value schema = kRestart.arguments_schema();
  EXPECT_EQ(json::View(schema)["properties"].object().size(), 3u);
  EXPECT_EQ(json::View(schema)["required"].array().size(), 3u);
}

TEST(Restart, CountsInTheTemplateSoThatPodsAreReplaced) {
  Plan first = planned(workload());
  EXPECT_EQ(first.target, (ObjectRef{"Deployment", "shop", "web", "u-1"}));
  EXPECT_EQ(first.subresource, "");
  EXPECT_EQ(json::to_text(first.patch),
            R"({"spec":{"template":{"metadata":{"annotations":{"hexabase.io/restarts":"1"}}}}})")
      << "an annotation is a text";
  EXPECT_EQ(first.before, (json::Object{{"restarts", 0}}));
  EXPECT_EQ(first.after, (json::Object{{"restarts", 1}}));
  EXPECT_EQ(first.diff, "- restarts: 0\n+ restarts: 1\n");
  EXPECT_EQ(first.risk, Risk::low);
  EXPECT_FALSE(first.already_so);
  EXPECT_EQ(json::to_text(planned(annotated("9")).patch),
            R"({"spec":{"template":{"metadata":{"annotations":{"hexabase.io/restarts":"10"}}}}})");
}

TEST(Restart, ReadsExactlyTheFieldThatItWrites) {
  EXPECT_EQ(planned(workload()).fields_read, (json::Object{{kPointer, nullptr}}));
  json::Value object = annotated("7");
  Plan plan = planned(object);
  EXPECT_EQ(plan.fields_read, (json::Object{{kPointer, "7"}}));
  json::View there = json::View(object).pointer(kPointer);
  ASSERT_TRUE(there) << "the pointer leads there";
  EXPECT_EQ(*there.value(), json::Value("7"));
}

// What others wrote there is no count, and is seen all the same, so that a change of it voids a proposal.
TEST(Restart, AForeignValueCountsAsNone) {
  for (const json::Value& value :
       {json::Value("yesterday"), json::Value(""), json::Value("-1"), json::Value("1e3"), json::Value("7 "),
        json::Value("99999999999999999999"), json::Value("1000000000"), json::Value(7), json::Value(nullptr)}) {
    Plan plan = planned(annotated(value));
    EXPECT_EQ(plan.after, (json::Object{{"restarts", 1}})) << json::to_text(value);
    EXPECT_EQ(plan.fields_read, (json::Object{{kPointer, value}}));
  }
  EXPECT_EQ(planned(annotated("999999999")).after, (json::Object{{"restarts", 1'000'000'000}}));
}

// op_hash is made of these members: a count, not a time, and nothing of the status.
TEST(Restart, PlansTheSameWhateverTheStatus) {
  auto signed_off = [](const Plan& plan) {
    return json::to_text(json::Object{{"fields_read", plan.fields_read},
                                      {"patch", plan.patch},
                                      {"before", plan.before},
                                      {"after", plan.after},
                                      {"subresource", plan.subresource}});
  };
  json::Value object = workload();
  std::string before = signed_off(planned(object));
  EXPECT_EQ(signed_off(planned(object)), before);
  object.at("status") = {{"observedGeneration", 9}, {"readyReplicas", 1}};
  object.at("metadata").as_object()["resourceVersion"] = "77";
  object.at("metadata").as_object()["generation"] = 9;
  object.at("spec").as_object()["replicas"] = 5;
  EXPECT_EQ(signed_off(planned(object)), before) << "how many there are is no part of a restart";
  EXPECT_NE(signed_off(planned(annotated("1"))), before);
}

TEST(Restart, RefusesToPlanOnAnotherOrADyingObject) {
  auto code = [](const json::Value& object) {
    auto plan = kRestart.plan(arguments(), ObjectView{json::View(object)}, {});
    return plan ? std::string("planned") : std::string(to_string(plan.error().code));
  };
  json::Value dying = workload();
  dying.at("metadata").as_object()["deletionTimestamp"] = "2026-01-02T03:04:05Z";
  EXPECT_EQ(code(dying), to_string(foundation::Code::conflict));
  EXPECT_EQ(code(workload("StatefulSet")), to_string(foundation::Code::internal));
}

TEST(RestartGuards, APausedRolloutWouldNotRestart) {
  json::Value object = workload();
  EXPECT_EQ(guarded(object), "");
  object.at("spec").as_object()["paused"] = true;
  EXPECT_EQ(guarded(object),
            "rollout_paused: The rollout of Deployment/web is paused. Resume it (kubectl rollout resume deployment/web "
            "-n shop), then ask again.");
}

TEST(RestartGuards, WhoseUpdatesAreByHandWouldNotRestart) {
  for (const char* kind : {"StatefulSet", "DaemonSet"}) {
    json::Value object = workload(kind);
    object.at("spec").as_object()["updateStrategy"] = {{"type", "RollingUpdate"}};
    EXPECT_EQ(guarded(object), "") << kind;
    object.at("spec").as_object()["updateStrategy"] = {{"type", "OnDelete"}};
    EXPECT_EQ(guarded(object), std::string("update_on_delete: ") + kind +
                                   "/web replaces its pods only when they are deleted (updateStrategy OnDelete), so "
                                   "nothing would restart. Delete its pods, or set the strategy to RollingUpdate.");
  }
}

TEST(RestartGuards, AnAutoscalerOrAQuotaIsNoObstacle) {
  json::Value hpa = {{"kind", "HorizontalPodAutoscaler"},
                     {"metadata", {{"name", "web"}}},
                     {"spec", {{"scaleTargetRef", {{"kind", "Deployment"}, {"name", "web"}}}}}};
  json::Value object = workload();
  EXPECT_FALSE(kRestart.guard(planned(object), ObjectView{json::View(object)}, {.autoscalers = {hpa}}));
}

TEST(Restart, AppliedMeansWrittenAndSeenByItsController) {
  Plan plan = planned(workload());
  auto applied = [&](const json::Value& object) { return kRestart.applied(plan, ObjectView{json::View(object)}); };
  EXPECT_TRUE(applied(annotated("1")));
  EXPECT_FALSE(applied(workload()));
  EXPECT_FALSE(applied(annotated("2"))) << "somebody's next restart is not ours";
  json::Value unseen = annotated("1");
  unseen.at("metadata").as_object()["generation"] = 5;
  EXPECT_FALSE(applied(unseen));
  json::Value recreated = annotated("1");
  recreated.at("metadata").as_object()["uid"] = "u-2";
  EXPECT_FALSE(applied(recreated));
}

struct SettledCase {
  const char* kind;
  std::vector<const char*> counts;  // each of which must have reached 3
  json::Object wanted;              // in the status
};

TEST(Restart, SettledMeansAllPodsAreNewAndUp) {
  for (const SettledCase& one : {SettledCase{"Deployment", {"replicas", "updatedReplicas", "availableReplicas"}, {}},
                                 SettledCase{"StatefulSet", {"replicas", "readyReplicas", "updatedReplicas"}, {}},
                                 SettledCase{"DaemonSet",
                                             {"updatedNumberScheduled", "numberReady", "numberAvailable"},
                                             {{"desiredNumberScheduled", 3}}}}) {
    Plan plan = planned(workload(one.kind));
    json::Value object = annotated("1", one.kind);
    json::Object& status = object.at("status").as_object();
    for (const auto& [name, value] : one.wanted) status[name] = value;
    auto settled = [&] { return kRestart.settled(plan, ObjectView{json::View(object)}); };
    for (const char* count : one.counts) {
      EXPECT_FALSE(settled()) << one.kind << " before " << count;
      status[count] = 3;
    }
    EXPECT_TRUE(settled()) << one.kind;
    for (const char* count : one.counts) {
      status[count] = 2;
      EXPECT_FALSE(settled()) << one.kind << " " << count;
      status[count] = 4;  // an old pod is still going away
      EXPECT_FALSE(settled()) << one.kind << " " << count;
      status[count] = 3;
    }
    json::Value old = workload(one.kind);
    old.at("status") = object.at("status");
    EXPECT_FALSE(kRestart.settled(plan, ObjectView{json::View(old)})) << "these are the pods from before";
  }
}

TEST(Restart, WhatHasNoPodsIsSettledAtOnce) {
  json::Value object = workload();
  object.at("spec").as_object()["replicas"] = 0;
  Plan plan = planned(object);
  json::Value after = annotated("1");
  after.at("spec").as_object()["replicas"] = 0;
  EXPECT_TRUE(kRestart.settled(plan, ObjectView{json::View(after)}));
  json::Value nowhere = annotated("1", "DaemonSet");  // no node wants it
  EXPECT_TRUE(kRestart.settled(planned(workload("DaemonSet")), ObjectView{json::View(nowhere)}));
}

TEST(Restart, CannotBeTakenBack) { EXPECT_TRUE(kRestart.undo(planned(workload())).empty()); }

}  // namespace
}  // namespace api::operations
