// The set of replicas with servers that fail, hang and are full, and a discovery that changes its mind.
#include "ai-ops/llm/replicas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <map>

#include "ai-ops/llm/fake_server.h"

namespace ai_ops::llm {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::Result;
using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;

constexpr Milliseconds kNever = 600s;

// What the discovery of a Lab finds; shared with the test.
struct Found {
  std::vector<std::string> urls;
  std::optional<Error> fails = {};
  int times = 0;
};
class FakeDiscovery final : public Discovery {
 public:
  explicit FakeDiscovery(Found& found) : found_(found) {}
  async::Task<std::vector<std::string>> find() override {
    ++found_.times;
    if (found_.fails) co_return std::unexpected(*found_.fails);
    co_return found_.urls;
  }
  std::optional<Milliseconds> again() const override { return 1ms; }

 private:
  Found& found_;
};

// A question that a test does not wait for.
struct Question {
  std::optional<Result<std::string>> answer = {};
};

struct Lab {
  async::asio::any_io_executor on;
  foundation::telemetry::Metrics metrics = {};
  std::map<std::string, std::shared_ptr<FakeServerState>> servers = {};  // by address; one not listed cannot be made
  Found found = {};
  ReplicaSet::Options options{.model = "tiny",
                              .limits = {.choice = {.in_flight = 1, .preference = 0}, .waiting = 2},
                              .times = {.every = 10s, .first_wait = 10s, .longest_wait = 20s, .at_most = 2s}};
  async::TaskGroup tasks{on, {}};
  std::unique_ptr<ReplicaSet> set = {};
  std::list<Question> questions = {};
  async::Context ctx{"test", steady_clock::now() + 20s, {}};

  void add(const std::string& address, FakeServerState state = {}) {
    servers[address] = std::make_shared<FakeServerState>(std::move(state));
    found.urls.push_back(address);
  }
  // Of all that are in `servers` and are found.
  async::Task<void> start() {
    set = std::make_unique<ReplicaSet>(
        options, std::make_unique<FakeDiscovery>(found),
        [this](const std::string& address) -> Result<std::unique_ptr<Server>> {
          auto state = servers.find(address);
          if (state == servers.end()) return foundation::fail(Code::invalid, "make a server", "not an address");
          return std::make_unique<FakeServer>(state->second);
        },
        metrics, foundation::telemetry::Log(), tasks);
    set->start();
    co_return co_await becomes([this] {
      auto all = set->status();
      return all.size() == found.urls.size() && std::ranges::none_of(all, [](const auto& one) {
               return one.state == ReplicaState::down && one.cause == "not looked at yet";
             });
    });
  }
  template <class F>
  async::Task<void> becomes(F holds) {
    for (auto until = steady_clock::now() + 10s; steady_clock::now() < until;) {
      if (holds()) co_return Done{};
      if (auto slept = co_await async::sleep_for(1ms); !slept) co_return slept;
    }
    co_return foundation::fail(Code::deadline, "wait for what a test wants");
  }
  async::Task<Reply> ask(std::string session = "") { return ask_whole(ctx, *set, {}, std::move(session)); }
  async::Task<void> ask_for(Question& question, async::Context with) {
    auto reply = co_await ask_whole(with, *set, {}, "");
    question.answer = reply ? Result<std::string>(reply->text) : std::unexpected(reply.error());
    co_return Done{};
  }
  // An answer whose first token is here.
  async::Task<void> hold(std::unique_ptr<Answer>& held) {
    auto answer = co_await set->ask(ctx, {}, "");
    if (!answer) co_return std::unexpected(answer.error());
    held = std::move(*answer);
    co_return Done{};
  }
  Question& begin() { return begin(ctx); }
  Question& begin(async::Context with) {
    Question& question = questions.emplace_back();
    tasks.spawn([this, &question, with](async::Seat&) { return ask_for(question, with); });
    return question;
  }
  int asked(const std::string& address) { return servers[address]->asked; }
  int waiting() { return static_cast<int>(metrics.gauge("hks_model_queue", "").value()); }
  int in_flight() { return static_cast<int>(metrics.gauge("hks_model_in_flight", "").value()); }
  int ended(const char* outcome) {
    return static_cast<int>(metrics.counter("hks_model_requests_total", "", {{"outcome", outcome}}).value());
  }
  ReplicaState state_of(const std::string& address) {
    for (const auto& status : set->status())
      if (status.address == address) return status.state;
    return ReplicaState::down;
  }
};
using Scenario = async::Task<void> (*)(Lab&);

async::Task<void> run_and_stop(async::asio::any_io_executor on, Scenario scenario) {
  Lab lab{on};
  Done done = co_await scenario(lab);
  lab.tasks.drain();
  lab.tasks.cancel();
  EXPECT_TRUE(co_await lab.tasks.wait(10s));
  EXPECT_EQ(lab.waiting(), 0);
  EXPECT_EQ(lab.in_flight(), 0);
  co_return done;
}

void play(Scenario scenario) {
  async::asio::io_context io(1);
  Done ended = foundation::fail(Code::internal, "did not end");
  async::asio::co_spawn(io, async::in_branch(run_and_stop(io.get_executor(), scenario)),
                        [&](std::exception_ptr thrown, Done result) {
                          if (thrown) std::rethrow_exception(thrown);
                          ended = std::move(result);
                        });
  io.run_for(60s);
  EXPECT_TRUE(ended) << ended.error().text();
}

ScriptedAnswer refuses(Code code) { return {.refused = Error{code, "ask", "scripted"}}; }
ScriptedAnswer breaks_at_first(Code code) { return {.broken_after = Error{code, "read", "scripted"}}; }
ScriptedAnswer breaks_later(Code code) { return {.pieces = {"half"}, .broken_after = Error{code, "read", "scripted"}}; }

TEST(Replicas, AQuestionIsAnsweredAndCounted) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = {.pieces = {"it ", "runs"}, .cut_off = true, .usage = {3, 2}}});
    if (auto started = co_await lab.start(); !started) co_return started;
    auto reply = co_await lab.ask();
    if (!reply) co_return std::unexpected(reply.error());
    EXPECT_EQ(reply->text, "it runs");
    EXPECT_TRUE(reply->cut_off);
    EXPECT_EQ(reply->usage.output_tokens, 2);
    EXPECT_EQ(lab.ended("answered"), 1);
    EXPECT_EQ(lab.set->state(), ReplicaState::ready);
    co_return Done{};
  });
}

