// The client against a server that plays the Kubernetes API: what goes over the wire, and what each answer means.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "api/cluster/cluster_lab.h"
#include "foundation/base/files.h"
#include "foundation/http/imposter.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes_api/api_error.h"
#include "foundation/kubernetes_api/collection.h"

namespace api::cluster {
namespace {

namespace wire = foundation::kubernetes_api;

using namespace std::chrono_literals;
using foundation::Code;
using foundation::Done;
using foundation::http::Imposter;
using Lab = ClusterLab;
using Client = ClusterLab;

const std::string kWeb = "/apis/apps/v1/namespaces/shop/deployments/web";
const std::string kPods = "/api/v1/namespaces/shop/pods";
const ObjectRef kWebRef{"Deployment", "shop", "web", {}};

std::string status(int code, const std::string& message) {
  return R"({"kind":"Status","status":"Failure","code":)" + std::to_string(code) + R"(,"message":")" + message + "\"}";
}

PatchRequest scale_to(std::int64_t replicas) {
  return {.target = kWebRef,
          .subresource = "scale",
          .fields = {{"spec", {{"replicas", replicas}}}},
          .resource_version = "41",
          .field_manager = "hks-0192f0c1-0000-7000-8000-000000000000"};
}

template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::internal : result.error().code;
}

TEST_F(Client, GetsAnObjectWithTheCredential) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kWeb] = {{.body = R"({"kind":"Deployment","metadata":{"name":"web","uid":"u1"}})"}};
    auto ctx = lab.context();
    auto object = co_await lab.open({}).reader->get(ctx, kWebRef);
    EXPECT_EQ(object ? json::View(*object).path("metadata.uid").text() : object.error().text(), "u1");
    auto request = lab.last(kWeb);
    EXPECT_EQ(request.target, kWeb);
    EXPECT_EQ(request.headers.find("Authorization"), "Bearer lab-token");
    co_return Done{};
  });
}

TEST_F(Client, ARefusedTokenIsReadAnewFromItsFile) {
  run([](Lab& lab) -> async::Task<void> {
    const std::filesystem::path file = testing::TempDir() + "hks-token-" + std::to_string(::getpid());
    EXPECT_TRUE(foundation::replace_file(file, "first\n"));
    Kubeconfig kubeconfig;
    kubeconfig.server = "http://" + lab.address();
    kubeconfig.token = Secret("first");
    kubeconfig.token_file = file;
    auto& reader = *lab.open_as(kubeconfig, {}).reader;
    lab.answers[kWeb] = {{.status = 401, .body = status(401, "Unauthorized")}, {.body = R"({"kind":"Deployment"})"}};
    auto ctx = lab.context();
    EXPECT_TRUE(foundation::replace_file(file, "second\n"));
    EXPECT_EQ(code_of(co_await reader.get(ctx, kWebRef)), Code::unavailable);
    EXPECT_EQ(lab.last(kWeb).headers.find("Authorization"), "Bearer first");
    EXPECT_TRUE(co_await reader.get(ctx, kWebRef));
    EXPECT_EQ(lab.last(kWeb).headers.find("Authorization"), "Bearer second");
    std::filesystem::remove(file);
    co_return Done{};
  });
}

TEST_F(Client, APatchCarriesItsConditionItsOwnerAndItsType) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kWeb + "/scale"] = {{.body = R"({"kind":"Scale","spec":{"replicas":5}})"}};
    auto& cluster = lab.open({});
    auto ctx = lab.context();
    auto dry = scale_to(5);
    dry.dry_run = true;
    EXPECT_TRUE(co_await cluster.writer->patch(ctx, std::move(dry)));
    EXPECT_EQ(lab.last(kWeb + "/scale").target,
              kWeb + "/scale?fieldManager=hks-0192f0c1-0000-7000-8000-000000000000&force=true&dryRun=All");
    EXPECT_TRUE(co_await cluster.writer->patch(ctx, scale_to(5)));
    auto request = lab.last(kWeb + "/scale");
    EXPECT_EQ(request.method, http::Method::patch);
    EXPECT_EQ(request.target, kWeb + "/scale?fieldManager=hks-0192f0c1-0000-7000-8000-000000000000&force=true");
    EXPECT_EQ(request.headers.find("Content-Type"), "application/apply-patch+yaml");
    EXPECT_EQ(request.body,
              R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"web","namespace":"shop",)"
              R"("resourceVersion":"41"},"spec":{"replicas":5}})");
    co_return Done{};
  });
}

