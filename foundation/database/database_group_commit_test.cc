// Many tasks at once: shared commits, bounds, lifetimes, the end.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "foundation/database/database.h"
#include "foundation/database/temp_database.h"

namespace foundation::database {
namespace {

namespace asio = async::asio;

Result<std::int64_t> make_table(Session& s) { return s.execute("CREATE TABLE items (name TEXT PRIMARY KEY)"); }
Result<std::int64_t> add(Session& s, const std::string& name) {
  return s.execute("INSERT INTO items VALUES ($1)", {name});
}

// Holds the writer inside a job until opened, so that what is posted meanwhile becomes one batch.
class Gate {
 public:
  Result<int> hold() {
    entered_.set_value();
    open_.get_future().wait();
    return 0;
  }
  void wait_until_held() { entered_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> open_;
};

template <class R>
class Outcome {
 public:
  Outcome(asio::io_context& io, asio::awaitable<R> task) {
    asio::co_spawn(io, std::move(task), [this](std::exception_ptr, R value) { result = std::move(value); });
  }
  std::optional<R> result;
};
using Outcomes = std::vector<std::unique_ptr<Outcome<Result<std::int64_t>>>>;

class GroupCommitTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(db.write(make_table)); }
  void hold_writer() {
    held = std::make_unique<Outcome<Result<int>>>(
        io, db->write(Durability::normal, [this](Session&) { return gate.hold(); }));
    io.poll();
    gate.wait_until_held();
  }
  template <class F>
  void post(F work) {
    outcomes.push_back(std::make_unique<Outcome<Result<std::int64_t>>>(io, db->write(Durability::durable, work)));
    io.restart();
    io.poll();
  }
  void post_add(std::string name) {
    post([name](Session& s) { return add(s, name); });
  }
  void finish() {
    gate.open();
    io.restart();
    io.run();
  }
  std::int64_t count() {
    return db.read([](Session& s) { return s.query("SELECT count(*) FROM items"); }).value().at(0).integer(0);
  }
  asio::io_context io;
  TempDatabase db;
  Gate gate;
  std::unique_ptr<Outcome<Result<int>>> held;
  Outcomes outcomes;
};

TEST_F(GroupCommitTest, OneJobThatFailsLeavesTheOthersOfItsCommit) {
  hold_writer();
  post_add("a");
  post_add("a");
  post([](Session& s) -> Result<std::int64_t> {
    EXPECT_TRUE(add(s, "undone"));
    return fail(Code::denied, "no");
  });
  post_add("b");
  finish();
  EXPECT_TRUE(*outcomes[0]->result);
  EXPECT_EQ(outcomes[1]->result->error().code, Code::conflict);
  EXPECT_EQ(outcomes[2]->result->error().code, Code::denied);
  EXPECT_TRUE(*outcomes[3]->result);
  EXPECT_EQ(count(), 2);
}

TEST_F(GroupCommitTest, ALostTransactionFailsThoseBeforeItAndSparesThoseAfter) {
  hold_writer();
  post_add("before");
  post([](Session& s) -> Result<std::int64_t> {
    EXPECT_TRUE(s.execute("ROLLBACK"));
    return fail(Code::too_large, "took too long");
  });
  post_add("after");
  finish();
  EXPECT_EQ(outcomes[0]->result->error().code, Code::unavailable);
  EXPECT_EQ(outcomes[1]->result->error().code, Code::too_large);
  EXPECT_TRUE(*outcomes[2]->result);
  EXPECT_EQ(count(), 1);
}

TEST_F(GroupCommitTest, ACommitThatFailsFailsEveryJobAndKeepsNothing) {
  ASSERT_TRUE(db.write([](Session& s) {
    return s.execute("CREATE TABLE late (item TEXT REFERENCES items (name) DEFERRABLE INITIALLY DEFERRED)");
  }));
  hold_writer();
  post_add("a");
  post([](Session& s) { return s.execute("INSERT INTO late VALUES ('nobody')"); });
  post_add("a");
  finish();
  for (auto& outcome : outcomes) EXPECT_EQ(outcome->result->error().code, Code::unavailable);
  EXPECT_EQ(count(), 0);
  post_add("next");
  io.restart();
  io.run();
  EXPECT_EQ(count(), 1);
}

TEST_F(GroupCommitTest, TheQueueOfWritesIsBounded) {
  hold_writer();
  for (std::size_t i = 0; i < kMaxQueuedWrites; ++i) post_add(std::to_string(i));
  post_add("one too many");
  EXPECT_EQ(outcomes.back()->result->error().code, Code::rate_limited);
  EXPECT_FALSE(outcomes.front()->result.has_value());
  finish();
  EXPECT_EQ(count(), std::int64_t(kMaxQueuedWrites));
}

// Says on which thread it ends.
struct Traveller {
  explicit Traveller(std::thread::id* at) : ended_on(at) {}
  ~Traveller() { *ended_on = std::this_thread::get_id(); }
  std::thread::id* ended_on;
};

TEST_F(GroupCommitTest, WorkRunsOnTheDatabasesThreadAndEndsOnTheCallersBeforeItsTaskGoesOn) {
  std::thread::id ran_on;
  std::thread::id ended_on;
  bool ended_first = false;
  auto traveller = std::make_shared<Traveller>(&ended_on);
  std::weak_ptr<Traveller> seen = traveller;
  asio::co_spawn(io,
                 db->write(Durability::normal,
                           [&ran_on, traveller = std::move(traveller)](Session&) -> Done {
                             ran_on = std::this_thread::get_id();
                             return {};
                           }),
                 [&](std::exception_ptr, Done) { ended_first = seen.expired(); });
  io.run();
  EXPECT_TRUE(ended_first);
  EXPECT_NE(ran_on, std::this_thread::get_id());
  EXPECT_EQ(ended_on, std::this_thread::get_id());
}

TEST_F(GroupCommitTest, ATaskMayGiveUpWhileItsWorkGoesOn) {
  hold_writer();
  asio::cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(io, db->write(Durability::normal, [](Session& s) { return add(s, "kept"); }),
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, auto&&) { ended = true; }));
  io.restart();
  io.poll();
  signal.emit(asio::cancellation_type::terminal);
  io.restart();
  io.poll();
  EXPECT_FALSE(ended);
  finish();
  EXPECT_TRUE(ended);
  EXPECT_EQ(count(), 1);
}

