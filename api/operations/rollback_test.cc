#include "api/operations/rollback.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "api/operations/catalogue.h"
#include "api/operations/template_diff.h"

namespace api::operations {
namespace {

json::Object variable(const char* name, const char* value) { return {{"name", name}, {"value", value}}; }

json::Value pods(const char* image, json::Array env = {}) {
  json::Object container{{"name", "web"}, {"image", image}, {"env", std::move(env)}};
  return {{"metadata", {{"labels", {{"app", "web"}}}, {"creationTimestamp", nullptr}}},
          {"spec", {{"containers", json::Array{std::move(container)}}}}};
}

const json::Value kOne = pods("shop/web:1", {variable("MODE", "production")});
const json::Value kTwo = pods("shop/web:2", {variable("MODE", "production"), variable("NEW", "1")});
const json::Value kThree = pods("shop/web:3");

json::Value deployment(json::Value pod_template, const char* revision) {
  return {{"kind", "Deployment"},
          {"metadata",
           {{"name", "web"},
            {"namespace", "shop"},
            {"uid", "u-1"},
            {"generation", 4},
            {"annotations", {{"deployment.kubernetes.io/revision", revision}}}}},
          {"spec", {{"replicas", 2}, {"template", std::move(pod_template)}}},
          {"status", {{"observedGeneration", 4}}}};
}

json::Value replica_set(const char* revision, json::Value pod_template, const char* owner_uid = "u-1") {
  pod_template.at("metadata").at("labels").as_object()["pod-template-hash"] = "hash";
  return {
      {"kind", "ReplicaSet"},
      {"metadata",
       {{"name", std::string("web-") + revision},
        {"namespace", "shop"},
        {"annotations", {{"deployment.kubernetes.io/revision", revision}}},
        {"ownerReferences", json::Array{json::Object{
                                {"kind", "Deployment"}, {"name", "web"}, {"uid", owner_uid}, {"controller", true}}}}}},
      {"spec", {{"replicas", 0}, {"template", std::move(pod_template)}}}};
}

Surroundings kept(std::vector<json::Value> sets) { return {.replica_sets = std::move(sets)}; }

Surroundings three_kept() { return kept({replica_set("3", kThree), replica_set("1", kOne), replica_set("2", kTwo)}); }

json::Object arguments(std::optional<std::int64_t> revision = {}) {
  json::Object out{{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}};
  if (revision) out["revision"] = *revision;
  return out;
}

Plan planned(const json::Value& object, const Surroundings& around, std::optional<std::int64_t> revision = {}) {
  auto plan = kRollback.plan(arguments(revision), ObjectView{json::View(object)}, around);
  EXPECT_TRUE(plan) << plan.error().text();
  return plan ? *plan : Plan{};
}

std::string refused(const json::Value& object, const Surroundings& around, std::optional<std::int64_t> revision = {}) {
  Plan plan = planned(object, around, revision);
  EXPECT_TRUE(!plan.refusal || plan.patch.empty());
  return plan.refusal ? plan.refusal->code + ": " + plan.refusal->text : "";
}

TEST(Rollback, StandsInTheCatalogue) {
  EXPECT_EQ(find_operation("rollback"), &kRollback);
  EXPECT_EQ(kRollback.permission, tenancy::Permission::workloads_rollback);
  EXPECT_TRUE(kRollback.undoable);
}

TEST(Rollback, TakesADeploymentAndARevision) {
  EXPECT_EQ(*kRollback.validate(arguments()), arguments());
  EXPECT_EQ(*kRollback.validate(arguments(7)), arguments(7));
  for (std::int64_t revision : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{4'294'967'297}})
    EXPECT_FALSE(kRollback.validate(arguments(revision))) << revision;
  json::Object other = arguments();
  other["kind"] = "StatefulSet";
  EXPECT_FALSE(kRollback.validate(other));
  json::Object more = arguments();
  more["force"] = true;
  EXPECT_FALSE(kRollback.validate(more));
}

TEST(Rollback, GoesToTheRevisionBefore) {
  Plan plan = planned(deployment(kThree, "3"), three_kept());
  ASSERT_FALSE(plan.refusal) << plan.refusal->text;
  EXPECT_EQ(plan.before, (json::Object{{"template", "web-3"}, {"image", "shop/web:3"}}));
  EXPECT_EQ(plan.after, (json::Object{{"template", "web-2"}, {"image", "shop/web:2"}}));
  EXPECT_EQ(plan.risk, Risk::medium);
  EXPECT_EQ(plan.form, PatchForm::strategic);
  EXPECT_EQ(plan.fields_read.at("/spec/template"), kThree);
  EXPECT_EQ(plan.fields_read.at("/metadata/annotations/deployment.kubernetes.io~1revision"), "3");
}

TEST(Rollback, ReplacesTheTemplateAsAWhole) {
  Plan plan = planned(deployment(kThree, "3"), three_kept(), 1);
  json::View patched = json::View(plan.patch.at("spec"))["template"];
  EXPECT_EQ(patched["$patch"].text(), "replace") << "or what the later one added would stay";
  EXPECT_EQ(*patched["spec"].value(), kOne.at("spec"));
  EXPECT_EQ(*patched["metadata"].value(), (json::Object{{"labels", {{"app", "web"}}}})) << "without the hash";
  EXPECT_EQ(plan.patch.size(), 1U);
}

TEST(Rollback, TheNumberCountsNotTheOrder) {
  auto around = kept({replica_set("9", kTwo), replica_set("10", kThree), replica_set("2", kOne)});
  EXPECT_EQ(planned(deployment(kThree, "10"), around).after.at("template"), "web-9");
}

TEST(Rollback, ThePresentRevisionIsSoAlready) {
  Plan plan = planned(deployment(kThree, "3"), three_kept(), 3);
  EXPECT_TRUE(plan.already_so);
  EXPECT_TRUE(plan.patch.empty());
  EXPECT_TRUE(plan.diff.empty());
}

TEST(Rollback, SaysWhyThereIsNoWayBack) {
  EXPECT_EQ(refused(deployment(kOne, "1"), kept({replica_set("1", kOne)})),
            "no_revision: Deployment/web has no earlier revision: 1 is the only one that is kept.");
  EXPECT_EQ(refused(deployment(kThree, "3"), three_kept(), 7),
            "no_revision: Deployment/web has no revision 7; it has 1, 2 and 3.");
  const std::string unrecorded =
      "no_revision: The controller of Deployment/web has not recorded its present template yet, so there would be no "
      "way back. Ask again in a moment.";
  EXPECT_EQ(refused(deployment(pods("shop/web:4"), "3"), three_kept()), unrecorded);
  EXPECT_EQ(refused(deployment(kOne, "3"), three_kept()), unrecorded) << "its number is not that of its template";
  EXPECT_EQ(refused(deployment(kThree, "3"), {}), unrecorded);
}

TEST(Rollback, AnotherDeploymentsRevisionsAreNone) {
  auto around = kept({replica_set("1", kOne, "u-2"), replica_set("2", kTwo, ""), replica_set("3", kThree)});
  EXPECT_TRUE(refused(deployment(kThree, "3"), around).starts_with("no_revision"));
  json::Value uncontrolled = replica_set("2", kTwo);
  uncontrolled.at("metadata").at("ownerReferences").as_array()[0].as_object()["controller"] = false;
  EXPECT_TRUE(refused(deployment(kThree, "3"), kept({replica_set("3", kThree), uncontrolled})).starts_with("no_rev"));
}

TEST(Rollback, RevisionsWithoutANumberAreNone) {
  for (const char* number : {"", "x", "-1", "0", "1.5", "99999999999999999999"}) {
    auto around = kept({replica_set(number, kOne), replica_set("3", kThree)});
    EXPECT_TRUE(refused(deployment(kThree, "3"), around).starts_with("no_revision")) << number;
  }
}

TEST(Rollback, ThePausedAndTheTooLargeAreRefused) {
  auto guarded = [](const json::Value& object, const Surroundings& around, const Surroundings& guards) {
    auto refusal = kRollback.guard(planned(object, around), ObjectView{json::View(object)}, guards);
    return refusal ? refusal->code : "";
  };
  json::Value paused = deployment(kThree, "3");
  paused.at("spec").as_object()["paused"] = true;
  EXPECT_EQ(guarded(paused, three_kept(), {}), "rollout_paused");
  json::Value large = kTwo;
  large.at("spec").at("containers").as_array()[0].as_object()["resources"] = {{"requests", {{"cpu", "2"}}}};
  auto around = kept({replica_set("2", large), replica_set("3", kThree)});
  json::Value quota{{"kind", "ResourceQuota"},
                    {"metadata", {{"name", "compute"}}},
                    {"spec", {{"hard", {{"requests.cpu", "3"}}}}},
                    {"status", {{"hard", {{"requests.cpu", "3"}}}, {"used", {{"requests.cpu", "0"}}}}}};
  EXPECT_EQ(guarded(deployment(kThree, "3"), around, {.quotas = {quota}}), "quota_exceeded");
  json::Object item{{"type", "Container"}, {"max", {{"cpu", "1"}}}, {"default", {{"cpu", "1"}}}};
  json::Value range{{"metadata", {{"name", "limits"}}}, {"spec", {{"limits", json::Array{item}}}}};
  EXPECT_EQ(guarded(deployment(kThree, "3"), around, {.limit_ranges = {range}}), "outside_limit_range");
  EXPECT_EQ(guarded(deployment(kThree, "3"), around, {}), "");
}

// On the event loop; once each container was searched for among all of them.
TEST(Rollback, TheGuardCostsInProportionToTheContainers) {
  json::Value large = kTwo;
  for (int i = 0; i < 20'000; ++i)
    large.at("spec").at("containers").as_array().push_back(json::Object{{"name", "c" + std::to_string(i)}});
  Plan plan = planned(deployment(kThree, "3"), kept({replica_set("2", large), replica_set("3", kThree)}));
  json::Object item{{"type", "Container"}, {"max", {{"cpu", "1"}}}, {"default", {{"cpu", "1"}}}};
  json::Value range{{"metadata", {{"name", "limits"}}}, {"spec", {{"limits", json::Array{item}}}}};
  const json::Value object = deployment(kThree, "3");
  const std::clock_t start = std::clock();
  EXPECT_FALSE(kRollback.guard(plan, ObjectView{json::View(object)}, {.limit_ranges = {range}}));
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5.0) << "seconds of this process";
}

TEST(Rollback, AppliedMeansTheWholeTemplate) {
  Plan plan = planned(deployment(kTwo, "2"), three_kept(), 1);
  auto applied = [&](const json::Value& object) { return kRollback.applied(plan, ObjectView{json::View(object)}); };
  EXPECT_FALSE(applied(deployment(kTwo, "2")));
  EXPECT_TRUE(applied(deployment(kOne, "2")));
  EXPECT_FALSE(applied(deployment(pods("shop/web:1", {variable("MODE", "production"), variable("NEW", "1")}), "2")))
      << "what the later one added must be gone";
  json::Value unseen = deployment(kOne, "2");
  unseen.at("metadata").as_object()["generation"] = 5;
  EXPECT_FALSE(applied(unseen));
  EXPECT_FALSE(kRollback.settled(plan, ObjectView{json::View(deployment(kOne, "2"))}));
}

TEST(Rollback, TheUndoGoesBackToTheRevisionThatWasLeft) {
  Plan plan = planned(deployment(kThree, "3"), three_kept(), 1);
  EXPECT_EQ(kRollback.undo(plan), arguments(3));
  // The restored template has the next number; the undo finds the object as the rollback left it.
  auto around = kept({replica_set("4", kOne), replica_set("2", kTwo), replica_set("3", kThree)});
  around.replica_sets[0].at("metadata").as_object()["name"] = "web-1";
  Plan back = planned(deployment(kOne, "4"), around, 3);
  EXPECT_EQ(back.before, plan.after);
  EXPECT_EQ(back.after, plan.before);
}

TEST(TemplateDiff, ShowsImagesQuantitiesAndFacts) {
  json::Value from = pods("shop/web:2", {variable("DATABASE_URL", "postgres://shop:hunter2@postgres.shop:5433/shop"),
                                         variable("MODE", "production"), variable("NEW", "1")});
  json::Value to = pods("shop/web:1", {variable("DATABASE_URL", "postgres://shop:hunter2@postgres.shop:5432/shop"),
                                       variable("MODE", "staging"), variable("OLD", "true")});
  from.at("spec").at("containers").as_array()[0].as_object()["resources"] = {{"requests", {{"cpu", "1"}}}};
  to.at("spec").at("containers").as_array()[0].as_object()["command"] = json::Array{"run", "--token=s3cret"};
  to.at("spec").as_object()["serviceAccountName"] = "web";
  to.at("metadata").as_object()["annotations"] = {{"team", "shop"}};
  EXPECT_EQ(template_diff(from, to),
            "- serviceAccountName: none\n+ serviceAccountName: web\n"
            "- image: shop/web:2\n+ image: shop/web:1\n"
            "  command: otherwise\n"
            "- cpu request: 1\n+ cpu request: none\n"
            "  annotations team: otherwise\n"
            "- env DATABASE_URL: postgres.shop:5433\n+ env DATABASE_URL: postgres.shop:5432\n"
            "- env MODE: production\n+ env MODE: staging\n"
            "- env OLD: none\n+ env OLD: true\n"
            "- env NEW: 1\n+ env NEW: none\n");
}

TEST(TemplateDiff, NeverShowsASecret) {
  const std::string canary = "kZ8vQ2mT7xLp4RwN";
  auto with = [&](const std::string& value) {
    json::Value out = pods("shop/web:1", {variable("API_TOKEN", value.c_str()), variable("NOTE", value.c_str())});
    json::Object& container = out.at("spec").at("containers").as_array()[0].as_object();
    container["args"] = json::Array{"--password", value};
    container["livenessProbe"] = {{"exec", {{"command", json::Array{value}}}}};
    out.at("metadata").as_object()["annotations"] = {{"note", value}};
    return out;
  };
  std::string diff = template_diff(with(canary), with("pL5" + canary.substr(3)));
  EXPECT_EQ(diff.find(canary.substr(3)), std::string::npos) << diff;
  EXPECT_EQ(diff,
            "  args: otherwise\n"
            "  livenessProbe: otherwise\n"
            "  annotations note: otherwise\n"
            "- env API_TOKEN: 16 bytes, not shown\n+ env API_TOKEN: 16 bytes, not shown, another value\n"
            "- env NOTE: 16 bytes, not shown\n+ env NOTE: 16 bytes, not shown, another value\n");
}

TEST(TemplateDiff, NamesContainersThatComeAndGo) {
  json::Value from = pods("shop/web:1"), to = pods("shop/web:1");
  from.at("spec").at("containers").as_array().push_back(json::Object{{"name", "proxy"}, {"image", "proxy:1"}});
  to.at("spec").as_object()["initContainers"] = json::Array{json::Object{{"name", "migrate"}, {"image", "m:1"}}};
  EXPECT_EQ(template_diff(from, to), "- container proxy: proxy:1\n+ container migrate: m:1\n");
}

json::Array variables(int count, const char* value) {
  json::Array out;
  for (int i = 0; i < count; ++i) out.push_back(variable(("V" + std::to_string(i)).c_str(), value));
  return out;
}

TEST(TemplateDiff, WhatIsCutIsCounted) {
  std::string diff = template_diff(pods("shop/web:1"), pods("shop/web:1", variables(1000, "1")));
  EXPECT_EQ(std::ranges::count(diff, '\n'), std::ptrdiff_t(kMaxDiffLines) - 1);
  EXPECT_TRUE(diff.ends_with("  lines that are not listed: 1962\n")) << "two a variable, and 38 are listed";
}

json::Object mount(const char* volume) { return {{"name", volume}, {"mountPath", "/node"}}; }

// Once the variables filled the lines and the fields of the pod stood after them.
TEST(TemplateDiff, WhatAPodMayDoOnItsNodeStandsAboveItsVariables) {
  json::Value from = pods("shop/web:2", variables(25, "1")), to = pods("shop/web:1", variables(25, "2"));
  json::Object& pod = to.at("spec").as_object();
  pod["hostNetwork"] = true;
  pod["serviceAccountName"] = "boss";
  pod["securityContext"] = {{"runAsUser", 0}};
  pod["volumes"] = json::Array{json::Object{{"name", "node"}, {"hostPath", {{"path", "/var/run"}}}}};
  pod["dnsPolicy"] = "None";
  json::Object& container = pod["containers"].as_array()[0].as_object();
  container["command"] = json::Array{"sh"};
  container["securityContext"] = {{"capabilities", {{"add", json::Array{"SYS_ADMIN"}}}}, {"privileged", true}};
  container["resources"] = {{"limits", {{"cpu", "2"}, {"nvidia.com/gpu", 1}}}};
  container["volumeMounts"] = json::Array{mount("node")};
  to.at("metadata").as_object()["annotations"] = {{"container.apparmor.security.beta.kubernetes.io/web", "unconfined"}};
  const std::string grave =
      "- hostNetwork: none\n+ hostNetwork: true\n"
      "- serviceAccountName: none\n+ serviceAccountName: boss\n"
      "- securityContext runAsUser: none\n+ securityContext runAsUser: 0\n"
      "- volume node: none\n+ volume node: hostPath /var/run\n"
      "  dnsPolicy: otherwise\n"
      "- image: shop/web:2\n+ image: shop/web:1\n"
      "  command: otherwise\n"
      "- securityContext capabilities: none\n+ securityContext capabilities: {\"add\":[\"SYS_ADMIN\"]}\n"
      "- securityContext privileged: none\n+ securityContext privileged: true\n"
      "- cpu limit: none\n+ cpu limit: 2\n"
      "- limits nvidia.com/gpu: none\n+ limits nvidia.com/gpu: 1\n"
      "  volumeMounts: otherwise\n"
      "  annotations container.apparmor.security.beta.kubernetes.io/web: otherwise\n"
      "- env V0: 1\n+ env V0: 2\n";
  std::string diff = template_diff(from, to);
  EXPECT_TRUE(diff.starts_with(grave)) << diff;
  EXPECT_TRUE(diff.ends_with("  lines that are not listed: 34\n")) << diff;
}

TEST(TemplateDiff, TheVariablesOfOneContainerHideNoOther) {
  json::Value from = pods("shop/web:1"), to = pods("shop/web:1", variables(40, "1"));
  for (auto [side, privileged] : {std::pair(&from, false), std::pair(&to, true)})
    side->at("spec")
        .at("containers")
        .as_array()
        .push_back(json::Object{{"name", "proxy"}, {"securityContext", {{"privileged", privileged}}}});
  std::string diff = template_diff(from, to);
  EXPECT_TRUE(
      diff.starts_with("- proxy securityContext privileged: false\n+ proxy securityContext privileged: true\n"
                       "- web env V0: none\n"))
      << diff;
}

TEST(TemplateDiff, AnOrderIsADifferenceToo) {
  json::Array order{variable("A", "1"), variable("B", "$(A)")}, other{variable("B", "$(A)"), variable("A", "1")};
  EXPECT_EQ(template_diff(pods("shop/web:1", order), pods("shop/web:1", other)),
            "  the order of containers or variables: otherwise\n");
  EXPECT_EQ(template_diff(pods("shop/web:1", order), pods("shop/web:1", order)), "");
}

TEST(TemplateDiff, ManyNamesTakeMoreLinesAndNoLongerOnes) {
  json::Value to = pods("shop/web:1");
  json::Object labels;
  for (int i = 0; i < 100'000; ++i) labels["label-" + std::to_string(i)] = "x";
  to.at("metadata").as_object()["annotations"] = std::move(labels);
  std::string diff = template_diff(pods("shop/web:1"), to);
  EXPECT_LT(diff.size(), std::size_t(8) << 10);
  EXPECT_TRUE(diff.ends_with("  lines that are not listed: 12461\n")) << "eight names a line";
}

// A viewer's request is planned before it is judged, on the event loop; quadratic, this took minutes.
TEST(TemplateDiff, CostsInProportionToTheTemplates) {
  constexpr int kVariables = 20'000;
  json::Value from = pods("shop/web:1", variables(kVariables, "1")),
              to = pods("shop/web:1", variables(kVariables, "2"));
  for (int i = 0; i < kVariables; ++i)
    for (auto [side, image] : {std::pair(&from, "shop/side:1"), std::pair(&to, "shop/side:2")})
      side->at("spec")
          .at("containers")
          .as_array()
          .push_back(json::Object{{"name", "c" + std::to_string(i)}, {"image", image}});
  const std::clock_t start = std::clock();
  std::string diff = template_diff(from, to);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5.0) << "seconds of this process";
  EXPECT_TRUE(diff.ends_with(": 79962\n")) << diff;
}

TEST(TemplateDiff, BrokenTemplatesHaveADiffToo) {
  for (json::Value broken : {json::Value(nullptr), json::Value("x"), json::Value(json::Array{1}),
                             json::Value(json::Object{{"spec", {{"containers", "x"}}}, {"metadata", 5}})}) {
    (void)template_diff(broken, kOne);
    (void)template_diff(kOne, broken);
    (void)planned(deployment(broken, "3"), three_kept());
    auto sets = three_kept();
    sets.replica_sets[2].at("spec").as_object()["template"] = broken;
    (void)planned(deployment(kThree, "3"), sets);
  }
}

}  // namespace
}  // namespace api::operations