TEST_F(Client, AStrategicPatchCarriesTheSameConditionAndForcesNothing) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kWeb] = {{.body = R"({"kind":"Deployment"})"}};
    auto& cluster = lab.open({});
    auto ctx = lab.context();
    auto patch = scale_to(5);
    patch.subresource.clear();
    patch.form = PatchForm::strategic;
    patch.fields = {{"spec", {{"template", {{"$patch", "replace"}}}}}};
    EXPECT_TRUE(co_await cluster.writer->patch(ctx, std::move(patch)));
    auto request = lab.last(kWeb);
    EXPECT_EQ(request.target, kWeb + "?fieldManager=hks-0192f0c1-0000-7000-8000-000000000000");
    EXPECT_EQ(request.headers.find("Content-Type"), "application/strategic-merge-patch+json");
    EXPECT_EQ(request.body,
              R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",)"
              R"("resourceVersion":"41"},"spec":{"template":{"$patch":"replace"}}})");
    co_return Done{};
  });
}

TEST_F(Client, ABlindOrMisnamedWriteIsRefusedBeforeAnyRequest) {
  run([](Lab& lab) -> async::Task<void> {
    auto& writer = *lab.open({}).writer;
    auto ctx = lab.context();
    auto refused = [&](auto change) {
      auto request = scale_to(5);
      change(request);
      return request;
    };
    for (auto request :
         {refused([](PatchRequest& r) { r.resource_version.clear(); }),
          refused([](PatchRequest& r) { r.field_manager.clear(); }),
          refused([](PatchRequest& r) { r.field_manager = std::string(200, 'x'); }),
          refused([](PatchRequest& r) { r.fields["metadata"] = json::Object{{"labels", {{"a", "b"}}}}; }),
          refused([](PatchRequest& r) { r.subresource = "../status"; }),
          refused([](PatchRequest& r) { r.target.name = "../../secrets/x"; }),
          refused([](PatchRequest& r) { r.target.name = "web%2F.."; }),
          refused([](PatchRequest& r) { r.target.namespace_name = ".."; }),
          refused([](PatchRequest& r) { r.target.namespace_name.clear(); }),
          refused([](PatchRequest& r) { r.target.kind = "Secret"; })})
      EXPECT_EQ(code_of(co_await writer.patch(ctx, std::move(request))), Code::invalid);
    EXPECT_TRUE(std::ranges::none_of(lab.requests, [](const auto& r) { return r.method == http::Method::patch; }));
    co_return Done{};
  });
}

TEST_F(Client, EachRefusalOfTheApiHasItsMeaning) {
  run([](Lab& lab) -> async::Task<void> {
    auto& cluster = lab.open({});
    struct {
      int status;
      Code code;
    } const rows[] = {{400, Code::invalid},     {401, Code::denied},      {403, Code::denied},
                      {404, Code::not_found},   {409, Code::conflict},    {410, Code::conflict},
                      {413, Code::too_large},   {422, Code::invalid},     {429, Code::rate_limited},
                      {500, Code::unavailable}, {503, Code::unavailable}, {504, Code::unavailable},
                      {302, Code::unavailable}, {405, Code::invalid}};
    for (const auto& row : rows) {
      auto ctx = lab.context(900ms);  // less than any Retry-After
      lab.answers[kWeb + "/scale"] = {{.status = row.status, .body = status(row.status, "because \\u001b[31m of it")}};
      auto answer = co_await cluster.writer->patch(ctx, scale_to(5));
      EXPECT_EQ(code_of(answer), row.code) << row.status;
      if (!answer) EXPECT_EQ(answer.error().cause, "because [31m of it") << row.status;
      lab.answers[kWeb] = lab.answers[kWeb + "/scale"];
      auto read_code = row.code == Code::denied ? Code::unavailable : row.code;
      EXPECT_EQ(code_of(co_await cluster.reader->get(ctx, kWebRef)), read_code) << row.status;
    }
    co_return Done{};
  });
}

// It reached the user as their own 403.
TEST_F(Client, WhatTheClusterDeniesUsIsUnavailableAndNotDenied) {
  run([](Lab& lab) -> async::Task<void> {
    auto& reader = *lab.open({}).reader;
    auto ctx = lab.context();
    for (int refusal : {401, 403}) {
      for (const auto& path : {kWeb, kPods, kPods + "/web-1/log"})
        lab.answers[path] = {{.status = refusal, .body = status(refusal, "hks may not")}};
      EXPECT_EQ(code_of(co_await reader.get(ctx, kWebRef)), Code::unavailable) << refusal;
      EXPECT_EQ(code_of(co_await reader.list(ctx, "Pod", "shop")), Code::unavailable) << refusal;
      auto log = co_await reader.logs(ctx, {.namespace_name = "shop", .pod = "web-1", .container = "web"});
      EXPECT_EQ(code_of(log), Code::unavailable) << refusal;
    }
    co_return Done{};
  });
}

