#include "api/operations/scale.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/operations/catalogue.h"

namespace api::operations {
namespace {

json::Value deployment(std::int64_t replicas) {
  json::Object container{{"name", "web"},
                         {"resources", {{"requests", {{"cpu", "500m"}}}, {"limits", {{"memory", "1Gi"}}}}}};
  json::Object pod{{"metadata", {{"labels", {{"app", "web"}}}}}, {"spec", {{"containers", json::Array{container}}}}};
  return {{"kind", "Deployment"},
          {"metadata", {{"name", "web"}, {"namespace", "shop"}, {"uid", "u-1"}, {"generation", 4}}},
          {"spec", {{"replicas", replicas}, {"template", pod}}},
          {"status", {{"observedGeneration", 4}}}};
}

json::Object arguments(std::int64_t replicas) {
  return {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", replicas}};
}

Plan planned(const json::Value& object, std::int64_t replicas) {
  auto plan = kScale.plan(arguments(replicas), ObjectView{json::View(object)}, {});
  EXPECT_TRUE(plan) << plan.error().text();
  return plan ? *plan : Plan{};
}

std::optional<Refusal> guarded(json::Value object, std::int64_t to, const Surroundings& around) {
  return kScale.guard(planned(object, to), ObjectView{json::View(object)}, around);
}

Surroundings autoscaled_by(json::Value autoscaler) { return {.autoscalers = {std::move(autoscaler)}}; }
Surroundings under_budget(json::Value budget) { return {.disruption_budgets = {std::move(budget)}}; }
Surroundings under_quota(json::Value quota) { return {.quotas = {std::move(quota)}}; }

TEST(Scale, StandsInTheCatalogue) {
  EXPECT_EQ(find_operation("scale"), &kScale);
  EXPECT_EQ(find_operation("Scale"), nullptr);
  EXPECT_EQ(find_operation(""), nullptr);
}

TEST(Scale, SchemaAndValidatorNameTheSameMembers) {
  json::Value schema = kScale.arguments_schema();
  auto valid = kScale.validate(arguments(5));
  ASSERT_TRUE(valid);
  EXPECT_EQ(*valid, arguments(5));
  EXPECT_EQ(valid->size(), json::View(schema)["properties"].object().size());
  for (const json::Value& name : json::View(schema)["required"].array()) {
    json::Object missing = arguments(5);
    missing.erase(json::View(name).text());
    auto refused = kScale.validate(missing);
    ASSERT_FALSE(refused) << json::View(name).text();
    EXPECT_NE(refused.error().text().find(json::View(name).text()), std::string::npos) << refused.error().text();
  }
}

TEST(Scale, RefusesEveryOtherReplicaCount) {
  for (const char* replicas :
       {"-1", "1001", "2147483648", "4294967296", "4294967301", "9007199254740993", "9223372036854775808",
        "18446744073709551616", "5.0", "5.5", "1e1", "-0.0", "\"5\"", "null", "true", "[5]", "{}"}) {
    auto body = json::parse_tolerant(std::string(R"({"project":"shop","kind":"Deployment","name":"web","replicas":)") +
                                     replicas + "}");
    if (!body) continue;  // a number that JSON itself refuses here
    auto refused = kScale.validate(*body);
    ASSERT_FALSE(refused) << replicas;
    EXPECT_EQ(refused.error().code, foundation::Code::invalid);
    EXPECT_NE(refused.error().text().find("replicas"), std::string::npos) << refused.error().text();
  }
  for (std::int64_t replicas : {std::int64_t{0}, std::int64_t{1}, kMaxReplicas})
    EXPECT_TRUE(kScale.validate(arguments(replicas))) << replicas;
}

TEST(Scale, RefusesNamesThatCouldBecomeAPath) {
  std::vector<std::string> names{std::string("web\0/..", 7), std::string(300, 'a')};
  for (const char* name : {"", ".", "..", "../web", "web/scale", "%2e%2e", "web%2f..", "web?x", "web#x", "web\\..",
                           "Web", "web\n", "wéb", "ｗｅｂ", "-web", "web.", "web_1", "we b"})
    names.emplace_back(name);
  for (const std::string& name : names) {
    json::Object bad = arguments(5);
    bad["name"] = name;
    EXPECT_FALSE(kScale.validate(bad)) << name;
    bad = arguments(5);
    bad["project"] = name;
    EXPECT_FALSE(kScale.validate(bad)) << name;
  }
  for (const char* kind : {"", "deployment", "DaemonSet", "Pod"}) {
    json::Object bad = arguments(5);
    bad["kind"] = kind;
    EXPECT_FALSE(kScale.validate(bad)) << kind;
  }
  json::Object unknown = arguments(5);
  unknown["force"] = true;
  EXPECT_FALSE(kScale.validate(unknown));
  EXPECT_FALSE(kScale.validate(json::Array{}));
}

TEST(Scale, PlansTheScaleSubresource) {
  Plan plan = planned(deployment(3), 5);
  EXPECT_EQ(plan.target, (ObjectRef{"Deployment", "shop", "web", "u-1"}));
  EXPECT_EQ(plan.subresource, "scale");
  EXPECT_EQ(json::to_text(plan.patch), R"({"spec":{"replicas":5}})");
  EXPECT_EQ(json::to_text(plan.fields_read), R"({"/spec/replicas":3})");
  EXPECT_EQ(plan.diff, "- replicas: 3\n+ replicas: 5\n");
  EXPECT_EQ(plan.risk, Risk::low);
  EXPECT_FALSE(plan.already_so);
  EXPECT_EQ(kScale.undo(plan), arguments(3));
}

TEST(Scale, ToZeroIsHighRisk) {
  EXPECT_EQ(planned(deployment(3), 0).risk, Risk::high);
  EXPECT_EQ(planned(deployment(3), 1).risk, Risk::low);
  EXPECT_EQ(planned(deployment(0), 3).risk, Risk::low);
}

TEST(Scale, SaysWhenNothingIsToBeDone) {
  Plan plan = planned(deployment(5), 5);
  EXPECT_TRUE(plan.already_so);
  EXPECT_TRUE(plan.diff.empty());
}

TEST(Scale, AnAbsentCountIsOneNotZero) {
  json::Value object = deployment(3);
  object.as_object()["spec"].as_object().erase("replicas");
  EXPECT_EQ(json::to_text(planned(object, 5).before), R"({"replicas":1})");
}

TEST(Scale, RefusesToPlanOnAnotherOrADyingObject) {
  auto code = [](json::Value object) {
    auto plan = kScale.plan(arguments(5), ObjectView{json::View(object)}, {});
    return plan ? std::string("planned") : std::string(to_string(plan.error().code));
  };
  json::Value other = deployment(3);
  other.as_object()["metadata"].as_object()["namespace"] = "globex";
  EXPECT_EQ(code(other), to_string(foundation::Code::internal));
  json::Value nameless = deployment(3);
  nameless.as_object()["metadata"].as_object()["uid"] = "";
  EXPECT_EQ(code(nameless), to_string(foundation::Code::internal));
  json::Value dying = deployment(3);
  dying.as_object()["metadata"].as_object()["deletionTimestamp"] = "2026-01-02T03:04:05Z";
  EXPECT_EQ(code(dying), to_string(foundation::Code::conflict));
  json::Value broken = deployment(3);
  broken.as_object()["spec"].as_object()["replicas"] = "three";
  EXPECT_EQ(code(broken), to_string(foundation::Code::corrupt));
}

TEST(Scale, AppliedMeansWrittenAndSeenByItsController) {
  Plan plan = planned(deployment(3), 5);
  auto applied = [&](json::Value object) { return kScale.applied(plan, ObjectView{json::View(object)}); };
  EXPECT_TRUE(applied(deployment(5)));
  EXPECT_FALSE(applied(deployment(3)));
  json::Value unseen = deployment(5);
  unseen.as_object()["metadata"].as_object()["generation"] = 5;
  EXPECT_FALSE(applied(unseen));
  json::Value recreated = deployment(5);
  recreated.as_object()["metadata"].as_object()["uid"] = "u-2";
  EXPECT_FALSE(applied(recreated));
}

TEST(Scale, SettledMeansAllReplicasAreReadyUpdatedAndAvailable) {
  Plan plan = planned(deployment(3), 5);
  json::Value object = deployment(5);
  auto settled = [&] { return kScale.settled(plan, ObjectView{json::View(object)}); };
  json::Object& status = object.as_object()["status"].as_object();
  for (const char* count : {"replicas", "readyReplicas", "updatedReplicas", "availableReplicas"}) {
    EXPECT_FALSE(settled()) << count;
    status[count] = 5;
  }
  EXPECT_TRUE(settled());
  status["replicas"] = 6;  // one is still going away
  EXPECT_FALSE(settled());
}

TEST(Scale, ZeroIsSettledWhenNoneIsLeft) {
  Plan plan = planned(deployment(3), 0);
  json::Value object = deployment(0);
  EXPECT_TRUE(kScale.settled(plan, ObjectView{json::View(object)}));
  object.as_object()["status"].as_object()["replicas"] = 1;
  EXPECT_FALSE(kScale.settled(plan, ObjectView{json::View(object)}));
}

TEST(ScaleGuards, NothingAroundRefusesNothing) { EXPECT_FALSE(guarded(deployment(3), 5, {})); }

TEST(ScaleGuards, AnAutoscalerOwnsItsTarget) {
  json::Value hpa = {
      {"kind", "HorizontalPodAutoscaler"},
      {"metadata", {{"name", "web-hpa"}}},
      {"spec",
       {{"scaleTargetRef", {{"kind", "Deployment"}, {"name", "web"}}}, {"minReplicas", 2}, {"maxReplicas", 10}}}};
  auto refusal = guarded(deployment(3), 5, autoscaled_by(hpa));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, "hpa_owned");
  EXPECT_EQ(refusal->text,
            "HorizontalPodAutoscaler/web-hpa sets the replicas of Deployment/web (between 2 and 10) and would undo "
            "this. Change its minReplicas or maxReplicas instead, or delete it.");
  for (const char* member : {"kind", "name"}) {
    json::Value other = hpa;
    other.as_object()["spec"].as_object()["scaleTargetRef"].as_object()[member] = "other";
    EXPECT_FALSE(guarded(deployment(3), 5, autoscaled_by(other))) << member;
  }
}

TEST(ScaleGuards, APausedRolloutIsNotScaled) {
  json::Value object = deployment(3);
  object.as_object()["spec"].as_object()["paused"] = true;
  auto refusal = guarded(object, 5, {});
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, "rollout_paused");
  EXPECT_NE(refusal->text.find("kubectl rollout resume deployment/web -n shop"), std::string::npos);
}

json::Value quota(const char* key, const char* hard, const char* used) {
  return {{"kind", "ResourceQuota"},
          {"metadata", {{"name", "compute"}}},
          {"spec", {{"hard", {{key, hard}}}}},
          {"status", {{"hard", {{key, hard}}}, {"used", {{key, used}}}}}};
}

TEST(ScaleGuards, AQuotaCountsWhatTheAddedPodsAskFor) {
  struct Row {
    const char* key;
    const char* hard;
    const char* used;
    std::int64_t to;  // from 3
    bool refused;
  };
  for (const Row& row :
       {Row{"pods", "5", "3", 5, false}, Row{"pods", "5", "3", 6, true}, Row{"count/pods", "4", "4", 4, true},
        Row{"requests.cpu", "4", "3", 5, false}, Row{"requests.cpu", "4", "3", 6, true}, Row{"cpu", "4", "3", 6, true},
        Row{"limits.memory", "8Gi", "6Gi", 5, false}, Row{"limits.memory", "8Gi", "6Gi", 6, true},
        // an absent request is the limit
        Row{"requests.memory", "8Gi", "6Gi", 6, true}, Row{"limits.cpu", "1", "1", 100, false},
        Row{"requests.cpu", "1", "9", 2, false}, Row{"configmaps", "1", "1", 9, false},
        Row{"requests.cpu", "rubbish", "9", 9, false}}) {
    auto refusal = guarded(deployment(3), row.to, under_quota(quota(row.key, row.hard, row.used)));
    EXPECT_EQ(refusal.has_value(), row.refused) << row.key << " " << row.hard << " " << row.used << " " << row.to;
    if (refusal) EXPECT_EQ(refusal->code, "quota_exceeded");
  }
}

TEST(ScaleGuards, AQuotaRefusalSaysWhatWouldPass) {
  auto refusal = guarded(deployment(3), 9, under_quota(quota("requests.cpu", "4", "3")));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->text,
            "ResourceQuota/compute in project shop has room for 2 more of Deployment/web (requests.cpu: 3 of 4 used), "
            "6 were asked for. Scale to 5 or fewer, free some of it, or have the quota raised.");
}

