// The choke point against a cluster of two projects and a workspace beside it: nobody reads past their permissions, and
// nothing unredacted comes out.
#include "api/reads/reads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "api/cluster/cluster_lab.h"
#include "foundation/json/view.h"

namespace api::reads {
namespace {

using namespace std::chrono_literals;
using foundation::Code;
using foundation::Done;
using tenancy::Permission;
using tenancy::Role;
using Lab = cluster::ClusterLab;

const std::string kCanary = "canary-7f3a9c51e2b84d06";
const std::string kKey = "AKIAIOSFODNN7EXAMPLE";

std::string list(const std::string& items) { return R"({"metadata":{"resourceVersion":"5"},"items":[)" + items + "]}"; }
std::string meta(const std::string& project, const std::string& name) {
  return R"("metadata":{"name":")" + name + (project.empty() ? "" : R"(","namespace":")" + project) + R"(","uid":"u-)" +
         name + R"(","resourceVersion":"3"})";
}
std::string pod(const std::string& project, const std::string& name, const std::string& containers) {
  return "{" + meta(project, name) + R"(,"spec":{"containers":[)" + containers + "]}}";
}
std::string event(const std::string& project, const std::string& name, const std::string& about,
                  const std::string& message, int minute) {
  return "{" + meta(project, name) + R"(,"involvedObject":{"kind":"Pod","name":")" + about + R"("},"type":"Warning",)" +
         R"("reason":"BackOff","count":6,"message":")" + message + R"(","firstTimestamp":"2026-01-02T02:50:11Z",)" +
         R"("lastTimestamp":"2026-01-02T03:0)" + std::to_string(minute) + R"(:00Z"})";
}

// Workspace "one" has the projects shop and pay; workspace "two" has other. One API server holds them all.
void fill(Lab& lab) {
  const std::string env = R"("env":[{"name":"DATABASE_URL","value":"postgres://app:)" + kCanary +
                          R"(@postgres:5433/shop"},{"name":"TOKEN","value":")" + kCanary + R"("}])";
  for (std::string project : {"shop", "pay", "other"}) {
    auto core = "/api/v1/namespaces/" + project;
    lab.answers[core + "/pods"] = {
        {.body = list(pod(project, project + "-web-1", R"({"name":"web",)" + env + "}") + "," +
                      pod(project, project + "-two", R"({"name":"a"},{"name":"b"})"))}};
    lab.answers["/apis/apps/v1/namespaces/" + project + "/deployments"] = {
        {.body = list("{" + meta(project, project + "-web") + R"(,"spec":{"replicas":3}})")}};
    lab.answers[core + "/events"] = {
        {.body = list(event(project, "e1", project + "-web-1", "old", 1) + "," +
                      event(project, "e2", project + "-web-1", "key " + kKey + " leaked", 3) + "," +
                      event(project, "e3", project + "-two", "newer", 2))}};
    lab.answers[core + "/pods/" + project + "-web-1/log"] = {
        {.body = "MIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\none\n\x1b[31mkey " + kKey + "\nthree\n"}};
  }
  lab.answers["/api/v1/nodes"] = {
      {.body = list("{" + std::string(R"("metadata":{"name":"n1","uid":"u-n1","resourceVersion":"9",
      "labels":{"tenant":"globex"}},"spec":{"taints":[{"key":"globex"}],"podCIDR":"10.0.0.0/24"},
      "status":{"allocatable":{"cpu":"8"},"addresses":[{"address":"10.1.2.3"}],"conditions":[{"type":"Ready",
      "status":"True","message":"globex"}]}})"))}};
}

struct World {
  explicit World(Lab& lab) : reads(lab.clusters()) {
    fill(lab);
    one = &lab.open({"shop", "pay"});  // the lab calls it w0
    two = &lab.open({"other"});        // w1
  }
  cluster::Cluster* one;
  cluster::Cluster* two;
  Reads reads;
};

Caller caller_in(const std::string& workspace, std::vector<std::string> projects) {
  Caller caller;
  caller.user.name = tenancy::UserName("vic");
  caller.workspace.name = tenancy::WorkspaceName(workspace);
  for (auto& project : projects) caller.workspace.projects.emplace_back(std::move(project));
  caller.bindings_revision = 1;
  return caller;
}
Caller vic(std::optional<std::string> project, const Role& role = Role::viewer, const std::string& bound_in = "w0") {
  auto caller = caller_in("w0", {"pay", "shop"});
  tenancy::Scope scope{
      .organization = tenancy::OrganizationName("demo"), .workspace = tenancy::WorkspaceName(bound_in), .project = {}};
  if (project) scope.project = tenancy::ProjectName(*project);
  caller.bindings = {{.id = "b", .subject = caller.user.name, .role = role, .scope = scope}};
  return caller;
}

