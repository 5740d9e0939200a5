#include "ai-ops/bundle/listed_objects.h"

#include <gtest/gtest.h>

namespace ai_ops::bundle {
namespace {

const foundation::WallTime kNow = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");

std::string told(std::string_view text, std::size_t which = 0) {
  Listed listed = read_listed(text, "shop", kNow);
  return which < listed.objects.size() ? foundation::json::to_text(json::Value(listed.objects[which])) : "nothing";
}

TEST(ReadListed, APodsStatusIsAPhaseOrWhatStandsForIt) {
  constexpr std::string_view kPods =
      "NAME         READY   STATUS             RESTARTS      AGE   LABELS\n"
      "web-1        1/1     Running            0             5m    app=web,tier=front\n"
      "checkout-1   0/1     CrashLoopBackOff   6 (2m ago)    5m    app=checkout\n"
      "job-1        0/1     Completed          0             5m    <none>\n";
  EXPECT_EQ(
      told(kPods),
      R"({"kind":"Pod","metadata":{"name":"web-1","namespace":"shop","creationTimestamp":"2026-01-02T11:55:00.000Z",)"
      R"("labels":{"app":"web","tier":"front"}},"status":{"phase":"Running",)"
      R"("conditions":[{"type":"Ready","status":"True"}]}})");
  EXPECT_EQ(
      told(kPods, 1),
      R"({"kind":"Pod","metadata":{"name":"checkout-1","namespace":"shop",)"
      R"("creationTimestamp":"2026-01-02T11:55:00.000Z","labels":{"app":"checkout"}},"status":{"phase":"Running",)"
      R"("conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[{"ready":false,)"
      R"("state":{"waiting":{"reason":"CrashLoopBackOff"}},"restartCount":6}]}})");
  EXPECT_NE(told(kPods, 2).find(R"("phase":"Succeeded")"), std::string::npos);
}

TEST(ReadListed, SeveralTablesOfGetAllAreToldApartByTheirRows) {
  constexpr std::string_view kAll =
      "NAMESPACE   NAME        READY   STATUS    RESTARTS   AGE\n"
      "a           pod/web-1   1/1     Running   0          5m\n"
      "\n"
      "NAMESPACE   NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)          AGE\n"
      "a           service/web   ClusterIP   10.0.0.1     <none>        80/TCP,443/TCP   5m\n"
      "\n"
      "NAMESPACE   NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\n"
      "a           deployment.apps/web   1/3     3            1           5m\n";
  Listed listed = read_listed(kAll, "shop", kNow);
  ASSERT_EQ(listed.objects.size(), 3u);
  EXPECT_EQ(listed.objects[1].at("kind"), "Service");
  EXPECT_EQ(listed.objects[1].at("spec").at("ports").as_array().size(), 2u);
  EXPECT_EQ(listed.objects[2].at("kind"), "Deployment");
  EXPECT_EQ(listed.objects[2].at("metadata").at("namespace"), "a");
  EXPECT_EQ(listed.objects[2].at("spec").at("replicas"), 3);
}

TEST(ReadListed, EventsNameTheirObject) {
  EXPECT_EQ(told("LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n"
                 "2m          Warning   BackOff   pod/web-1   Back-off restarting: failed container\n"),
            R"({"kind":"Event","metadata":{"name":"web-1.listed-1","namespace":"shop"},)"
            R"("involvedObject":{"kind":"Pod","name":"web-1","namespace":"shop"},"type":"Warning","reason":"BackOff",)"
            R"("message":"Back-off restarting: failed container","lastTimestamp":"2026-01-02T11:58:00.000Z"})");
}

TEST(ReadListed, EventsWithoutAHead) {
  EXPECT_EQ(told("2m    Warning   BackOff   pod/web-1   Back-off restarting: failed container\n"),
            told("LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n"
                 "2m          Warning   BackOff   pod/web-1   Back-off restarting: failed container\n"));
  EXPECT_NE(told("other   2m   Normal   Starting   node/n1   Starting kubelet.\n").find(R"("namespace":"other")"),
            std::string::npos);
  EXPECT_TRUE(begins_listed("2m1s  Warning  FailedCreate  replicaset/web-5d  Error creating"));
  for (const char* line :
       {"", "2m", "2m Warning BackOff", "2m Warning BackOff web", "Warning: a b c/d e", "a b c d/e f"})
    EXPECT_FALSE(begins_listed(line)) << line;
}

TEST(ReadListed, ARowOfEachKindSaysWhatItsColumnsDo) {
  const std::pair<const char*, const char*> kRows[] = {
      {"NAME   ENDPOINTS                           AGE\nweb    10.1.0.7:8080,10.1.0.8:8080 + 1 more...   5m\n",
       R"("subsets":[{"addresses":[{"ip":"10.1.0.7"},{"ip":"10.1.0.8"}],"ports":[{"port":8080}]}])"},
      {"NAME   ENDPOINTS   AGE\nweb    <none>      5m\n", R"("creationTimestamp":"2026-01-02T11:55:00.000Z"}})"},
      {"NAME   AGE   REQUEST                              LIMIT\nq      5m    pods: 3/10, requests.cpu: 900m/1   \n",
       R"("hard":{"pods":"10","requests.cpu":"1"},"used":{"pods":"3","requests.cpu":"900m"})"},
      {"NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES         SELECTOR\n"
       "web    1/1     1            1           5m    app          shop/web:1     app=web\n",
       R"("template":{"spec":{"containers":[{"name":"app","image":"shop/web:1"}]}})"},
      {"NAME   SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE\n"
       "job    0 3 * * *   <none>     True      0        9h              5d\n",
       R"("spec":{"schedule":"0 3 * * *","suspend":true})"},
      {"NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\n"
       "web    2               N/A               0                     5d\n",
       R"("spec":{"minAvailable":2},"status":{"disruptionsAllowed":0})"},
      {"NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\n"
       "web    N/A             50%               1                     5d\n",
       R"("spec":{"maxUnavailable":"50%"},"status":{"disruptionsAllowed":1})"},
      {"NAME   ROLE               AGE   USERS   GROUPS   SERVICEACCOUNTS\n"
       "rb     ClusterRole/view   17s   ann              shop/default\n",
       R"("roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"ann"},)"
       R"({"kind":"ServiceAccount","name":"default","namespace":"shop"}])"},
      {"NAME   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\n"
       "log    3         3         2       3            2           <none>          5s\n",
       R"({"kind":"DaemonSet",)"},
      {"NAME   ROLE               AGE\nrb     ClusterRole/view   17s\n", R"("kind":"RoleBinding")"},
      {"NAME    ADDRESSTYPE   PORTS   ENDPOINTS                            AGE\n"
       "web-x   IPv4          80      10.64.0.1,10.64.0.2 + 1 more...      14s\n",
       R"("ports":[{"port":80}],"endpoints":[{"addresses":["10.64.0.1"]},{"addresses":["10.64.0.2"]}])"},
      {"NAME             PROVISIONER   RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE\n"
       "fast (default)   x/y           Delete          WaitForFirstConsumer   false                  5m\n",
       R"("metadata":{"name":"fast",)"},
      {"NAME   PROVISIONER   RECLAIMPOLICY   VOLUMEBINDINGMODE\nfast   x/y           Delete          Immediate\n",
       R"("provisioner":"x/y","reclaimPolicy":"Delete","volumeBindingMode":"Immediate")"},
      {"NAME   CLASS   HOSTS   ADDRESS     PORTS   AGE\nweb    nginx   *       192.0.2.1   80      5m\n",
       R"("spec":{"ingressClassName":"nginx"},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}})"},
      {"NAME    READY   STATUS        RESTARTS   AGE\nweb-1   1/1     Terminating   0          5m\n",
       R"("deletionTimestamp":"2026-01-02T12:00:00.000Z")"},
  };
  for (const auto& [text, part] : kRows) EXPECT_NE(told(text).find(part), std::string::npos) << told(text);
}

TEST(ReadListed, ATableOfAnOperatorsKindIsNotTakenForOneOfOurs) {
  for (const char* text : {"NAME   READY   SECRET    AGE\nweb    True    web-tls   5m\n",
                           "NAMESPACE   NAME   STATUS   AGE\nshop        web    Synced   5m\n"}) {
    Listed listed = read_listed(text, "shop", kNow);
    EXPECT_TRUE(listed.objects.empty()) << text;
    EXPECT_EQ(listed.unknown_tables, 1u) << text;
  }
  EXPECT_NE(told("NAME   STATUS   AGE\nshop   Active   5m\n").find(R"("kind":"Namespace")"), std::string::npos);
  EXPECT_NE(told("NAME   READY   AGE\ndb     1/2     5m\n").find(R"("kind":"StatefulSet")"), std::string::npos);
}

// kubectl prints the same of LimitRanges, Roles and CustomResourceDefinitions.
TEST(ReadListed, ATableThatSaysNothingOfItsRowsIsNoLoss) {
  for (const char* text :
       {"NAME   CREATED AT\nlr     2026-11-23T07:45:51Z\n",
        "NAMESPACE   NAME   CREATED AT             LABELS\nshop        lr     2026-11-23T07:45:51Z   a=b\n"}) {
    Listed listed = read_listed(text, "shop", kNow);
    EXPECT_TRUE(listed.objects.empty()) << text;
    EXPECT_EQ(listed.unknown_tables, 0u) << text;
  }
  EXPECT_EQ(
      read_listed("NAME   COLOUR   CREATED AT\nlr     red      2026-11-23T07:45:51Z\n", "shop", kNow).unknown_tables,
      1u);
}

TEST(ReadListed, AnAgeThatNoTimeHoldsIsNone) {
  EXPECT_EQ(told("NAME   STATUS   AGE\nshop   Active   " + std::string("999999y") + "\n"),
            R"({"kind":"Namespace","metadata":{"name":"shop"},"status":{"phase":"Active"}})");
}

TEST(ReadListed, WhatIsNoTableOfAKnownKindIsCounted) {
  Listed listed = read_listed("NAME   COLOUR\nweb    red\n", "shop", kNow);
  EXPECT_TRUE(listed.objects.empty());
  EXPECT_EQ(listed.unknown_tables, 1u);
  EXPECT_FALSE(begins_listed("Name:  web"));
  EXPECT_TRUE(read_listed("", "shop", kNow).objects.empty());
}

}  // namespace
}  // namespace ai_ops::bundle