TEST(Replicas, AnEmptyAnswerIsAnAnswerAndFreesItsPlaceAtOnce) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = {}});
    if (auto started = co_await lab.start(); !started) co_return started;
    auto answer = co_await lab.set->ask(lab.ctx, {}, "");
    if (!answer) co_return std::unexpected(answer.error());
    EXPECT_EQ(lab.in_flight(), 0);
    auto piece = co_await (*answer)->next(lab.ctx);
    EXPECT_TRUE(piece && !*piece);
    co_return Done{};
  });
}

TEST(Replicas, AFailureBeforeTheFirstTokenIsAnsweredByAnother) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a");
    lab.add("b");
    lab.options.times.first_wait = 1ms;
    if (auto started = co_await lab.start(); !started) co_return started;
    const std::pair<ScriptedAnswer, bool> rows[] = {
        {refuses(Code::unavailable), true},
        {refuses(Code::not_found), true},
        {refuses(Code::deadline), true},
        {refuses(Code::rate_limited), false},
        {breaks_at_first(Code::unavailable), true},
        {breaks_at_first(Code::deadline), true},
        {breaks_at_first(Code::corrupt), false},
    };
    for (const auto& [answer, goes_down] : rows) {
      auto ready = co_await lab.becomes([&] { return lab.state_of("a") == ReplicaState::ready; });
      if (!ready) co_return ready;
      lab.servers["a"]->answer = answer;
      lab.servers["a"]->look_fails = Error{Code::unavailable, "look", "scripted"};  // so that it stays down
      int asked = lab.asked("a");
      for (const char* session : {"one", "two", "three", "four"}) {  // some are of the failing one
        auto reply = co_await lab.ask(session);
        EXPECT_TRUE(reply && reply->text == "hello") << to_string(reply ? Code::internal : reply.error().code);
      }
      EXPECT_GT(lab.asked("a"), asked);
      EXPECT_EQ(lab.state_of("a") == ReplicaState::down, goes_down);
      lab.servers["a"]->look_fails.reset();
    }
    EXPECT_EQ(lab.ended("answered"), 4 * static_cast<int>(std::size(rows)));
    co_return Done{};
  });
}

