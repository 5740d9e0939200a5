#include "ai-ops/diagnose/live_cluster.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include "ai-ops/diagnose/live_kinds.h"
#include "ai-ops/diagnose/live_watch.h"
#include "foundation/http/server.h"
#include "foundation/json/view.h"

namespace ai_ops::diagnose {
namespace {

namespace async = foundation::async;
namespace http = foundation::http;

// An API server on a thread of its own: answers by path ("PATH watch" for its watches), in turn and the last again and
// again; an empty list, or a watch without events, for all else.
class PlayedApi {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };
  explicit PlayedApi(std::map<std::string, std::vector<Answer>> answers) : answers_(std::move(answers)) {
    auto acceptor = http::listen_on(loop_.get_executor(), "127.0.0.1:0");
    std::vector<http::Route> rows;
    rows.push_back({.method = http::Method::get,
                    .pattern = "/{rest...}",
                    .access = "test",
                    .deadline = std::chrono::seconds(30),
                    .handler = [this](async::Context&, http::Exchange& exchange) { return answer(exchange); }});
    server_ = std::make_unique<http::Server>(std::move(*acceptor), *http::RouteTable::create(std::move(rows)),
                                             http::Server::Options{.name = "api", .limits = {}, .tls = {}}, metrics_,
                                             foundation::telemetry::Log());
    server_->start();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~PlayedApi() {
    async::asio::co_spawn(loop_, server_->stop(foundation::Milliseconds(0)), [](const std::exception_ptr&) {});
    thread_.join();
  }

  LiveCluster open() const {
    foundation::kubernetes_api::Kubeconfig kubeconfig;
    kubeconfig.server = "http://" + server_->address();
    return *LiveCluster::open(kubeconfig);
  }
  std::vector<http::Request> asked(std::string_view path) const {
    std::vector<http::Request> out;
    for (const auto& request : requests_)
      if (std::string_view(request.target).substr(0, request.target.find('?')) == path) out.push_back(request);
    return out;
  }
  std::size_t asked() const { return requests_.size(); }
  int most_at_once() const { return most_; }
  // Lists and watches of a collection, while others may come.
  int answered(const std::string& path) const {
    std::scoped_lock lock(mutex_);
    auto found = counts_.find(path);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  async::Task<http::Reply> answer(http::Exchange& exchange) {
    requests_.push_back(exchange.request());
    most_ = std::max(most_, ++live_);
    for (int i = 0; i < 3; ++i) co_await async::asio::post(async::asio::use_awaitable);  // others may come meanwhile
    --live_;
    {
      std::scoped_lock lock(mutex_);
      ++counts_[std::string(exchange.target().path)];
    }
    bool is_watch = exchange.request().target.contains("watch=true");
    auto& row = answers_[std::string(exchange.target().path) + (is_watch ? " watch" : "")];
    if (row.empty())
      co_return http::Reply{.status = 200, .headers = {}, .body = is_watch ? "" : R"({"metadata":{},"items":[]})"};
    Answer next = row.front();
    if (row.size() > 1) row.erase(row.begin());
    co_return http::Reply{.status = next.status, .headers = {}, .body = next.body};
  }

  std::map<std::string, std::vector<Answer>> answers_;
  foundation::telemetry::Metrics metrics_;
  async::asio::io_context loop_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
  std::vector<http::Request> requests_;  // looked at when nothing is under way
  int live_ = 0, most_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, int> counts_;
};

constexpr const char* kPods = "/api/v1/pods";
std::string pod(const char* name) {
  return std::string(R"({"metadata":{"name":")") + name +
         R"(","namespace":"shop"},"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"hunter2 x"}]}]}})";
}

std::string why(const std::vector<Skipped>& skipped, std::string_view what) {
  auto found = std::ranges::find(skipped, what, &Skipped::what);
  return found == skipped.end() ? "read" : found->why;
}

TEST(LiveCluster, OnePagedListAKindAndFactsOnly) {
  PlayedApi api({{kPods,
                  {{200, R"({"metadata":{"continue":"next"},"items":[)" + pod("a") + "]}"},
                   {200, R"({"metadata":{},"items":[)" + pod("b") + "]}"}}}});
  auto view = api.open().read({});
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_EQ(view->objects.size(), 2u);
  EXPECT_TRUE(view->skipped.empty());
  EXPECT_TRUE(view->objects.is_whole("Secret")) << "none is there, and all were read";
  EXPECT_EQ(api.asked(), live_kinds().size() + 1);
  EXPECT_TRUE(api.asked(kPods)[1].target.ends_with("&continue=next"));
  EXPECT_LE(api.most_at_once(), static_cast<int>(kRequestsAtOnce));
  EXPECT_GT(api.most_at_once(), 1);
  auto text = foundation::json::to_text(*view->objects.find("Pod", "shop", "a")->root().value());
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(LiveCluster, OfSecretsOnlyTheMetadataIsAskedForAndKept) {
  PlayedApi api({{"/api/v1/secrets",
                  {{200, R"({"items":[{"metadata":{"name":"s","namespace":"shop"},"data":{"a":"aHVudGVyMg=="}}]})"}}}});
  auto view = api.open().read({});
  ASSERT_TRUE(view);
  auto asked = api.asked("/api/v1/secrets");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].headers.all("Accept"),
            (std::vector<std::string_view>{"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}));
  auto secret = view->objects.find("Secret", "shop", "s");
  ASSERT_TRUE(secret);
  EXPECT_FALSE(secret->root()["data"]);
}

TEST(LiveCluster, KindsThatItHasNotOrDoesNotShowAreSaid) {
  PlayedApi api({{"/apis/gateway.networking.k8s.io/v1/gateways", {{404, "404 page not found"}}},
                 {"/api/v1/nodes", {{403, R"({"kind":"Status","message":"nodes is forbidden"})"}}},
                 {"/apis/apps/v1/deployments", {{200, "garbage"}}},
                 {kPods, {{200, R"({"items":[)" + pod("a") + "]}"}}}});
  auto view = api.open().read({});
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_EQ(view->objects.size(), 1u);
  EXPECT_EQ(why(view->skipped, "Gateway"), "the cluster has no such kind");
  EXPECT_EQ(why(view->skipped, "Node"), "nodes is forbidden");
  EXPECT_FALSE(view->objects.is_whole("Node"));
  EXPECT_EQ(why(view->skipped, "Deployment"), "the API server's list does not read");
  EXPECT_EQ(view->skipped.size(), 3u);
}

TEST(LiveCluster, OfAKindThatHasTooManyTheFirstAreRead) {
  constexpr const char* kConfigMaps = "/api/v1/configmaps";
  std::string items;
  for (std::size_t i = 0; i < foundation::kubernetes_api::kMaxListedObjects; ++i)
    items += fmt::format(R"({}{{"metadata":{{"name":"c{}"}}}})", i == 0 ? "" : ",", i);
  PlayedApi api({{kConfigMaps, {{200, R"({"metadata":{"continue":"more"},"items":[)" + items + "]}"}}}});
  auto view = api.open().read({});
  ASSERT_TRUE(view) << view.error().text();
  EXPECT_EQ(view->objects.size(), foundation::kubernetes_api::kMaxListedObjects);
  EXPECT_EQ(why(view->skipped, "ConfigMap"), "only the first 50000 were read");
  EXPECT_FALSE(view->objects.is_whole("ConfigMap"));
  EXPECT_EQ(api.asked(kConfigMaps).size(), 1u);
}

TEST(LiveCluster, WithoutPodsNothingIsSaid) {
  PlayedApi api({{kPods, {{403, R"({"message":"pods is forbidden"})"}}}});
  auto view = api.open().read({});
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code, foundation::Code::denied);
  EXPECT_EQ(view.error().cause, "pods is forbidden");
}

TEST(LiveCluster, NamespacesAreAskedOneByOne) {
  PlayedApi api({});
  auto live = api.open();
  auto some = live.read({"shop", "other"});
  ASSERT_TRUE(some);
  EXPECT_FALSE(some->objects.is_whole("Pod"));
  EXPECT_TRUE(some->objects.is_whole("Node"));
  EXPECT_EQ(api.asked(kPods).size(), 0u);
  EXPECT_EQ(api.asked("/api/v1/namespaces/shop/pods").size(), 1u);
  EXPECT_EQ(api.asked("/api/v1/namespaces/other/pods").size(), 1u);
  EXPECT_EQ(api.asked("/api/v1/nodes").size(), 1u);
  EXPECT_EQ(live.read({"../x"}).error().code, foundation::Code::invalid);
}

TEST(LiveCluster, OneThatDoesNotKnowUsOrDoesNotAnswerIsUnavailable) {
  PlayedApi api({{kPods, {{401, R"({"message":"Unauthorized"})"}}}});
  EXPECT_EQ(api.open().read({}).error().code, foundation::Code::unavailable);
  foundation::kubernetes_api::Kubeconfig nowhere;
  nowhere.server = "http://127.0.0.1:1";
  EXPECT_EQ(LiveCluster::open(nowhere)->read({}).error().code, foundation::Code::unavailable);
}

TEST(LiveCluster, LogsThatCanBeRead) {
  PlayedApi api({{"/api/v1/namespaces/shop/pods/a/log", {{200, "one\ntwo\n"}}},
                 {"/api/v1/namespaces/shop/pods/b/log", {{400, R"({"message":"previous container not found"})"}}}});
  std::vector<Skipped> skipped;
  auto logs = api.open().read_logs(
      {{"shop", "a", "app", false}, {"shop", "b", "app", true}, {"shop", "../x", "", false}}, skipped);
  ASSERT_EQ(logs.size(), 1u);
  ASSERT_EQ(logs[0].lines.size(), 2u);
  EXPECT_EQ(logs[0].lines[0].text + "/" + logs[0].lines[1].text, "one/two");
  EXPECT_EQ(why(skipped, "log shop/b app"), "previous container not found");
  EXPECT_EQ(api.asked("/api/v1/namespaces/shop/pods/b/log")[0].target,
            "/api/v1/namespaces/shop/pods/b/log?tailLines=2000&previous=true&container=app");
}

// ---- LiveWatch

constexpr foundation::Milliseconds kGather{50};

std::string list_of(const std::string& version, const std::string& items) {
  return R"({"metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items + "]}";
}
std::string event(const char* type, const char* name, const char* version) {
  std::string object = pod(name);
  object.insert(std::string(R"({"metadata":{)").size(), std::string(R"("resourceVersion":")") + version + R"(",)");
  return std::string(R"({"type":")") + type + R"(","object":)" + object + "}\n";
}

// The names of the pods, once they are these; what they are after ten changes otherwise.
std::string pods_become(LiveWatch& watch, std::string_view wanted) {
  std::string names;
  for (int i = 0; i < 10 && names != wanted; ++i) {
    watch.wait(kGather);
    names.clear();
    for (const auto& each : watch.objects().of_kind("Pod")) names += std::string(each.name()) + " ";
  }
  return names;
}

TEST(LiveWatch, AppliesWhatTheWatchTells) {
  PlayedApi api(
      {{kPods, {{200, list_of("7", pod("a") + "," + pod("b"))}}},
       {std::string(kPods) + " watch",
        {{200, event("ADDED", "c", "8") + event("DELETED", "a", "9") + event("BOOKMARK", "", "10")}, {200, ""}}}});
  LiveCluster live = api.open();
  LiveWatch watch(live, *live.read({}));
  EXPECT_EQ(pods_become(watch, "b c "), "b c ");
  EXPECT_FALSE(watch.trouble());
  auto text = foundation::json::to_text(*watch.objects().find("Pod", "shop", "c")->root().value());
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

// The engine borrows what it looks at, and reading logs runs the event loop.
TEST(LiveWatch, NothingChangesBeforeItIsWaitedFor) {
  PlayedApi api({{kPods, {{200, list_of("7", pod("a"))}}},
                 {std::string(kPods) + " watch", {{200, event("DELETED", "a", "8")}, {200, ""}}},
                 {"/api/v1/namespaces/shop/pods/a/log", {{200, "one\n"}}}});
  LiveCluster live = api.open();
  LiveWatch watch(live, *live.read({}));
  auto borrowed = *watch.objects().find("Pod", "shop", "a");
  std::vector<Skipped> skipped;
  while (api.answered(kPods) < 3) ASSERT_EQ(live.read_logs({{"shop", "a", "app", false}}, skipped).size(), 1u);
  EXPECT_EQ(borrowed.name(), "a");
  EXPECT_EQ(pods_become(watch, ""), "");
}

TEST(LiveWatch, BeginsAnewWhereItsPlaceIsGone) {
  PlayedApi api({{kPods, {{200, list_of("7", pod("a"))}, {200, list_of("70", pod("b"))}}},
                 {std::string(kPods) + " watch",
                  {{200, R"({"type":"ERROR","object":{"code":410,"reason":"Expired"}})"
                         "\n"},
                   {200, ""}}}});
  LiveCluster live = api.open();
  LiveWatch watch(live, *live.read({}));
  EXPECT_EQ(pods_become(watch, "b "), "b ");
}

TEST(LiveWatch, AKindThatIsNoLongerOursToSeeIsForgotten) {
  PlayedApi api({{kPods, {{200, list_of("7", pod("a"))}, {403, R"({"message":"no"})"}}},
                 {std::string(kPods) + " watch", {{403, R"({"message":"no"})"}}}});
  LiveCluster live = api.open();
  LiveWatch watch(live, *live.read({}));
  EXPECT_EQ(pods_become(watch, ""), "");
  EXPECT_FALSE(watch.trouble());
}

}  // namespace
}  // namespace ai_ops::diagnose