TEST_F(Client, ARefusalWithoutAStatusStillHasItsMeaning) {
  EXPECT_EQ(wire::error_of_answer(404, "<html>404</html>", "get").code, Code::not_found);
  EXPECT_EQ(wire::error_of_answer(404, "<html>404</html>", "get").cause, "the API server answered 404");
  EXPECT_EQ(wire::error_of_answer(422, R"({"message":7})", "get").cause, "the API server answered 422");
  EXPECT_LT(wire::error_of_answer(422, status(422, std::string(50'000, 'x')), "get").cause.size(), 1'100u);
  EXPECT_EQ(wire::error_of_transport({Code::invalid, "x", "a garbled head"}).code, Code::unavailable);
  EXPECT_EQ(wire::error_of_transport({Code::deadline, "x", ""}).code, Code::deadline);
}

TEST_F(Client, GarbageUnderASuccessIsNeitherAnObjectNorARefusal) {
  run([](Lab& lab) -> async::Task<void> {
    auto& cluster = lab.open({});
    auto ctx = lab.context();
    for (std::string body : {"", "<html>", "[]", "null", "{\"kind\":", "\xff\xfe"}) {
      lab.answers[kWeb] = lab.answers[kWeb + "/scale"] = {{.body = body}};
      EXPECT_EQ(code_of(co_await cluster.reader->get(ctx, kWebRef)), Code::corrupt) << body;
      EXPECT_EQ(code_of(co_await cluster.writer->patch(ctx, scale_to(1))), Code::corrupt) << body;
      lab.answers[kPods] = {{.body = body}};
      EXPECT_EQ(code_of(co_await cluster.reader->list(ctx, "Pod", "shop")), Code::corrupt) << body;
    }
    co_return Done{};
  });
}

TEST_F(Client, AReadWaitsForRetryAfterAndAWriteIsNeverRepeated) {
  run([](Lab& lab) -> async::Task<void> {
    auto& cluster = lab.open({});
    auto ctx = lab.context();
    Lab::Answer busy{.status = 429, .body = status(429, "busy"), .headers = {{"Retry-After", "0"}}};
    lab.answers[kWeb] = {busy, busy, {.body = R"({"kind":"Deployment"})"}};
    EXPECT_TRUE(co_await cluster.reader->get(ctx, kWebRef));
    EXPECT_EQ(lab.asked(kWeb), 3u);
    lab.answers[kWeb] = {busy};
    EXPECT_EQ(code_of(co_await cluster.reader->get(ctx, kWebRef)), Code::rate_limited);
    EXPECT_EQ(lab.asked(kWeb), 3u + 1 + wire::kReadRetries);
    lab.answers[kWeb + "/scale"] = {busy, {.body = "{}"}};
    EXPECT_EQ(code_of(co_await cluster.writer->patch(ctx, scale_to(5))), Code::rate_limited);
    EXPECT_EQ(lab.asked(kWeb + "/scale"), 1u);
    co_return Done{};
  });
}

TEST_F(Client, AListIsReadInPagesAndItsItemsGetTheirKind) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods] = {
        {.body = R"({"metadata":{"continue":"a/b=","resourceVersion":"7"},"items":[{"metadata":{"name":"p1"}}]})"},
        {.body = R"({"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"p2"}}]})"}};
    auto ctx = lab.context();
    auto pods = co_await lab.open({}).reader->list(ctx, "Pod", "shop");
    if (!pods) co_return std::unexpected(pods.error());
    EXPECT_EQ(pods->size(), 2u);
    foundation::kubernetes::ObjectView last{json::View(pods->back())};
    EXPECT_EQ(last.kind(), "Pod");
    EXPECT_EQ(last.root()["apiVersion"].text(), "v1");
    EXPECT_EQ(lab.last(kPods).target, kPods + "?limit=500&continue=a%2Fb%3D");
    co_return Done{};
  });
}

TEST_F(Client, AListThatExpiresUnderwayBeginsAnewOnce) {
  run([](Lab& lab) -> async::Task<void> {
    std::string first = R"({"metadata":{"continue":"x"},"items":[{"metadata":{"name":"p1"}}]})";
    std::string whole = R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"p2"}}]})";
    Lab::Answer gone{.status = 410, .body = status(410, "expired")};
    auto& reader = *lab.open({}).reader;
    auto ctx = lab.context();
    lab.answers[kPods] = {{.body = first}, gone, {.body = whole}};
    auto pods = co_await reader.list(ctx, "Pod", "shop");
    EXPECT_EQ(pods ? pods->size() : 0, 1u);
    lab.answers[kPods] = {{.body = first}, gone, {.body = first}, gone};
    EXPECT_EQ(code_of(co_await reader.list(ctx, "Pod", "shop")), Code::conflict);
    co_return Done{};
  });
}

