// A right that is taken away while a change is on its way: first the race is shown to exist, with the transaction taken
// apart, then ten times as many rounds with the transaction show none. Real SQLite, real threads; who comes first is
// told by the audit, which both of them write in the transaction that counts.
#include <array>
#include <atomic>
#include <thread>

#include "api/change/change_lab.h"
#include "api/change/commit.h"
#include "foundation/base/uuid.h"

namespace api::change {
namespace {

using tenancy::Permission;
using tenancy::Role;

constexpr int kRoundsApart = 72;
constexpr int kRounds = 10 * kRoundsApart;
constexpr int kMostSpins = 4'000;  // of the one that takes away, so that either may come first

const tenancy::OrganizationName kDemo("demo");
const tenancy::WorkspaceName kShop("shop");
const tenancy::UserName kErin("erin");
const Role kScaler{tenancy::RoleName("scaler"), {Permission::objects_read, Permission::workloads_scale}};

// Each ends erin's right to scale, and is said in a transaction of its own.
struct Taking {
  const char* name;
  Done (*take)(Session&);
};

Done revoke_all(Session& session) {
  auto bound = tenancy::store::load_bindings(session, kErin, kShop);
  if (!bound) return std::unexpected(bound.error());
  for (const auto& binding : bound->bindings)
    if (auto gone = tenancy::store::revoke(session, kShop, binding.id); !gone) return std::unexpected(gone.error());
  return {};
}
Done deny(Session& session) {
  auto id = tenancy::store::grant(session, {"", kErin, kScaler, {kDemo, kShop, {}}, tenancy::BindingEffect::deny});
  return id ? Done{} : Done(std::unexpected(id.error()));
}
Done change_role(Session& session) {
  return tenancy::store::change_role(session, kDemo, {kScaler.name, {Permission::objects_read}});
}
Done forbid(Session& session) {
  return tenancy::store::set_policy(session, kShop, {.low = tenancy::ApprovalRule::never});
}
Done end_session(Session& session) { return identity::close_sessions_of(session, kErin); }
Done disable(Session& session) { return identity::set_disabled(session, kErin, true); }

constexpr std::array<Taking, 6> kTakings = {{{"a binding is revoked", revoke_all},
                                             {"a deny is granted", deny},
                                             {"a role is changed", change_role},
                                             {"the policy forbids it", forbid},
                                             {"the session ends", end_session},
                                             {"the user is disabled", disable}}};

struct Round {
  std::int64_t taken_at = 0;              // of the audit
  std::optional<std::int64_t> intent_at;  // none: nothing was begun
  bool is_violation() const { return intent_at && *intent_at > taken_at; }
};

class RevocationRace : public ChangeLab {
 protected:
  void SetUp() override {
    ChangeLab::SetUp();
    must(database.write([](Session& session) { return tenancy::store::add_role(session, kDemo, kScaler); }));
  }

  // As it was before anything was taken away, with a turn of its own that commands the change.
  std::string begin(int number) {
    std::string id = "turn-" + std::to_string(number);
    auto session = must(database.write([](Session& session) -> Result<identity::NewSession> {
      if (auto done = revoke_all(session); !done) return std::unexpected(done.error());
      if (auto done = tenancy::store::change_role(session, kDemo, kScaler); !done) return std::unexpected(done.error());
      if (auto done = tenancy::store::set_policy(session, kShop, {}); !done) return std::unexpected(done.error());
      if (auto done = identity::set_disabled(session, kErin, false); !done) return std::unexpected(done.error());
      auto granted = tenancy::store::grant(session, {"", kErin, kScaler, {kDemo, kShop, {}}});
      if (!granted) return std::unexpected(granted.error());
      return identity::open_session(session, kErin);
    }));
    turns::Turn turn;
    turn.id = id;
    turn.kind = turns::Kind::chat;
    turn.user = kErin;
    turn.organization = kDemo;
    turn.workspace = kShop;
    turn.credential = session.session_id;
    turn.conversation = "conversation of " + id;
    turn.commands = {{operations::find_operation("scale"), scale_to(5)}};
    turn.deadline = clock.wall() + turns::kTurnTime;
    must(database.write([turn](Session& s) { return turns::open_turn(s, turn); }));
    return id;
  }