TEST(Replicas, AfterTheFirstTokenNothingIsAskedAgain) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = breaks_later(Code::unavailable)});
    lab.add("b", {.answer = breaks_later(Code::unavailable)});
    if (auto started = co_await lab.start(); !started) co_return started;
    auto reply = co_await lab.ask();
    EXPECT_TRUE(!reply && reply.error().code == Code::unavailable);
    EXPECT_EQ(lab.asked("a") + lab.asked("b"), 1);
    EXPECT_EQ(lab.ended("broken"), 1);
    EXPECT_EQ(lab.set->state(), ReplicaState::ready);  // the other one
    co_return Done{};
  });
}

TEST(Replicas, APromptThatOneRefusesIsNotAskedElsewhere) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a");
    lab.add("b");
    if (auto started = co_await lab.start(); !started) co_return started;
    for (Code code : {Code::invalid, Code::too_large}) {
      lab.servers["a"]->answer = lab.servers["b"]->answer = refuses(code);
      int before = lab.asked("a") + lab.asked("b");
      auto reply = co_await lab.ask();
      EXPECT_TRUE(!reply && reply.error().code == code);
      EXPECT_EQ(lab.asked("a") + lab.asked("b"), before + 1);
    }
    EXPECT_EQ(lab.ended("refused"), 2);
    EXPECT_EQ(lab.state_of("a"), ReplicaState::ready);
    EXPECT_EQ(lab.state_of("b"), ReplicaState::ready);
    co_return Done{};
  });
}

TEST(Replicas, WhenAllFailTheLastReasonIsGivenAndEachWasAskedOnceAtMost) {
  play([](Lab& lab) -> async::Task<void> {
    for (const char* address : {"a", "b", "c", "d"}) lab.add(address, {.answer = refuses(Code::unavailable)});
    if (auto started = co_await lab.start(); !started) co_return started;
    auto reply = co_await lab.ask();
    EXPECT_TRUE(!reply && reply.error().cause == "scripted");
    int asked = 0;
    for (const auto& [_, server] : lab.servers) {
      EXPECT_LE(server->asked, 1);
      asked += server->asked;
    }
    EXPECT_EQ(asked, static_cast<int>(kMaxAttempts));
    auto next = co_await lab.ask();
    EXPECT_TRUE(!next && next.error().cause == "scripted") << "the fourth";
    auto nobody = co_await lab.ask();
    EXPECT_TRUE(!nobody && nobody.error().code == Code::unavailable);
    EXPECT_THAT(nobody.error().cause, HasSubstr("no replica"));
    EXPECT_EQ(lab.set->state(), ReplicaState::down);
    EXPECT_EQ(lab.ended("unavailable"), 3);
    co_return Done{};
  });
}

TEST(Replicas, WithoutAnyReplicaTheAnswerComesAtOnce) {
  play([](Lab& lab) -> async::Task<void> {
    if (auto started = co_await lab.start(); !started) co_return started;
    auto reply = co_await lab.ask();
    EXPECT_TRUE(!reply && reply.error().code == Code::unavailable);
    EXPECT_EQ(lab.set->traits().model, "tiny");
    co_return Done{};
  });
}

TEST(Replicas, AFailingReplicaIsLeftAloneAndComesBackWhenItLooksWell) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = refuses(Code::unavailable)});
    lab.options.times = {.every = 10s, .first_wait = 5ms, .longest_wait = 5ms, .at_most = 2s};
    if (auto started = co_await lab.start(); !started) co_return started;
    lab.servers["a"]->look_fails = Error{Code::unavailable, "look", "refused"};
    EXPECT_FALSE(co_await lab.ask());
    int looks = lab.servers["a"]->looks;
    if (auto looked = co_await lab.becomes([&] { return lab.servers["a"]->looks > looks + 2; }); !looked)
      co_return looked;
    EXPECT_EQ(lab.state_of("a"), ReplicaState::down);
    EXPECT_EQ(lab.set->status()[0].cause, "look: refused");
    EXPECT_EQ(lab.asked("a"), 1) << "looked at, not asked";
    lab.servers["a"]->look_fails.reset();
    lab.servers["a"]->answer = {.pieces = {"back"}};
    auto back = co_await lab.becomes([&] { return lab.state_of("a") == ReplicaState::ready; });
    if (!back) co_return back;
    auto reply = co_await lab.ask();
    EXPECT_TRUE(reply && reply->text == "back");
    co_return Done{};
  });
}

