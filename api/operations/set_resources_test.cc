#include "api/operations/set_resources.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "api/operations/catalogue.h"

namespace api::operations {
namespace {

constexpr const char* kFirst = "/spec/template/spec/containers/0";

json::Object container(const std::string& name, json::Object requests = {}, json::Object limits = {}) {
  json::Object resources;
  if (!requests.empty()) resources["requests"] = std::move(requests);
  if (!limits.empty()) resources["limits"] = std::move(limits);
  return {{"name", name}, {"image", "shop/" + name + ":1"}, {"resources", std::move(resources)}};
}

json::Value workload(json::Array containers, const std::string& kind = "Deployment") {
  json::Object pod{{"metadata", {{"labels", {{"app", "report"}}}}}, {"spec", {{"containers", std::move(containers)}}}};
  return {{"kind", kind},
          {"metadata", {{"name", "report"}, {"namespace", "shop"}, {"uid", "u-1"}, {"generation", 4}}},
          {"spec", {{"replicas", 2}, {"template", std::move(pod)}}},
          {"status", {{"observedGeneration", 4}}}};
}

json::Value report() {
  return workload(json::Array{container("report", {{"cpu", "64"}, {"memory", "256Mi"}}, {{"memory", "0.5Gi"}})});
}

json::Value two_containers() {
  return workload(json::Array{container("report", {{"cpu", "64"}}), container("proxy", {{"cpu", "100m"}})});
}

json::Object arguments(json::Object more) {
  json::Object out{{"project", "shop"}, {"kind", "Deployment"}, {"name", "report"}};
  for (const auto& [name, value] : more) out[name] = value;
  return out;
}

std::string refused(const json::Object& more) {
  auto valid = kSetResources.validate(arguments(more));
  return valid ? "" : valid.error().text();
}

Plan planned(const json::Value& object, const json::Object& more, const Surroundings& around = {}) {
  json::Object asked = arguments(more);
  asked["kind"] = ObjectView{json::View(object)}.kind();
  auto valid = kSetResources.validate(asked);
  EXPECT_TRUE(valid) << valid.error().text();
  if (!valid) return {};
  auto plan = kSetResources.plan(*valid, ObjectView{json::View(object)}, around);
  EXPECT_TRUE(plan) << plan.error().text();
  return plan ? *plan : Plan{};
}

std::string guarded(const json::Value& object, const json::Object& more, const Surroundings& around) {
  Plan plan = planned(object, more);
  EXPECT_FALSE(plan.refusal) << plan.refusal->text;
  auto refusal = kSetResources.guard(plan, ObjectView{json::View(object)}, around);
  return refusal ? refusal->code + ": " + refusal->text : "";
}

std::string text(const json::Object& object) { return json::to_text(object); }

TEST(SetResources, StandsInTheCatalogue) {
  EXPECT_EQ(find_operation("set-resources"), &kSetResources);
  EXPECT_EQ(kSetResources.permission, tenancy::Permission::workloads_set_resources);
  EXPECT_TRUE(kSetResources.undoable);
}

TEST(SetResources, QuantitiesHaveOneNormalForm) {
  auto valid = kSetResources.validate(arguments({{"cpu_request", "0.5"},
                                                 {"cpu_limit", "2000m"},
                                                 {"memory_request", "1024Mi"},
                                                 {"memory_limit", "none"},
                                                 {"container", "report"}}));
  ASSERT_TRUE(valid) << valid.error().text();
  EXPECT_EQ(*valid, arguments({{"cpu_request", "500m"},
                               {"cpu_limit", "2"},
                               {"memory_request", "1Gi"},
                               {"memory_limit", "none"},
                               {"container", "report"}}));
}

TEST(SetResources, WhatIsLeftOutIsNotThere) {
  auto valid = kSetResources.validate(arguments({{"cpu_request", "500m"}, {"cpu_limit", nullptr}}));
  ASSERT_TRUE(valid) << valid.error().text();
  EXPECT_EQ(*valid, arguments({{"cpu_request", "500m"}}));
}

TEST(SetResources, RefusesWhatIsNoChangeOfResources) {
  const std::pair<json::Object, const char*> rows[] = {
      {{}, "one quantity at least"},
      {{{"container", "report"}}, "one quantity at least"},
      {{{"cpu_request", "lots"}}, "must be a quantity"},
      {{{"cpu_request", ""}}, "must be a quantity"},
      {{{"cpu_request", "-1"}}, "must be 1m to 1000"},
      {{{"cpu_request", "0"}}, "must be 1m to 1000"},
      {{{"cpu_limit", "1001"}}, "must be 1m to 1000"},
      {{{"memory_limit", "512m"}}, "Mi is meant"},
      {{{"memory_limit", "512"}}, "must be 1Mi to 64Ti"},
      {{{"memory_request", "65Ti"}}, "must be 1Mi to 64Ti"},
      {{{"memory_request", 512}}, "memory_request"},
      {{{"cpu_request", "2"}, {"cpu_limit", "1"}}, "must not be above the limit"},
      {{{"cpu_request", "1"}, {"container", "../x"}}, "not a container's name"},
      {{{"cpu_request", "1"}, {"replicas", 3}}, "replicas"},
      {{{"cpu_request", "00000000000000000000000000000000000000001"}}, "cpu_request"},
  };
  for (const auto& [more, why] : rows)
    EXPECT_NE(refused(more).find(why), std::string::npos) << text(more) << ": " << refused(more);
  EXPECT_EQ(refused({{"cpu_request", "1"}, {"cpu_limit", "1"}}), "");
}

TEST(SetResources, ThePlanWritesNothingButTheQuantitiesAskedFor) {
  Plan plan = planned(report(), {{"cpu_request", "500m"}, {"memory_limit", "1Gi"}});
  EXPECT_EQ(text(plan.patch), R"({"spec":{"template":{"spec":{"containers":[{"name":"report",)"
                              R"("resources":{"requests":{"cpu":"500m"},"limits":{"memory":"1Gi"}}}]}}}})");
  EXPECT_EQ(plan.form, PatchForm::strategic);
  EXPECT_EQ(plan.subresource, "");
  EXPECT_EQ(plan.risk, Risk::medium);
  EXPECT_EQ(plan.before, (json::Object{{"cpu_request", "64"}, {"memory_limit", "512Mi"}}));
  EXPECT_EQ(plan.after, (json::Object{{"cpu_request", "500m"}, {"memory_limit", "1Gi"}}));
  EXPECT_EQ(plan.diff, "- cpu request: 64\n+ cpu request: 500m\n- memory limit: 512Mi\n+ memory limit: 1Gi\n");
  EXPECT_FALSE(plan.already_so);
}

TEST(SetResources, ThePlanReadsWhatItsJudgementRestsOn) {
  const std::string first = kFirst;
  Plan plan = planned(report(), {{"cpu_request", "500m"}});
  EXPECT_EQ(plan.fields_read, (json::Object{{first + "/name", "report"},
                                            {first + "/resources/requests/cpu", "64"},
                                            {first + "/resources/limits/cpu", nullptr}}));
}

TEST(SetResources, WhatIsSoAlreadyIsSoInAnyForm) {
  EXPECT_TRUE(planned(report(), {{"memory_limit", "512Mi"}}).already_so);
  EXPECT_TRUE(planned(report(), {{"cpu_request", "64000m"}, {"cpu_limit", "none"}}).already_so);
  EXPECT_FALSE(planned(report(), {{"memory_limit", "512M"}}).already_so);
}

TEST(SetResources, NoneTakesAQuantityAway) {
  Plan plan = planned(report(), {{"memory_limit", "none"}});
  EXPECT_EQ(text(plan.patch), R"({"spec":{"template":{"spec":{"containers":[{"name":"report",)"
                              R"("resources":{"limits":{"memory":null}}}]}}}})");
  EXPECT_EQ(plan.diff, "- memory limit: 512Mi\n+ memory limit: none\n");
}

TEST(SetResources, OfSeveralContainersOneIsNamed) {
  Plan unsaid = planned(two_containers(), {{"cpu_request", "500m"}});
  ASSERT_TRUE(unsaid.refusal);
  EXPECT_EQ(unsaid.refusal->code, "which_container");
  EXPECT_EQ(unsaid.refusal->text, "Deployment/report has several containers (report, proxy). Say of which one.");
  EXPECT_TRUE(unsaid.patch.empty());
  Plan said = planned(two_containers(), {{"cpu_request", "500m"}, {"container", "proxy"}});
  EXPECT_FALSE(said.refusal);
  EXPECT_EQ(said.diff, "  container proxy\n- cpu request: 100m\n+ cpu request: 500m\n");
  EXPECT_EQ(said.fields_read.at("/spec/template/spec/containers/1/name"), "proxy");
  Plan other = planned(two_containers(), {{"cpu_request", "500m"}, {"container", "db"}});
  ASSERT_TRUE(other.refusal);
  EXPECT_EQ(other.refusal->text, "Deployment/report has no container db; it has report, proxy.");
}

TEST(SetResources, ARequestDoesNotRiseAboveTheLimitThatStands) {
  Plan plan = planned(report(), {{"memory_request", "1Gi"}});
  ASSERT_TRUE(plan.refusal);
  EXPECT_EQ(plan.refusal->code, "request_above_limit");
  EXPECT_EQ(plan.refusal->text,
            "Of container report of Deployment/report the memory request would be 1Gi and the memory limit only 512Mi. "
            "Set both together.");
  EXPECT_TRUE(planned(report(), {{"memory_limit", "128Mi"}}).refusal) << "nor does the limit fall below the request";
  EXPECT_FALSE(planned(report(), {{"memory_request", "1Gi"}, {"memory_limit", "1Gi"}}).refusal);
  EXPECT_FALSE(planned(report(), {{"memory_request", "1Gi"}, {"memory_limit", "none"}}).refusal);
}

TEST(SetResources, AnotherObjectAndOneThatGoesAreNotPlanned) {
  json::Value object = report();
  object.at("metadata").as_object()["deletionTimestamp"] = "2026-01-02T03:04:05Z";
  auto plan = kSetResources.plan(arguments({{"cpu_request", "1"}}), ObjectView{json::View(object)}, {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, foundation::Code::conflict);
}

TEST(SetResources, BrokenTemplatesAreRefusedNotMended) {
  for (json::Value broken : {json::Value(json::Object{}), json::Value("x"), json::Value(json::Array{1, "x", nullptr}),
                             json::Value(json::Array{json::Object{}})}) {
    json::Value object = report();
    object.at("spec").at("template").at("spec").as_object()["containers"] = broken;
    EXPECT_TRUE(planned(object, {{"cpu_request", "500m"}}).refusal) << json::to_text(broken);
  }
}

json::Value autoscaler(const char* resource, const char* target_type) {
  json::Object metric{{"name", resource}, {"target", {{"type", target_type}}}};
  return {{"kind", "HorizontalPodAutoscaler"},
          {"metadata", {{"name", "report"}}},
          {"spec",
           {{"scaleTargetRef", {{"kind", "Deployment"}, {"name", "report"}}},
            {"metrics", json::Array{json::Object{{"type", "Resource"}, {"resource", metric}}}}}}};
}

TEST(SetResources, AnAutoscalerThatMeasuresTheRequestIsNamed) {
  auto diff = [](const json::Object& more, json::Value hpa) {
    return planned(report(), more, {.autoscalers = {std::move(hpa)}}).diff;
  };
  EXPECT_EQ(diff({{"cpu_request", "500m"}}, autoscaler("cpu", "Utilization")),
            "- cpu request: 64\n+ cpu request: 500m\n"
            "  HorizontalPodAutoscaler/report scales by cpu as a share of this request\n");
  const std::string unsaid = "- cpu request: 64\n+ cpu request: 500m\n";
  EXPECT_EQ(diff({{"cpu_request", "500m"}}, autoscaler("memory", "Utilization")), unsaid);
  EXPECT_EQ(diff({{"cpu_request", "500m"}}, autoscaler("cpu", "AverageValue")), unsaid);
  EXPECT_EQ(diff({{"memory_limit", "1Gi"}}, autoscaler("memory", "Utilization")),
            "- memory limit: 512Mi\n+ memory limit: 1Gi\n");
}

json::Value quota(const char* key, const char* hard, const char* used) {
  return {{"kind", "ResourceQuota"},
          {"metadata", {{"name", "compute"}, {"namespace", "shop"}}},
          {"spec", {{"hard", {{key, hard}}}}},
          {"status", {{"hard", {{key, hard}}}, {"used", {{key, used}}}}}};
}

TEST(SetResources, AQuotaMustHaveRoomForWhatAllPodsTakeMore) {
  struct Row {
    const char *key, *hard, *used;
    json::Object more;
    bool refused;
  };
  for (const Row& row : {Row{"requests.cpu", "200", "128", {{"cpu_request", "100"}}, false},
                         Row{"requests.cpu", "199", "128", {{"cpu_request", "100"}}, true},
                         Row{"requests.cpu", "1", "128", {{"cpu_request", "500m"}}, false},
                         Row{"limits.memory", "2Gi", "1Gi", {{"memory_limit", "1Gi"}}, false},
                         Row{"limits.memory", "2047Mi", "1Gi", {{"memory_limit", "1Gi"}}, true},
                         Row{"limits.cpu", "1", "0", {{"cpu_limit", "100"}}, true},
                         Row{"pods", "2", "2", {{"cpu_request", "100"}}, false}}) {
    std::string said = guarded(report(), row.more, {.quotas = {quota(row.key, row.hard, row.used)}});
    EXPECT_EQ(said.starts_with("quota_exceeded"), row.refused) << row.key << " " << row.hard << ": " << said;
  }
  json::Value fresh = quota("requests.cpu", "199", "128");  // the pods' own 128 are taken, counted or not
  fresh.as_object().erase("status");
  EXPECT_TRUE(guarded(report(), {{"cpu_request", "100"}}, {.quotas = {fresh}}).starts_with("quota_exceeded"));
  EXPECT_FALSE(guarded(report(), {{"cpu_request", "99"}}, {.quotas = {fresh}}).starts_with("quota_exceeded"));
  EXPECT_EQ(guarded(report(), {{"cpu_request", "100"}}, {.quotas = {quota("requests.cpu", "150", "128")}}),
            "quota_exceeded: ResourceQuota/compute in project shop has no room for 2 such pods of Deployment/report "
            "(requests.cpu: 128 of 150 used). Ask for less, scale it down first, free some of it, or have the quota "
            "raised.");
}

TEST(SetResources, AQuotaIsJudgedWithoutOverflow) {
  json::Value object = report();
  object.at("spec").as_object()["replicas"] = 1'000'000;
  std::string said = guarded(object, {{"memory_limit", "64Ti"}}, {.quotas = {quota("limits.memory", "8Pi", "0")}});
  EXPECT_TRUE(said.starts_with("quota_exceeded")) << said;
}

json::Value limit_range(json::Object item) {
  return {{"kind", "LimitRange"},
          {"metadata", {{"name", "limits"}, {"namespace", "shop"}}},
          {"spec", {{"limits", json::Array{std::move(item)}}}}};
}

TEST(SetResources, ALimitRangeKeepsPodsOut) {
  struct Row {
    json::Object item, more;
    const char* wants;  // empty: passes
  };
  auto of_containers = [](const char* field, const char* resource, const char* value) {
    return json::Object{{"type", "Container"}, {field, {{resource, value}}}};
  };
  for (const Row& row : {
           Row{of_containers("max", "memory", "1Gi"), {{"memory_limit", "1Gi"}}, ""},
           Row{of_containers("max", "memory", "1Gi"), {{"memory_limit", "2Gi"}}, "a memory limit of at most 1Gi"},
           Row{of_containers("max", "memory", "1Gi"), {{"memory_limit", "none"}}, "a memory limit of at most 1Gi"},
           Row{of_containers("min", "memory", "200Mi"), {{"memory_request", "100Mi"}}, "a memory of at least 200Mi"},
           Row{of_containers("min", "cpu", "100m"), {{"cpu_request", "none"}}, "a cpu of at least 100m"},
           Row{of_containers("maxLimitRequestRatio", "memory", "4"), {{"memory_limit", "1Gi"}}, ""},
           Row{of_containers("maxLimitRequestRatio", "memory", "3"),
               {{"memory_limit", "1Gi"}},
               "a memory limit of at most 3 times the request"},
           Row{of_containers("max", "cpu", "1"), {{"memory_limit", "1Gi"}}, ""},  // not of what is touched
           Row{{{"type", "Container"}, {"max", {{"cpu", "1"}}}, {"default", {{"cpu", "1"}}}},
               {{"cpu_request", "500m"}},
               ""},
           Row{{{"type", "Pod"}, {"max", {{"memory", "1Gi"}}}}, {{"memory_limit", "2Gi"}}, "a memory limit of at most"},
           Row{{{"type", "PersistentVolumeClaim"}, {"max", {{"memory", "1"}}}}, {{"memory_limit", "2Gi"}}, ""},
       }) {
    std::string said = guarded(report(), row.more, {.limit_ranges = {limit_range(row.item)}});
    EXPECT_EQ(said.empty(), std::string_view(row.wants).empty()) << text(row.item) << text(row.more) << ": " << said;
    EXPECT_NE(said.find(row.wants), std::string::npos) << said;
  }
  EXPECT_EQ(guarded(report(), {{"memory_limit", "2Gi"}},
                    {.limit_ranges = {limit_range({{"type", "Container"}, {"max", {{"memory", "1Gi"}}}})}}),
            "outside_limit_range: LimitRange/limits in project shop wants a memory limit of at most 1Gi of every "
            "container; pods of Deployment/report would not be made. Ask for what it allows, or have it changed.");
}

TEST(SetResources, WhatWouldNotRollOutIsRefused) {
  json::Value paused = report();
  paused.at("spec").as_object()["paused"] = true;
  EXPECT_TRUE(guarded(paused, {{"cpu_request", "500m"}}, {}).starts_with("rollout_paused"));
  json::Value manual = workload(json::Array{container("report")}, "StatefulSet");
  manual.at("spec").as_object()["updateStrategy"] = {{"type", "OnDelete"}};
  EXPECT_TRUE(guarded(manual, {{"cpu_request", "500m"}}, {}).starts_with("update_on_delete"));
}

TEST(SetResources, AppliedMeansThatTheControllerHasSeenIt) {
  Plan plan = planned(report(), {{"cpu_request", "500m"}});
  auto applied = [&](const json::Value& object) { return kSetResources.applied(plan, ObjectView{json::View(object)}); };
  EXPECT_FALSE(applied(report()));
  json::Value after = workload(json::Array{container("report", {{"cpu", "0.5"}})});
  EXPECT_TRUE(applied(after)) << "in whatever form";
  after.at("metadata").as_object()["generation"] = 5;
  EXPECT_FALSE(applied(after));
  after.at("status").as_object()["observedGeneration"] = 5;
  EXPECT_TRUE(applied(after));
  EXPECT_FALSE(kSetResources.settled(plan, ObjectView{json::View(after)}));
  after.as_object()["status"] = {
      {"observedGeneration", 5}, {"replicas", 2}, {"updatedReplicas", 2}, {"availableReplicas", 2}};
  EXPECT_TRUE(kSetResources.settled(plan, ObjectView{json::View(after)}));
  after.at("metadata").as_object()["uid"] = "another";
  EXPECT_FALSE(applied(after));
}

TEST(SetResources, TheUndoPutsBackWhatStoodThere) {
  Plan plan = planned(two_containers(), {{"cpu_request", "500m"}, {"cpu_limit", "1"}, {"container", "proxy"}});
  json::Object back = kSetResources.undo(plan);
  EXPECT_EQ(back, arguments({{"cpu_request", "100m"}, {"cpu_limit", "none"}, {"container", "proxy"}}));
  auto valid = kSetResources.validate(back);
  ASSERT_TRUE(valid) << valid.error().text();
  EXPECT_EQ(*valid, back);
}

}  // namespace
}  // namespace api::operations