  OperationRow planned(const std::string& turn) {
    const auto* operation = operations::find_operation("scale");
    OperationRow row;
    row.id = foundation::new_uuid(foundation::SystemClock().wall());
    row.turn = turn;
    row.call_id = "call-1";
    row.body_digest = "sha256:of-the-body";
    row.organization = kDemo.str();
    row.workspace = kShop.str();
    row.user = kErin.str();
    row.name = operation->name;
    row.arguments = scale_to(5);
    row.plan = operation->plan(row.arguments, fake.view("web"), {}).value();
    row.op_hash = "sha256:of-the-change";
    return row;
  }

  // Of both: what each of them writes into the audit, and when.
  Round play(int number, const Taking& taking, bool apart) {
    std::string turn = begin(number);
    OperationRow row = planned(turn);
    auto mandate = command_mandate(claims_of(turn));
    const auto* operation = operations::find_operation("scale");
    std::atomic<bool> started = false;
    const int spins = (number * 97) % kMostSpins;
    std::thread other([&] {
      while (!started) std::this_thread::yield();
      for (int i = 0; !apart && i < spins; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
      must(database.write([take = taking.take](Session& session) -> Done {
        if (auto done = take(session); !done) return done;
        audit::AuditEntry entry;
        entry.kind = audit::Kind::binding_revoked;
        entry.organization = kDemo.str();
        auto record = audit::append(session, entry, session.now());
        return record ? Done{} : Done(std::unexpected(record.error()));
      }));
    });
    if (apart) {
      auto judged = database.read([&](Session& session) { return judge_again(session, *mandate, row, *operation); });
      started = true;
      other.join();  // the revocation is committed between the two
      if (judged) (void)database.write([&](Session& session) { return write_intent(session, *mandate, *judged); });
    } else {
      started = true;
      (void)database.write([&](Session& session) { return commit_intent(session, *mandate, row, *operation); });
    }
    if (other.joinable()) other.join();
    must(database.write([turn](Session& session) { return turns::close_turn(session, turn, "answered"); }));
    return said_by_the_audit();
  }

  static foundation::jwt::InternalClaims claims_of(const std::string& turn) {
    auto claims = ChangeLab::claims("erin");
    claims.turn = turn;
    return claims;
  }

  // The newest of each kind since the last round.
  Round said_by_the_audit() {
    auto records = must(database.read([](Session& session) { return audit::list(session, "demo", {}, 0, 10); }));
    Round round;
    std::int64_t newest = seen_;
    for (const auto& record : records) {
      if (record.seq <= seen_) continue;
      newest = std::max(newest, record.seq);
      auto leaf = json::parse_strict(record.leaf).value();
      std::string_view kind = json::View(leaf)["kind"].text();
      if (kind == "binding.revoked") round.taken_at = record.seq;
      if (kind == "operation.intent") round.intent_at = record.seq;
    }
    seen_ = newest;
    return round;
  }

  std::int64_t seen_ = 0;
};

TEST_F(RevocationRace, TakenApartTheTransactionLosesToIt) {
  for (int i = 0; i < kRoundsApart; ++i) {
    std::size_t which = static_cast<std::size_t>(i) % kTakings.size();
    Round round = play(i, kTakings[which], true);
    ASSERT_GT(round.taken_at, 0);
    ASSERT_TRUE(round.is_violation()) << kTakings[which].name << ": its absence below would prove nothing";
  }
}

TEST_F(RevocationRace, ARightTakenAwayBeforeTheIntentAlwaysWins) {
  int began = 0, refused = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Taking& taking = kTakings[static_cast<std::size_t>(i) % kTakings.size()];
    Round round = play(i, taking, false);
    ASSERT_GT(round.taken_at, 0);
    ASSERT_FALSE(round.is_violation()) << taking.name << ", round " << i;
    ++(round.intent_at ? began : refused);
  }
  RecordProperty("began", began);
  RecordProperty("refused", refused);
  EXPECT_GT(began, 0) << "the right was always taken first: nothing raced";
  EXPECT_GT(refused, 0) << "the intent always came first: nothing raced";
}

}  // namespace
}  // namespace api::change