// The cluster writes `status` some time after a quota was made; a scaling in between passed.
TEST(ScaleGuards, AQuotaThatIsNotCountedYetHoldsForTheWorkloadsOwnPods) {
  json::Value fresh = quota("pods", "5", "3");
  fresh.as_object().erase("status");
  EXPECT_FALSE(guarded(deployment(3), 5, under_quota(fresh)));
  auto refusal = guarded(deployment(3), 6, under_quota(fresh));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->text,
            "ResourceQuota/compute in project shop has room for 2 more of Deployment/web (pods: 5 at most, not counted "
            "yet), 3 were asked for. Scale to 5 or fewer, free some of it, or have the quota raised.");
}

TEST(ScaleGuards, AQuotaThatWasLoweredHoldsBeforeItIsCountedAnew) {
  json::Value lowered = quota("pods", "30", "3");
  lowered.at("spec").at("hard").as_object()["pods"] = "4";
  EXPECT_FALSE(guarded(deployment(3), 4, under_quota(lowered)));
  EXPECT_TRUE(guarded(deployment(3), 5, under_quota(lowered)));
}

TEST(ScaleGuards, AQuotaOfOtherPodsDoesNotCount) {
  auto refused = [](json::Value spec) {
    json::Value value = quota("pods", "3", "3");
    for (const auto& member : spec.as_object()) value.at("spec").as_object()[member.key()] = member.value();
    return guarded(deployment(3), 5, under_quota(value)).has_value();
  };
  auto scoped = [](const char* scope) { return json::Value{{"scopes", json::Array{scope}}}; };
  EXPECT_FALSE(refused(scoped("BestEffort")));
  EXPECT_FALSE(refused(scoped("Terminating")));
  EXPECT_TRUE(refused(scoped("NotBestEffort")));
  EXPECT_TRUE(refused(scoped("NotTerminating")));
  auto priority = [](const char* how) {
    json::Object expression{{"scopeName", "PriorityClass"}, {"operator", how}, {"values", json::Array{"high"}}};
    return json::Value{{"scopeSelector", {{"matchExpressions", json::Array{expression}}}}};
  };
  EXPECT_FALSE(refused(priority("In")));
  EXPECT_FALSE(refused(priority("Exists")));
  EXPECT_TRUE(refused(priority("NotIn")));
  EXPECT_TRUE(refused(priority("DoesNotExist")));
}