TEST_F(GroupCommitTest, AnExecutorMayEndWithAnswersThatNobodyTook) {
  auto other = std::make_unique<asio::io_context>();
  auto owned = std::make_shared<int>(1);
  std::weak_ptr<int> seen = owned;
  asio::co_spawn(*other,
                 db->write(Durability::normal, [owned = std::move(owned)](Session&) -> Result<int> { return *owned; }),
                 [](std::exception_ptr, Result<int>) {});
  other->poll();
  ASSERT_TRUE(db.write([](Session& s) { return add(s, "later"); }));  // so the first one is answered
  other.reset();
  EXPECT_TRUE(seen.expired());
}

TEST(DatabaseEndTest, TheEndFinishesWhatWaits) {
  asio::io_context io;
  TempDatabase db;
  ASSERT_TRUE(db.write(make_table));
  std::vector<std::unique_ptr<Outcome<Result<std::int64_t>>>> outcomes;
  for (int i = 0; i < 500; ++i)
    outcomes.push_back(std::make_unique<Outcome<Result<std::int64_t>>>(
        io, db->write(Durability::normal, [i](Session& s) { return add(s, std::to_string(i)); })));
  io.poll();
  db.reopen();
  io.restart();
  io.run();
  for (auto& outcome : outcomes) EXPECT_EQ(outcome->result, 1);
  auto rows = db.read([](Session& s) { return s.query("SELECT count(*) FROM items"); });
  EXPECT_EQ(rows->at(0).integer(0), 500);
}

TEST(DatabaseThreadsTest, ManyExecutorsReadAndWriteAtOnce) {
  TempDatabase db;
  ASSERT_TRUE(db.write(make_table));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&db, t] {
      for (int i = 0; i < 100; ++i) {
        auto name = std::to_string(t) + "/" + std::to_string(i);
        EXPECT_EQ(db.write([name](Session& s) { return add(s, name); }), 1);
        auto found = db.read([name](Session& s) { return s.query("SELECT 1 FROM items WHERE name = $1", {name}); });
        EXPECT_EQ(found.value().size(), 1u) << "a read after its write's task sees it";
      }
    });
  threads.clear();
  auto rows = db.read([](Session& s) { return s.query("SELECT count(*) FROM items"); });
  EXPECT_EQ(rows->at(0).integer(0), 400);
}

}  // namespace
}  // namespace foundation::database
