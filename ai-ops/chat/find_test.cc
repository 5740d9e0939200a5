// Findings without a chat, over the control plane's fake: what is read, and which events come out.
#include "ai-ops/chat/find.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ai-ops/chat/recorder.h"
#include "ai-ops/control_plane/fake.h"
#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::chat {
namespace {

namespace sample = diagnosis::sample;
using control_plane::Caller;
using foundation::Code;
using foundation::Done;
using foundation::Milliseconds;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Texts = std::vector<std::string>;

// Everything of the fake's but logs: those are asked for and do not come before the caller's deadline.
class LogsThatHang final : public control_plane::Reads {
 public:
  explicit LogsThatHang(control_plane::Reads& others) : others_(others) {}
  async::Task<std::shared_ptr<const foundation::kubernetes::Snapshot>> snapshot(async::Context& ctx,
                                                                                const Caller& caller) override {
    return others_.snapshot(ctx, caller);
  }
  async::Task<json::Value> object(async::Context& ctx, const Caller& caller, std::string kind, std::string project,
                                  std::string name) override {
    return others_.object(ctx, caller, std::move(kind), std::move(project), std::move(name));
  }
  async::Task<json::Value> events(async::Context& ctx, const Caller& caller, control_plane::EventQuery query) override {
    return others_.events(ctx, caller, std::move(query));
  }
  async::Task<std::vector<std::string>> logs(async::Context& ctx, const Caller&, control_plane::LogQuery) override {
    if (auto slept = co_await async::sleep_until(ctx.deadline); !slept) co_return std::unexpected(slept.error());
    co_return foundation::fail(Code::deadline, "read logs", "it took too long");
  }

 private:
  control_plane::Reads& others_;
};

class Find : public testing::Test {
 protected:
  Done run(FindingsWanted wanted = {}, Milliseconds time = 20s) {
    for (const auto& object : shop_.snapshot().all()) fake_.add_object(*object.root().value());
    Done out = foundation::fail(Code::internal, "did not end");
    start(std::move(wanted), time, out);
    io_.run_for(60s);
    return out;
  }
  void start(FindingsWanted wanted, Milliseconds time, Done& out) {
    ctx_.deadline = std::chrono::steady_clock::now() + time;
    Caller caller{foundation::Secret("token"), "erin", "shop", "turn-1"};
    async::asio::co_spawn(
        io_, async::in_branch(find(ctx_, {*reads_, clock_, live_}, std::move(caller), std::move(wanted), recorder_)),
        async::asio::bind_cancellation_slot(hang_up_.slot(), [&](std::exception_ptr thrown, Done r) {
          if (thrown) std::rethrow_exception(thrown);
          out = std::move(r);
        }));
  }
  // "Deployment/web" of each finding, in order.
  Texts found() const {
    Texts out;
    for (const Event& event : recorder_.events) {
      json::View object(event.data.if_contains("object"));
      if (event.name == "finding") out.push_back(fmt::format("{}/{}", object["kind"].text(), object["name"].text()));
    }
    return out;
  }
  json::View last(std::string_view member) const { return recorder_.events.back().data.if_contains(member); }
  Texts skipped() const {
    Texts out;
    for (const auto& text : last("skipped").array()) out.emplace_back(json::View(text).text());
    return out;
  }
  void crash(const std::string& name, const std::string& project = "shop", std::string env = {}) {
    shop_.deployment(name, {.status = sample::kCrashing, .env = std::move(env), .project = project});
    fake_.set_logs(name + "-5d9c-0", true, {"starting", "panic: " + name + " has no configuration"});
  }