TEST(Replicas, TheAskersOwnDeadlineIsNotTheReplicasFault) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = {.pieces = {"late"}, .before_each = kNever}});
    if (auto started = co_await lab.start(); !started) co_return started;
    Question& question = lab.begin(lab.ctx.child(5ms));
    if (auto ended = co_await lab.becomes([&] { return question.answer.has_value(); }); !ended) co_return ended;
    EXPECT_EQ(question.answer->error().code, Code::deadline);
    EXPECT_EQ(lab.state_of("a"), ReplicaState::ready);
    EXPECT_EQ(lab.ended("deadline"), 1);
    co_return Done{};
  });
}

TEST(Replicas, TheQueueIsServedInItsOrderAndBounded) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a");
    if (auto started = co_await lab.start(); !started) co_return started;
    std::unique_ptr<Answer> held;
    if (auto done = co_await lab.hold(held); !done) co_return done;
    lab.begin();
    Question& second = lab.begin();
    if (auto queued = co_await lab.becomes([&] { return lab.waiting() == 2; }); !queued) co_return queued;
    auto refused = co_await lab.ask();
    EXPECT_TRUE(!refused && refused.error().code == Code::rate_limited);
    EXPECT_THAT(refused.error().cause, HasSubstr("try again in "));
    EXPECT_EQ(lab.ended("busy"), 1);
    EXPECT_EQ(lab.waiting(), 2);
    EXPECT_EQ(lab.asked("a"), 1);
    lab.servers["a"]->answer = {.pieces = {"slow"}, .before_each = kNever};  // the next one keeps the place
    held.reset();
    if (auto asked = co_await lab.becomes([&] { return lab.asked("a") == 2; }); !asked) co_return asked;
    EXPECT_EQ(lab.waiting(), 1);
    EXPECT_FALSE(second.answer);
    EXPECT_EQ(lab.in_flight(), 1);
    co_return Done{};
  });
}

TEST(Replicas, WhoLeavesTheQueueFreesItsPlaceInIt) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a");
    if (auto started = co_await lab.start(); !started) co_return started;
    std::unique_ptr<Answer> held;
    if (auto done = co_await lab.hold(held); !done) co_return done;
    Question& late = lab.begin(lab.ctx.child(5ms));
    if (auto ended = co_await lab.becomes([&] { return late.answer.has_value(); }); !ended) co_return ended;
    EXPECT_EQ(late.answer->error().code, Code::deadline);
    EXPECT_EQ(lab.waiting(), 0);
    auto cancelled = co_await async::with_deadline(steady_clock::now() + 2ms, lab.ask());
    EXPECT_FALSE(cancelled);
    EXPECT_EQ(lab.waiting(), 0);
    EXPECT_EQ(lab.ended("dropped"), 1);
    Question& next = lab.begin();
    if (auto queued = co_await lab.becomes([&] { return lab.waiting() == 1; }); !queued) co_return queued;
    held.reset();
    if (auto ended = co_await lab.becomes([&] { return next.answer.has_value(); }); !ended) co_return ended;
    EXPECT_EQ(next.answer->value(), "hello");
    EXPECT_EQ(lab.ended("dropped"), 2) << "the held answer";
    co_return Done{};
  });
}

TEST(Replicas, WhoWaitsIsToldAtOnceWhenTheLastReplicaGoesDown) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = breaks_later(Code::unavailable)});
    if (auto started = co_await lab.start(); !started) co_return started;
    std::unique_ptr<Answer> held;
    if (auto done = co_await lab.hold(held); !done) co_return done;
    Question& waiting = lab.begin();
    if (auto queued = co_await lab.becomes([&] { return lab.waiting() == 1; }); !queued) co_return queued;
    EXPECT_TRUE(co_await held->next(lab.ctx));
    EXPECT_FALSE(co_await held->next(lab.ctx));
    if (auto ended = co_await lab.becomes([&] { return waiting.answer.has_value(); }); !ended) co_return ended;
    EXPECT_EQ(waiting.answer->error().code, Code::unavailable);
    EXPECT_EQ(lab.asked("a"), 1);
    co_return Done{};
  });
}

