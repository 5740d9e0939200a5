#include "demo-cluster/app/api.h"

#include "demo-cluster/app/demo_lab.h"

namespace demo_cluster::app {
namespace {

using foundation::Code;
using foundation::Done;
using http::Method;

// In a coroutine: what failed ends the scenario.
#define HKS_TAKE(name, task)                                            \
  auto name##_result = co_await (task);                                 \
  if (!name##_result) co_return std::unexpected(name##_result.error()); \
  auto& name = *name##_result

const std::string kWeb = "/apis/apps/v1/namespaces/shop/deployments/web";

class DemoApi : public DemoLab {};

async::Task<void> refuses_strangers(DemoLab& lab) {
  for (std::string offered : {"", "wrong", "short"}) {
    lab.token = offered;
    for (auto [method, target] : {std::pair(Method::get, "/api"),
                                  {Method::get, "/api/v1/pods"},
                                  {Method::get, "/api/v1/pods?watch=1"},
                                  {Method::get, "/nowhere"},
                                  {Method::post, "/api/v1/namespaces"},
                                  {Method::delete_, "/api/v1/namespaces/shop"},
                                  {Method::patch, "/api/v1/namespaces/shop"},
                                  {Method::put, "/api/v1/namespaces/shop"},
                                  {Method::post, "/demo/v1/advance?ms=1"},
                                  {Method::post, "/demo/v1/fail"}}) {
      HKS_TAKE(answer, lab.send(lab.request(method, target)));
      EXPECT_EQ(answer.status, 401) << target;
      EXPECT_EQ(answer.at("kind"), "Status") << target;
      EXPECT_EQ(answer.at("reason"), "Unauthorized") << target;
    }
  }
  HKS_TAKE(version, lab.get("/version"));
  EXPECT_EQ(version.status, 200);
  co_return Done{};
}
TEST_F(DemoApi, RefusesStrangersOnEveryRouteButThePublicOnes) { run(refuses_strangers); }

async::Task<void> certificate_opens(DemoLab& lab) {
  auto with = lab.client_of(lab.server->certificate_url(), true);
  if (!with) co_return std::unexpected(with.error());
  lab.token = "";
  lab.client = std::move(*with);
  HKS_TAKE(answer, lab.get("/api/v1/nodes"));
  EXPECT_EQ(answer.status, 200);
  auto without = lab.client_of(lab.server->certificate_url(), false);
  if (!without) co_return std::unexpected(without.error());
  lab.client = std::move(*without);
  auto refused = co_await lab.get("/version");
  EXPECT_FALSE(refused);
  co_return Done{};
}
TEST_F(DemoApi, ACertificateOfItsAuthorityIsAsGoodAsTheToken) { run(certificate_opens); }

async::Task<void> scales(DemoLab& lab) {
  HKS_TAKE(before, lab.get(kWeb + "/scale"));
  EXPECT_EQ(before.at("spec.replicas"), "2");
  auto body =
      R"({"metadata":{"resourceVersion":")" + before.at("metadata.resourceVersion") + R"("},"spec":{"replicas":5}})";
  HKS_TAKE(dry, lab.patch(kWeb + "/scale?dryRun=All&fieldManager=hks-1", body));
  EXPECT_EQ(dry.status, 200);
  EXPECT_EQ(dry.at("spec.replicas"), "5");
  EXPECT_EQ(dry.at("metadata.resourceVersion"), before.at("metadata.resourceVersion"));
  HKS_TAKE(written, lab.patch(kWeb + "/scale?fieldManager=hks-1", body));
  EXPECT_EQ(written.status, 200);
  EXPECT_NE(written.at("metadata.resourceVersion"), before.at("metadata.resourceVersion"));
  HKS_TAKE(again, lab.patch(kWeb + "/scale?fieldManager=hks-1", body));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.at("reason"), "Conflict");
  HKS_TAKE(passed, lab.advance(5'000));
  EXPECT_EQ(passed.status, 200);
  HKS_TAKE(after, lab.get(kWeb));
  EXPECT_EQ(after.at("status.readyReplicas"), "5");
  EXPECT_NE(after.text.find(R"("manager":"hks-1")"), std::string::npos);
  co_return Done{};
}
TEST_F(DemoApi, ScalesWithDryRunConflictAndManagerAsTheRealServer) { run(scales); }

struct Case {
  Method method;
  std::string target, body, type;
  int status;
};

async::Task<void> refuses(DemoLab& lab) {
  const std::string merge = "application/merge-patch+json", json_type = "application/json";
  for (const auto& row : std::vector<Case>{
           {Method::get, "/api/v1/foos", "", "", 404},
           {Method::get, kWeb + "x", "", "", 404},
           {Method::get, kWeb + "/logs", "", "", 404},
           {Method::get, "/api/v1/pods?limit=x", "", "", 400},
           {Method::get, "/api/v1/pods?labelSelector=a%20b", "", "", 400},
           {Method::get, "/api/v1/pods?continue=x", "", "", 400},
           {Method::post, kWeb, "{}", json_type, 405},
           {Method::patch, kWeb, "{", merge, 400},
           {Method::patch, kWeb, "{}", "text/plain", 415},
           {Method::patch, kWeb, "[]", merge, 400},
           {Method::patch, kWeb, R"({"spec":{"replicas":-1}})", merge, 422},
           {Method::patch, kWeb, R"({"spec":{"replicas":"x"}})", merge, 422},
           {Method::patch, kWeb + "?dryRun=Some", R"({"spec":{"replicas":1}})", merge, 422},
           {Method::post, "/api/v1/namespaces/shop/configmaps", R"({"metadata":{}})", json_type, 422},
           {Method::post, "/api/v1/namespaces/none/configmaps", R"({"metadata":{"name":"a"}})", json_type, 404},
           {Method::post, "/api/v1/configmaps", R"({"metadata":{"name":"a"}})", json_type, 400},
           {Method::post, "/api/v1/namespaces/shop/configmaps", "x", "application/x-nothing", 415},
           {Method::put, kWeb, R"({"metadata":{"name":"other"}})", json_type, 400},
           {Method::delete_, kWeb, R"({"propagationPolicy":"Sideways"})", json_type, 422},
           {Method::delete_, kWeb, R"({"preconditions":{"uid":"x"}})", json_type, 409},
           {Method::post, "/demo/v1/advance?ms=-1", "", "", 400},
           {Method::post, "/demo/v1/advance?ms=99999999999", "", "", 400},
           {Method::post, "/demo/v1/fail?path-prefix=/&status=200", "", "", 400},
       }) {
    HKS_TAKE(answer, lab.send(lab.request(row.method, row.target, row.body, row.type)));
    EXPECT_EQ(answer.status, row.status) << row.target << " " << row.body << " " << answer.text;
    EXPECT_EQ(answer.at("kind"), "Status") << row.target;
    EXPECT_EQ(answer.at("code"), std::to_string(row.status)) << row.target;
  }
  co_return Done{};
}
TEST_F(DemoApi, RefusesBadRequestsWithAStatus) { run(refuses); }

async::Task<void> objects_live(DemoLab& lab) {
  const std::string maps = "/api/v1/namespaces/shop/configmaps";
  HKS_TAKE(made, lab.send(lab.request(Method::post, maps, R"({"metadata":{"name":"a"},"data":{"k":"v"}})",
                                      "application/json")));
  EXPECT_EQ(made.status, 201);
  HKS_TAKE(applied, lab.send(lab.request(Method::patch, maps + "/b?fieldManager=me",
                                         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {x: y}",
                                         "application/apply-patch+yaml")));
  EXPECT_EQ(applied.status, 201);
  HKS_TAKE(page, lab.get(maps + "?limit=1"));
  EXPECT_EQ(json::View(page.body)["items"].array().size(), 1U);
  HKS_TAKE(rest, lab.get(maps + "?continue=" + http::percent_encode(page.at("metadata.continue"))));
  EXPECT_EQ(json::View(rest.body)["items"][0]["metadata"]["name"].text(), "b");
  HKS_TAKE(gone, lab.send(lab.request(Method::delete_, maps + "/a")));
  EXPECT_EQ(gone.at("status"), "Success");
  HKS_TAKE(missing, lab.get(maps + "/a"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.at("details.kind"), "configmaps");
  co_return Done{};
}
TEST_F(DemoApi, ObjectsAreCreatedAppliedPagedAndDeleted) { run(objects_live); }

async::Task<void> logs(DemoLab& lab) {
  HKS_TAKE(passed, lab.advance(5'000));
  EXPECT_EQ(passed.status, 200);
  HKS_TAKE(pods, lab.get("/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb"));
  auto name = std::string(json::View(pods.body)["items"][0]["metadata"]["name"].text());
  HKS_TAKE(log, lab.get("/api/v1/namespaces/shop/pods/" + name + "/log?tailLines=1"));
  EXPECT_EQ(log.text, "listening\n");
  HKS_TAKE(previous, lab.get("/api/v1/namespaces/shop/pods/" + name + "/log?previous=true"));
  EXPECT_EQ(previous.status, 400);
  co_return Done{};
}
TEST_F(DemoApi, LogsAreText) { run(logs); }

// Reads a watch until `text` has come or the stream has ended.
async::Task<std::string> read_until(http::ResponseStream& stream, std::string text) {
  std::string seen;
  while (text.empty() || seen.find(text) == std::string::npos) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) break;
    seen += *piece;
  }
  co_return seen;
}

async::Task<void> watches(DemoLab& lab) {
  async::Context ctx{"watch", std::chrono::steady_clock::now() + std::chrono::seconds(20), {}};
  HKS_TAKE(stream, lab.client->open(
                       ctx, lab.request(Method::get,
                                        "/apis/apps/v1/deployments?watch=true&fieldSelector=metadata.name%3Dweb")));
  HKS_TAKE(first, read_until(*stream, "\n"));
  EXPECT_TRUE(first.starts_with(R"({"type":"ADDED","object":{)")) << first;
  HKS_TAKE(scaled, lab.patch(kWeb + "/scale", R"({"spec":{"replicas":3}})"));
  EXPECT_EQ(scaled.status, 200);
  HKS_TAKE(second, read_until(*stream, R"("replicas":3)"));
  EXPECT_NE(second.find(R"({"type":"MODIFIED")"), std::string::npos) << second;
  stream.reset();

  HKS_TAKE(ended, lab.get("/api/v1/nodes?watch=1&timeoutSeconds=0&allowWatchBookmarks=true&sendInitialEvents=true"));
  EXPECT_NE(ended.text.find(R"("k8s.io/initial-events-end":"true")"), std::string::npos) << ended.text;
  HKS_TAKE(listed, lab.get("/api/v1/nodes"));
  HKS_TAKE(quiet,
           lab.get("/api/v1/nodes?watch=1&timeoutSeconds=0&resourceVersion=" + listed.at("metadata.resourceVersion")));
  EXPECT_EQ(quiet.text, "");
  co_return Done{};
}
TEST_F(DemoApi, AWatchTellsChangesAsTheyHappenAndEndsInTime) { run(watches); }

async::Task<void> stops(DemoLab& lab) {
  async::Context ctx{"watch", std::chrono::steady_clock::now() + std::chrono::seconds(20), {}};
  HKS_TAKE(stream, lab.client->open(ctx, lab.request(Method::get, "/api/v1/nodes?watch=true")));
  HKS_TAKE(first, read_until(*stream, "\n"));
  EXPECT_FALSE(first.empty());
  auto begun = std::chrono::steady_clock::now();
  co_await lab.server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  HKS_TAKE(rest, read_until(*stream, ""));
  EXPECT_EQ(rest, "");
  stream.reset();
  lab.client.reset();
  lab.server.reset();
  co_return Done{};
}
TEST_F(DemoApi, StoppingEndsTheWatches) { run(stops); }

async::Task<void> restarts(DemoLab& lab) {
  HKS_TAKE(passed, lab.advance(60'000));
  HKS_TAKE(before, lab.get(kWeb));
  auto token = lab.token;
  if (auto closed = co_await lab.close(); !closed) co_return closed;
  if (auto opened = lab.open(); !opened) co_return opened;
  EXPECT_EQ(lab.token, token);
  HKS_TAKE(after, lab.get(kWeb));
  EXPECT_EQ(after.at("metadata.uid"), before.at("metadata.uid"));
  EXPECT_EQ(after.at("status.readyReplicas"), "2");
  HKS_TAKE(later, lab.advance(0));
  EXPECT_GE(later.at("now"), passed.at("now"));
  HKS_TAKE(old, lab.get("/api/v1/nodes?watch=1&resourceVersion=2"));
  EXPECT_TRUE(old.text.starts_with(R"({"type":"ERROR")")) << old.text;
  EXPECT_NE(old.text.find(R"("code":410)"), std::string::npos);
  co_return Done{};
}
TEST_F(DemoApi, ARestartKeepsObjectsUidsTimeAndToken) { run(restarts); }

async::Task<void> scripted(DemoLab& lab) {
  HKS_TAKE(set, lab.send(lab.request(Method::post, "/demo/v1/fail?path-prefix=/apis/apps&status=429&times=2")));
  EXPECT_EQ(set.status, 200);
  for (int i = 0; i < 2; ++i) {
    HKS_TAKE(busy, lab.get(kWeb));
    EXPECT_EQ(busy.status, 429);
    EXPECT_EQ(busy.at("reason"), "TooManyRequests");
  }
  HKS_TAKE(fine, lab.get(kWeb));
  EXPECT_EQ(fine.status, 200);
  HKS_TAKE(broken,
           lab.send(lab.request(Method::post, "/demo/v1/fail?path-prefix=/apis&status=500&times=9&method=PATCH")));
  EXPECT_EQ(broken.status, 200);
  HKS_TAKE(read, lab.get(kWeb));
  EXPECT_EQ(read.status, 200);
  HKS_TAKE(write, lab.patch(kWeb, "{}"));
  EXPECT_EQ(write.at("reason"), "InternalError");
  HKS_TAKE(cleared, lab.send(lab.request(Method::post, "/demo/v1/fail")));
  EXPECT_EQ(cleared.status, 200);
  HKS_TAKE(again, lab.patch(kWeb, "{}"));
  EXPECT_EQ(again.status, 200);
  co_return Done{};
}
TEST_F(DemoApi, ScriptedFailuresArePlayedAndForgotten) { run(scripted); }

async::Task<void> tables(DemoLab& lab) {
  auto asked = lab.request(Method::get, "/apis/apps/v1/deployments");
  asked.headers.add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
  HKS_TAKE(table, lab.send(std::move(asked)));
  EXPECT_EQ(table.at("kind"), "Table");
  HKS_TAKE(groups, lab.get("/apis"));
  EXPECT_EQ(groups.at("kind"), "APIGroupList");
  HKS_TAKE(resources, lab.get("/apis/apps/v1"));
  EXPECT_NE(resources.text.find("deployments/scale"), std::string::npos);
  HKS_TAKE(unknown, lab.get("/apis/apps/v9"));
  EXPECT_EQ(unknown.status, 404);
  co_return Done{};
}
TEST_F(DemoApi, KubectlGetsItsTablesAndDiscovery) { run(tables); }

async::Task<void> not_served(DemoLab& lab) {
  HKS_TAKE(exec, lab.get("/api/v1/namespaces/shop/pods/any/exec?command=ls"));
  EXPECT_EQ(exec.at("reason"), "NotImplemented");
  auto protobuf_only = lab.request(Method::get, "/api/v1/pods");
  protobuf_only.headers.add("Accept", "application/vnd.kubernetes.protobuf");
  HKS_TAKE(unacceptable, lab.send(std::move(protobuf_only)));
  EXPECT_EQ(unacceptable.status, 406);
  HKS_TAKE(broken, lab.send(lab.request(Method::post, "/api/v1/namespaces", "no message",
                                        "application/vnd.kubernetes.protobuf")));
  EXPECT_EQ(broken.at("reason"), "BadRequest");
  co_return Done{};
}
TEST_F(DemoApi, WhatItDoesNotServeIsRefusedByAStatus) { run(not_served); }

async::Task<void> reviewed(DemoLab& lab) {
  HKS_TAKE(answer, lab.send(lab.request(Method::post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                                        R"({"spec":{"nonResourceAttributes":{"path":"/","verb":"get"}}})",
                                        "application/json")));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.at("status.allowed"), "true");
  co_return Done{};
}
TEST_F(DemoApi, AnswersWhetherItsUserMay) { run(reviewed); }

}  // namespace
}  // namespace demo_cluster::app