json::Value budget(const char* field, json::Value value) {
  return {{"kind", "PodDisruptionBudget"},
          {"metadata", {{"name", "web-pdb"}}},
          {"spec", {{field, value}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}}};
}

TEST(ScaleGuards, ABudgetBoundsHowMuchMayGoAtOnce) {
  struct Row {
    const char* field;
    json::Value value;
    std::int64_t to;  // from 5
    bool refused;
  };
  for (const Row& row :
       {Row{"minAvailable", 3, 3, false}, Row{"minAvailable", 3, 2, true}, Row{"minAvailable", "40%", 2, false},
        Row{"minAvailable", "41%", 2, true}, Row{"maxUnavailable", 1, 4, false}, Row{"maxUnavailable", 1, 3, true},
        Row{"maxUnavailable", "40%", 3, false}, Row{"maxUnavailable", "40%", 2, true}, Row{"minAvailable", 9, 7, false},
        Row{"minAvailable", "lots", 1, false}}) {
    auto refusal = guarded(deployment(5), row.to, under_budget(budget(row.field, row.value)));
    EXPECT_EQ(refusal.has_value(), row.refused) << row.field << " " << json::to_text(row.value) << " " << row.to;
    if (refusal) EXPECT_EQ(refusal->code, "pdb_violated");
  }
}

TEST(ScaleGuards, ABudgetOfOtherPodsDoesNotCount) {
  json::Value other = budget("minAvailable", 5);
  other.as_object()["spec"].as_object()["selector"] = {{"matchLabels", {{"app", "cart"}}}};
  EXPECT_FALSE(guarded(deployment(5), 1, under_budget(other)));
  other.as_object()["spec"].as_object().erase("selector");
  EXPECT_FALSE(guarded(deployment(5), 1, under_budget(other)));
}

TEST(ScaleGuards, ABudgetRefusalSaysWhatWouldPass) {
  auto refusal = guarded(deployment(5), 2, under_budget(budget("maxUnavailable", 1)));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->text,
            "PodDisruptionBudget/web-pdb wants at least 4 of the 5 replicas of Deployment/web available; 2 would be "
            "left. Scale to 4 first, or change the budget.");
}

}  // namespace
}  // namespace api::operations