TEST(Replicas, OneThatHasVanishedFinishesWhatItDoesAndIsAskedNothingMore) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.answer = {.pieces = {"from ", "a"}}});
    if (auto started = co_await lab.start(); !started) co_return started;
    std::unique_ptr<Answer> held;
    if (auto done = co_await lab.hold(held); !done) co_return done;
    lab.found.urls.clear();
    lab.add("b", {.answer = {.pieces = {"from b"}}});
    auto moved =
        co_await lab.becomes([&] { return lab.set->status().size() == 1 && lab.state_of("b") == ReplicaState::ready; });
    if (!moved) co_return moved;
    auto reply = co_await lab.ask();
    EXPECT_TRUE(reply && reply->text == "from b");
    std::string told;
    for (;;) {
      auto piece = co_await held->next(lab.ctx);
      if (!piece) co_return std::unexpected(piece.error());
      if (!*piece) break;
      told += std::get<std::string>(**piece);
    }
    EXPECT_EQ(told, "from a");
    EXPECT_EQ(lab.asked("a"), 1);
    EXPECT_EQ(lab.servers["a"].use_count(), 1) << "its server lives on";
    co_return Done{};
  });
}

TEST(Replicas, ADiscoveryThatFailsKeepsTheReplicasAndABadAddressIsLeftOut) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a");
    if (auto started = co_await lab.start(); !started) co_return started;
    lab.found.fails = Error{Code::io, "resolve", "no name server"};
    int times = lab.found.times;
    if (auto again = co_await lab.becomes([&] { return lab.found.times > times + 2; }); !again) co_return again;
    EXPECT_TRUE(co_await lab.ask());
    lab.found.fails.reset();
    lab.found.urls.push_back("not made");
    times = lab.found.times;
    if (auto again = co_await lab.becomes([&] { return lab.found.times > times + 2; }); !again) co_return again;
    EXPECT_EQ(lab.set->status().size(), 1u);
    EXPECT_TRUE(co_await lab.ask());
    co_return Done{};
  });
}

TEST(Replicas, ALookThatHangsEndsAtItsLimit) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.look_takes = kNever});
    lab.options.times = {.every = 10s, .first_wait = 1ms, .longest_wait = 1ms, .at_most = 1ms};
    if (auto started = co_await lab.start(); !started) co_return started;
    if (auto again = co_await lab.becomes([&] { return lab.servers["a"]->looks > 2; }); !again) co_return again;
    EXPECT_EQ(lab.state_of("a"), ReplicaState::down);
    EXPECT_THAT(lab.set->status()[0].cause, HasSubstr("deadline"));
    co_return Done{};
  });
}

TEST(Replicas, TheTraitsAreWhatEveryReplicaThatAnswersCanDo) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.traits = {.model = "tiny", .context_tokens = 8192, .calls_tools = true}});
    lab.add("b", {.traits = {.model = "tiny", .context_tokens = 2048, .calls_tools = true, .keeps_schema = false}});
    lab.add("c", {.traits = {.model = "tiny", .context_tokens = 1024},
                  .look_fails = Error{Code::unavailable, "look", "refused"}});
    if (auto started = co_await lab.start(); !started) co_return started;
    EXPECT_EQ(lab.set->traits().model, "tiny");
    EXPECT_EQ(lab.set->traits().context_tokens, 2048);
    EXPECT_TRUE(lab.set->traits().calls_tools);
    EXPECT_FALSE(lab.set->traits().keeps_schema);
    co_return Done{};
  });
}

TEST(Replicas, ALoadedReplicaIsAskedBeforeOneThatMustLoadFirst) {
  play([](Lab& lab) -> async::Task<void> {
    lab.add("a", {.loaded = false});
    lab.add("b");
    if (auto started = co_await lab.start(); !started) co_return started;
    EXPECT_EQ(lab.state_of("a"), ReplicaState::loading);
    for (const char* session : {"one", "two", "three", "four"}) EXPECT_TRUE(co_await lab.ask(session));
    EXPECT_EQ(lab.asked("a"), 0);
    std::unique_ptr<Answer> held;
    if (auto done = co_await lab.hold(held); !done) co_return done;
    EXPECT_TRUE(co_await lab.ask());
    EXPECT_EQ(lab.asked("a"), 1) << "the loaded one is busy";
    EXPECT_EQ(lab.state_of("a"), ReplicaState::ready) << "it has answered";
    co_return Done{};
  });
}

}  // namespace
}  // namespace ai_ops::llm