template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::internal : result.error().code;
}

std::string all_text(const std::vector<SharedObject>& objects) {
  std::string text;
  for (const auto& object : objects) text += object->line();
  return text;
}

class ReadsOfAWorkspace : public Lab {};

// The scenario of each test runs on a world whose caches are warm.
#define WORLD_TEST(name)                                        \
  async::Task<void> name(Lab& lab, World& world);               \
  async::Task<void> name##_in_a_world(Lab& lab) {               \
    World world(lab);                                           \
    for (auto* each : {world.one, world.two}) {                 \
      auto warm = co_await each->cache->wait_warm(lab.until()); \
      if (!warm) co_return warm;                                \
    }                                                           \
    co_return co_await name(lab, world);                        \
  }                                                             \
  TEST_F(ReadsOfAWorkspace, name) { run(name##_in_a_world); }   \
  async::Task<void> name([[maybe_unused]] Lab& lab, World& world)

WORLD_TEST(AProjectsViewerSeesThatProjectAndTheNodesOnly) {
  auto visible = world.reads.snapshot(vic("shop"));
  if (!visible) co_return std::unexpected(visible.error());
  auto text = all_text(visible->objects);
  EXPECT_TRUE(text.contains("shop-web-1") && text.contains("u-shop-web\"") && text.contains("\"e2\""));
  EXPECT_FALSE(text.contains("\"pay") || text.contains("\"other"));
  EXPECT_EQ(visible->objects.size(), 7u);
  EXPECT_TRUE(text.contains(R"("allocatable":{"cpu":"8"})"));
  EXPECT_FALSE(text.contains("globex") || text.contains("10.1.2.3") || text.contains("podCIDR")) << text;
  co_return Done{};
}

WORLD_TEST(AWorkspacesViewerSeesItsProjectsAndNoOtherWorkspaces) {
  auto visible = world.reads.snapshot(vic({}));
  if (!visible) co_return std::unexpected(visible.error());
  auto text = all_text(visible->objects);
  EXPECT_TRUE(text.contains("shop-web-1") && text.contains("pay-web-1"));
  EXPECT_FALSE(text.contains("other-web"));
  co_return Done{};
}

WORLD_TEST(AStrangerSeesNothing) {
  auto elsewhere = vic({}, Role::admin, "w1");  // bound in the other workspace, asking in this one
  auto unbound = caller_in("w0", {"pay", "shop"});
  for (const auto& caller : {elsewhere, unbound}) {
    EXPECT_EQ(code_of(world.reads.snapshot(caller)), Code::denied);
    EXPECT_EQ(code_of(world.reads.version(caller)), Code::denied);
    EXPECT_EQ(code_of(world.reads.object(caller, {"Pod", "shop", "shop-web-1", {}})), Code::not_found);
    EXPECT_EQ(code_of(world.reads.events(caller, {})), Code::denied);
    EXPECT_EQ(code_of(world.reads.events(caller, {.project = "shop"})), Code::not_found);
    auto ctx = lab.context();
    EXPECT_EQ(code_of(co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1"})),
              Code::not_found);
    EXPECT_TRUE(world.reads.visible_refs(caller.workspace, caller.bindings, {}).empty());
  }
  co_return Done{};
}

// A workspace's row that names a project of another tenant's namespace still meets a cache that never watched it.
WORLD_TEST(AnotherWorkspacesProjectIsNotReachableEvenWhenItIsClaimed) {
  auto caller = vic({}, Role::admin);
  caller.workspace.projects.emplace_back("other");
  auto visible = world.reads.snapshot(caller);
  EXPECT_FALSE(visible && all_text(visible->objects).contains("other-web"));
  EXPECT_EQ(code_of(world.reads.object(caller, {"Pod", "other", "other-web-1", {}})), Code::not_found);
  auto ctx = lab.context();
  EXPECT_EQ(code_of(co_await world.reads.logs(ctx, caller, {.project = "other", .pod = "other-web-1"})),
            Code::not_found);
  EXPECT_EQ(lab.asked("/api/v1/namespaces/other/pods/other-web-1/log"), 0u);
  EXPECT_EQ(code_of(world.reads.snapshot(caller_in("nowhere", {"shop"}))), Code::denied);
  co_return Done{};
}

WORLD_TEST(WhatIsMissingAndWhatIsHiddenAnswerAlike) {
  auto caller = vic("shop");
  auto missing = world.reads.object(caller, {"Pod", "shop", "nope", {}});
  for (ObjectRef ref : {ObjectRef{"Pod", "pay", "pay-web-1", {}}, ObjectRef{"Secret", "shop", "x", {}},
                        ObjectRef{"Node", "", "n1", {}}, ObjectRef{"Pod", "shop", "../x", {}}, ObjectRef{}}) {
    auto hidden = world.reads.object(caller, ref);
    if (hidden || missing) co_return foundation::fail(Code::internal, "read", "it came out");
    EXPECT_EQ(hidden.error().code, missing.error().code);
    EXPECT_EQ(hidden.error().text(), missing.error().text());
  }
  auto there = world.reads.object(caller, {"Pod", "shop", "shop-web-1", {}});
  EXPECT_TRUE(there && json::View(*there).path("metadata.uid").text() == "u-shop-web-1");
  co_return Done{};
}

WORLD_TEST(ACeilingCutsWhatTheBindingsGive) {
  auto caller = vic({}, Role::admin);
  caller.turn.ceiling = {.at_most = {Permission::objects_read}};
  auto visible = world.reads.snapshot(caller);
  if (!visible) co_return std::unexpected(visible.error());
  EXPECT_FALSE(all_text(visible->objects).contains("\"Event\""));
  EXPECT_EQ(code_of(world.reads.events(caller, {})), Code::denied);
  EXPECT_EQ(code_of(world.reads.object(caller, {"Event", "shop", "e1", {}})), Code::not_found);
  auto ctx = lab.context();
  EXPECT_EQ(code_of(co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1"})), Code::denied);
  caller.turn.ceiling = {.at_most = {Permission::workloads_scale}};
  EXPECT_EQ(code_of(world.reads.snapshot(caller)), Code::denied);
  EXPECT_TRUE(world.reads.visible_refs(caller.workspace, caller.bindings, caller.turn.ceiling).empty());
  co_return Done{};
}

WORLD_TEST(TheVersionStandsForEverythingThatTheAnswerDependsOn) {
  auto caller = vic({});
  auto version = world.reads.version(caller);
  auto visible = world.reads.snapshot(caller);
  if (!version || !visible) co_return foundation::fail(Code::internal, "read", "no version");
  EXPECT_EQ(*version, visible->version);
  EXPECT_EQ(*version, world.reads.version(caller).value_or(""));
  std::vector<Caller> others(4, caller);
  others[0].user.name = tenancy::UserName("erin");
  others[1].bindings_revision = 2;
  others[2].turn.ceiling = {.at_most = {Permission::objects_read}};
  others[3].workspace.projects.pop_back();
  for (const auto& other : others) EXPECT_NE(world.reads.version(other).value_or(""), *version);
  co_return Done{};
}

WORLD_TEST(EventsAreTheNewestFirstAndAboutWhatWasAsked) {
  auto caller = vic({});
  auto all = world.reads.events(caller, {});
  if (!all) co_return std::unexpected(all.error());
  EXPECT_EQ(all->size(), 6u);
  auto some = world.reads.events(caller, {.project = "shop", .kind = "Pod", .name = "shop-web-1", .limit = 1});
  if (!some || some->size() != 1) co_return foundation::fail(Code::internal, "read", "not one event");
  EXPECT_EQ(json::to_text(some->front()),
            R"({"object":{"project":"shop","kind":"Pod","name":"shop-web-1"},"type":"Warning","reason":"BackOff",)"
            R"("text":"key <secret:aws#1> leaked","count":6,"first_at":"2026-01-02T02:50:11.000Z",)"
            R"("last_at":"2026-01-02T03:03:00.000Z"})");
  EXPECT_EQ(world.reads.events(caller, {.kind = "Deployment"}).value_or(json::Array{1}).size(), 0u);
  for (int limit : {0, -1, kMaxEvents + 1})
    EXPECT_EQ(code_of(world.reads.events(caller, {.limit = limit})), Code::invalid);
  EXPECT_EQ(code_of(world.reads.events(vic("shop"), {.project = "pay"})), Code::not_found);
  co_return Done{};
}

WORLD_TEST(LogsAreRedactedCleanedAndCut) {
  auto ctx = lab.context();
  auto caller = vic("shop");
  auto log = co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1"});
  if (!log) co_return std::unexpected(log.error());
  EXPECT_EQ(log->container, "web");
  EXPECT_EQ(log->lines.size(), 3u);
  EXPECT_EQ(log->lines.front(), "one") << "the end of a key whose beginning was cut off must go";
  EXPECT_FALSE(log->lines[1].contains(kKey) || log->lines[1].contains("\x1b")) << log->lines[1];
  EXPECT_TRUE(log->lines[1].contains("<secret:aws#")) << log->lines[1];
  auto last = co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1", .tail_lines = 1});
  EXPECT_TRUE(last && last->lines == std::vector<std::string>{"three"});
  EXPECT_EQ(lab.last("/api/v1/namespaces/shop/pods/shop-web-1/log").target,
            "/api/v1/namespaces/shop/pods/shop-web-1/log?tailLines=111&container=web");
  co_return Done{};
}

// It read as a log without a line.
WORLD_TEST(ALogWhoseLastLineIsTooLongSaysSo) {
  auto ctx = lab.context();
  auto& answers = lab.answers["/api/v1/namespaces/shop/pods/shop-web-1/log"];
  const std::string dump(cluster::kMaxLogBytes + 1, 'x');
  answers = {{.body = "one\n" + dump + "\n"}};
  EXPECT_EQ(code_of(co_await world.reads.logs(ctx, vic("shop"), {.project = "shop", .pod = "shop-web-1"})),
            Code::too_large);
  answers = {{.body = dump + "\npanic\n"}};
  auto log = co_await world.reads.logs(ctx, vic("shop"), {.project = "shop", .pod = "shop-web-1"});
  EXPECT_TRUE(log && log->lines == std::vector<std::string>{"panic"});
  co_return Done{};
}

// The control plane's own credential was refused, and the user was told that they may not.
WORLD_TEST(WhatTheClusterDeniesUsIsNotTheUsersToLack) {
  for (int refusal : {401, 403}) {
    auto ctx = lab.context();
    lab.answers["/api/v1/namespaces/shop/pods/shop-web-1/log"] = {
        {.status = refusal, .body = R"({"message":"system:serviceaccount:hks may not"})"}};
    auto log = co_await world.reads.logs(ctx, vic("shop"), {.project = "shop", .pod = "shop-web-1"});
    EXPECT_EQ(code_of(log), Code::unavailable) << refusal;
  }
  co_return Done{};
}

WORLD_TEST(LogsNeedTheirPermissionAVisiblePodAndOneContainer) {
  auto ctx = lab.context();
  auto caller = vic("shop");
  struct {
    LogQuery query;
    Code code;
  } const rows[] = {
      {{.project = "pay", .pod = "pay-web-1"}, Code::not_found},
      {{.project = "shop", .pod = "nope"}, Code::not_found},
      {{.project = "shop", .pod = "../../secrets"}, Code::not_found},
      {{.project = "shop", .pod = "shop-web-1", .container = "nope"}, Code::not_found},
      {{.project = "shop", .pod = "shop-two"}, Code::invalid},
      {{.project = "shop", .pod = "shop-web-1", .tail_lines = 0}, Code::invalid},
      {{.project = "shop", .pod = "shop-web-1", .tail_lines = 501}, Code::invalid},
  };
  for (const auto& row : rows)
    EXPECT_EQ(code_of(co_await world.reads.logs(ctx, caller, row.query)), row.code) << row.query.pod;
  lab.answers["/api/v1/namespaces/shop/pods/shop-web-1/log"] = {
      {.status = 400, .body = R"({"message":"waiting to start with )" + kKey + "\"}"}};
  auto refused = co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1"});
  EXPECT_EQ(code_of(refused), Code::invalid);
  if (!refused) EXPECT_FALSE(refused.error().text().contains(kKey)) << refused.error().text();
  co_return Done{};
}

WORLD_TEST(NoCanaryComesOutAnywhere) {
  auto ctx = lab.context();
  auto caller = vic({}, Role::admin);
  std::string out;
  if (auto visible = world.reads.snapshot(caller)) out += all_text(visible->objects);
  if (auto object = world.reads.object(caller, {"Pod", "shop", "shop-web-1", {}})) out += json::to_text(*object);
  if (auto events = world.reads.events(caller, {})) out += json::to_text(json::Value(*events));
  if (auto log = co_await world.reads.logs(ctx, caller, {.project = "shop", .pod = "shop-web-1"}))
    for (const auto& line : log->lines) out += line;
  EXPECT_TRUE(out.contains("5433")) << "the fact that diagnosis needs is there";
  EXPECT_FALSE(out.contains(kCanary) || out.contains(kKey) || out.contains("MIIEow"));
  co_return Done{};
}

WORLD_TEST(CommandsAreLookedUpAmongVisibleWorkloads) {
  auto shop = vic("shop");
  auto refs = world.reads.visible_refs(shop.workspace, shop.bindings, {});
  EXPECT_EQ(refs, (std::vector<ObjectRef>{{"Deployment", "shop", "shop-web", "u-shop-web"}}));
  auto all = vic({});
  EXPECT_EQ(world.reads.visible_refs(all.workspace, all.bindings, {}).size(), 2u);
  co_return Done{};
}

WORLD_TEST(WhatIsCalledSoIsLookedForWhereTheUserMayRead) {
  auto called = [&](const Caller& caller, const ObjectRef& what) {
    auto refs = world.reads.called(caller.workspace, caller.bindings, caller.turn.ceiling, what);
    EXPECT_TRUE(refs);
    return refs ? refs->size() : 99u;
  };
  const ObjectRef web{"Deployment", {}, "shop-web", {}}, web_in_pay{"Deployment", "pay", "shop-web", {}};
  const ObjectRef node{"Node", {}, "n1", {}}, node_in_shop{"Node", "shop", "n1", {}}, event{"Event", {}, "e1", {}};
  EXPECT_EQ(called(vic("shop"), web), 1u);
  EXPECT_EQ(called(vic({}), web), 1u);
  EXPECT_EQ(called(vic("pay"), web), 0u);
  EXPECT_EQ(called(vic({}), web_in_pay), 0u);
  EXPECT_EQ(called(vic("shop"), node), 1u);
  EXPECT_EQ(called(vic("shop"), node_in_shop), 0u);
  EXPECT_EQ(called(caller_in("w0", {"pay", "shop"}), node), 0u);
  EXPECT_EQ(called(vic({}), event), 0u);
  EXPECT_EQ(called(vic({}), {"Deployment", {}, "other-web", {}}), 0u) << "of another workspace";
  co_return Done{};
}

WORLD_TEST(NamesAreThoseThatTheUserMayReadInOrder) {
  auto names_of = [&](const Caller& caller) {
    std::vector<std::string> texts;
    auto names = world.reads.names(caller.workspace, caller.bindings, caller.turn.ceiling);
    EXPECT_TRUE(names);
    for (const auto& ref : names.value_or(std::vector<ObjectRef>()))
      texts.push_back(ref.namespace_name + " " + ref.text());
    return texts;
  };
  std::vector<std::string> pay{"pay Deployment/pay-web", "pay Pod/pay-two", "pay Pod/pay-web-1"};
  std::vector<std::string> shop{"shop Deployment/shop-web", "shop Pod/shop-two", "shop Pod/shop-web-1"};
  EXPECT_EQ(names_of(vic("pay")), pay);
  EXPECT_EQ(names_of(caller_in("w0", {"pay", "shop"})), std::vector<std::string>());
  pay.insert(pay.end(), shop.begin(), shop.end());
  EXPECT_EQ(names_of(vic({})), pay);
  co_return Done{};
}

TEST_F(ReadsOfAWorkspace, BeforeTheFirstListEverythingIsUnavailable) {
  run([](Lab& lab) -> async::Task<void> {
    World world(lab);
    auto caller = vic({});
    EXPECT_EQ(code_of(world.reads.version(caller)), Code::unavailable);
    EXPECT_EQ(code_of(world.reads.snapshot(caller)), Code::unavailable);
    EXPECT_EQ(code_of(world.reads.object(caller, {"Pod", "shop", "shop-web-1", {}})), Code::unavailable);
    EXPECT_EQ(code_of(world.reads.events(caller, {})), Code::unavailable);
    EXPECT_EQ(code_of(world.reads.names(caller.workspace, caller.bindings, {})), Code::unavailable);
    EXPECT_EQ(code_of(world.reads.called(caller.workspace, caller.bindings, {}, {"Pod", {}, "shop-web-1", {}})),
              Code::unavailable);
    EXPECT_TRUE(world.reads.visible_refs(caller.workspace, caller.bindings, {}).empty());
    co_return Done{};
  });
}

}  // namespace
}  // namespace api::reads