TEST_F(Client, LogsAreAskedForWithinBoundsOnly) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods + "/web-1/log"] = {{.body = "one\ntwo\n"}};
    auto& reader = *lab.open({}).reader;
    auto ctx = lab.context();
    auto log = co_await reader.logs(ctx, {.namespace_name = "shop", .pod = "web-1", .container = "web"});
    EXPECT_EQ(log ? log->text() : log.error().text(), "one\ntwo\n");
    EXPECT_EQ(lab.last(kPods + "/web-1/log").target, kPods + "/web-1/log?tailLines=50&container=web");
    auto before = lab.asked(kPods + "/web-1/log");
    for (const LogQuery& query :
         {LogQuery{"shop", "web-1", "a/../b"}, LogQuery{"shop", "../x", ""}, LogQuery{"shop", "web-1", "web", false, 0},
          LogQuery{"shop", "web-1", "web", true, kMaxTailLines + 1}})
      EXPECT_EQ(code_of(co_await reader.logs(ctx, query)), Code::invalid);
    EXPECT_EQ(lab.asked(kPods + "/web-1/log"), before);
    co_return Done{};
  });
}

// limitBytes cut its end off, which tells why the program died.
TEST_F(Client, ALogLongerThanItsBoundKeepsItsLastLine) {
  run([](Lab& lab) -> async::Task<void> {
    lab.answers[kPods + "/web-1/log"] = {{.body = std::string(2 * kMaxLogBytes, 'x') + "\npanic: out of memory\n"}};
    auto ctx = lab.context();
    auto log = co_await lab.open({}).reader->logs(ctx, {.namespace_name = "shop", .pod = "web-1", .container = "web"});
    if (!log) co_return std::unexpected(log.error());
    EXPECT_TRUE(log->is_cut());
    EXPECT_EQ(log->text().size(), kMaxLogBytes);
    EXPECT_TRUE(log->text().ends_with("x\npanic: out of memory\n"));
    co_return Done{};
  });
}

TEST_F(Client, AnOriginThatDiesIsUnavailableAndOneThatIsSilentIsADeadline) {
  run([](Lab& lab) -> async::Task<void> {
    struct {
      Imposter::Script script;
      Code code;
    } const rows[] = {
        {{Imposter::await_request()}, Code::unavailable},
        {{Imposter::await_request(), Imposter::reset()}, Code::unavailable},
        {{Imposter::await_request(), Imposter::send("not HTTP\r\n\r\n")}, Code::unavailable},
        {{Imposter::await_request(), Imposter::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")},
         Code::unavailable},
        {{Imposter::await_request(), Imposter::hold()}, Code::deadline},
    };
    for (const auto& row : rows) {
      Imposter imposter(lab.tasks().executor(), {row.script});
      auto& cluster = lab.open({}, imposter.url());
      auto ctx = lab.context(300ms);
      EXPECT_EQ(code_of(co_await cluster.writer->patch(ctx, scale_to(5))), row.code);
      auto writes = std::ranges::count_if(imposter.requests(), [](const auto& r) { return r.starts_with("PATCH "); });
      EXPECT_EQ(writes, 1);
      co_await cluster.cache->stop();
      co_await imposter.stop();
    }
    auto ctx = lab.context();
    EXPECT_EQ(code_of(co_await lab.open({}, "http://127.0.0.1:1").reader->get(ctx, kWebRef)), Code::unavailable);
    co_return Done{};
  });
}

TEST(WatchEvents, WhatDoesNotReadIsCorruptAndAnExpiredVersionIsAConflict) {
  const auto& pod = *foundation::kubernetes::find_kind("Pod");
  for (std::string_view line : {"", "{}", "[]", "x", R"({"type":"ADDED"})", R"({"type":"ADDED","object":5})",
                                R"({"type":"WHAT","object":{}})", R"({"type":7,"object":{}})"})
    EXPECT_EQ(code_of(wire::parse_watch_event(line, pod)), Code::corrupt) << line;
  auto expired =
      wire::parse_watch_event(R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})", pod);
  EXPECT_EQ(code_of(expired), Code::conflict);
  EXPECT_EQ(code_of(wire::parse_watch_event(R"({"type":"ERROR","object":{}})", pod)), Code::unavailable);
  auto added = wire::parse_watch_event(R"({"type":"ADDED","object":{"metadata":{"name":"p"}}})", pod);
  ASSERT_TRUE(added);
  EXPECT_EQ(added->type, wire::WatchEvent::changed);
  EXPECT_EQ(json::View(added->object)["kind"].text(), "Pod");
}

}  // namespace
}  // namespace api::cluster