  async::asio::io_context io_{1};
  async::Context ctx_{"req-1", foundation::SteadyTime::max(), {}};
  foundation::ManualClock clock_{sample::kNow};
  foundation::telemetry::Metrics metrics_;
  foundation::telemetry::Gauge live_ = metrics_.gauge("hks_turns_live", "turns");
  sample::Cluster shop_;
  control_plane::FakeControlPlane fake_;
  LogsThatHang hanging_{fake_};
  control_plane::Reads* reads_ = &fake_;
  Recorder recorder_;
  async::asio::cancellation_signal hang_up_;
};

TEST_F(Find, EachFindingThenWhatWasChecked) {
  crash("checkout");
  shop_.deployment("web");
  ASSERT_TRUE(run());
  EXPECT_THAT(recorder_.names(), ElementsAre("finding", "checked"));
  EXPECT_THAT(found(), ElementsAre("Deployment/checkout"));
  const json::Object& finding = recorder_.events[0].data;
  EXPECT_EQ(finding.at("seq"), 1);
  EXPECT_EQ(finding.at("turn_id"), "turn-1");
  EXPECT_EQ(finding.at("at"), "2026-01-02T12:00:00.000Z");
  EXPECT_THAT(json::to_text(finding), HasSubstr("panic: checkout has no configuration"));
  EXPECT_EQ(last("version").text(), "1.1");
  EXPECT_EQ(last("objects").integer_or(0), std::int64_t(shop_.snapshot().size()));
  EXPECT_EQ(last("workloads").integer_or(0), 2);
  EXPECT_THAT(skipped(), IsEmpty());
  EXPECT_TRUE(fake_.operations().empty());
}

TEST_F(Find, OfAHealthyWorkspaceThereIsOnlyWhatWasChecked) {
  shop_.deployment("web");
  ASSERT_TRUE(run());
  EXPECT_THAT(recorder_.names(), ElementsAre("checked"));
  EXPECT_EQ(last("workloads").integer_or(0), 1);
}

TEST_F(Find, ALogThatCannotBeReadIsSaidAndTheFindingsComeStill) {
  shop_.deployment("checkout", {.status = sample::kCrashing});
  ASSERT_TRUE(run());
  EXPECT_THAT(recorder_.names(), ElementsAre("finding", "checked"));
  EXPECT_THAT(skipped(), ElementsAre("log of checkout-5d9c-0/app: There is no such log."));
}

TEST_F(Find, LogsThatDoNotComeLeaveTimeForTheFindings) {
  crash("checkout");
  crash("cart");
  reads_ = &hanging_;
  ASSERT_TRUE(run({}, 300ms));
  EXPECT_THAT(recorder_.names(), ElementsAre("finding", "finding", "checked"));
  EXPECT_THAT(skipped(), ElementsAre("log of cart-5d9c-0/app: it took too long",
                                     "log of checkout-5d9c-0/app: there was no time left for it"));
}

TEST_F(Find, AWorkspaceThatCannotBeReadIsOneError) {
  fake_.refuse_snapshot({Code::unavailable, "GET https://10.0.0.1/internal", "The cluster has not been read yet."});
  ASSERT_TRUE(run());
  EXPECT_THAT(recorder_.names(), ElementsAre("error"));
  EXPECT_EQ(last("text").text(), "The workspace could not be read: The cluster has not been read yet.");
}

TEST_F(Find, OfAnObjectWithWhateverCausesIt) {
  crash("checkout");
  shop_.service("checkout", 8080);
  shop_.deployment("cart",
                   {.status = sample::kNotReady, .env = sample::endpoint("CHECKOUT", "http", "checkout", 8080)});
  crash("zebra");
  ASSERT_TRUE(run({.object = {"Deployment", "", "cart", ""}}));
  EXPECT_THAT(found(), Contains("Deployment/cart"));
  EXPECT_THAT(found(), Contains("Deployment/checkout"));
  EXPECT_THAT(found(), Not(Contains("Deployment/zebra")));
  EXPECT_LE(fake_.log_reads(), 1u) << "of what was asked for alone";
}

TEST_F(Find, OfAServiceIsOfWhatRunsBehindItAndOfAPodOfThatPod) {
  crash("checkout");
  shop_.service("checkout", 8080);
  crash("cart");
  ASSERT_TRUE(run({.object = {"Service", "shop", "checkout", ""}}));
  EXPECT_THAT(found(), Contains("Deployment/checkout"));
  EXPECT_THAT(found(), Not(Contains("Deployment/cart")));
  recorder_.events.clear();
  io_.restart();
  ASSERT_TRUE(run({.object = {"Pod", "shop", "cart-5d9c-0", ""}}));
  EXPECT_THAT(found(), ElementsAre("Deployment/cart"));
}

TEST_F(Find, OfAnObjectInEveryProjectOrInOne) {
  crash("web", "shop");
  crash("web", "stage");
  ASSERT_TRUE(run({.object = {"Deployment", "", "web", ""}}));
  EXPECT_THAT(found(), ElementsAre("Deployment/web", "Deployment/web"));
  recorder_.events.clear();
  io_.restart();
  ASSERT_TRUE(run({.object = {"Deployment", "stage", "web", ""}}));
  EXPECT_THAT(found(), ElementsAre("Deployment/web"));
}

TEST_F(Find, OfAnObjectThatHasGoneNothingIsFound) {
  crash("cart");
  ASSERT_TRUE(run({.object = {"Deployment", "shop", "gone", ""}}));
  EXPECT_THAT(recorder_.names(), ElementsAre("checked"));
}

// The engine reads a few logs only, and those of other projects came first.
TEST_F(Find, LogsOfTheProjectAreReadWhateverCrashesElsewhere) {
  for (int i = 0; i < 12; ++i) crash(fmt::format("a{}", i), "another");
  crash("web", "shop");
  ASSERT_TRUE(run({.object = {"", "shop", "", ""}}));
  EXPECT_THAT(found(), ElementsAre("Deployment/web"));
  EXPECT_THAT(json::to_text(recorder_.events[0].data), HasSubstr("panic: web has no configuration"));
}

TEST_F(Find, OfASeverityOrWorse) {
  crash("checkout");
  ASSERT_TRUE(run({.object = {}, .at_least = diagnosis::Severity::critical}));
  for (const Event& event : recorder_.events)
    if (event.name == "finding") EXPECT_EQ(event.data.at("severity"), "critical");
  EXPECT_THAT(found(), ElementsAre("Deployment/checkout"));
  EXPECT_EQ(find_severity("warning"), diagnosis::Severity::warning);
  EXPECT_EQ(find_severity("Warning"), std::nullopt);
}

TEST_F(Find, WhatIsStuckEndsAtItsDeadlineWithAnError) {
  fake_.be_stuck();
  ASSERT_TRUE(run({}, 100ms));
  EXPECT_THAT(recorder_.names(), ElementsAre("error"));
  EXPECT_EQ(last("code").text(), "deadline");
  EXPECT_EQ(last("request_id").text(), "req-1");
  EXPECT_EQ(fake_.waiting(), 0);
}

TEST_F(Find, AReaderThatIsGoneEndsIt) {
  crash("checkout");
  recorder_.gone = true;
  EXPECT_FALSE(run());
}

TEST_F(Find, WhenTheClientHangsUpNothingIsLeft) {
  fake_.be_silent();
  Done out;
  start({}, 1h, out);
  while (fake_.waiting() == 0) io_.run_one();
  EXPECT_EQ(live_.value(), 1);
  hang_up_.emit(async::asio::cancellation_type::terminal);
  io_.run_for(10s);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::cancelled);
  EXPECT_EQ(fake_.waiting(), 0);
  EXPECT_EQ(live_.value(), 0);
}

}  // namespace
}  // namespace ai_ops::chat
