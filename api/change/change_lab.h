// For tests: a control plane's way to a change without its network: a real database, a workspace with people in it, a
// cluster in memory, and one loop that runs everything.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/audit/audit.h"
#include "api/change/approval_store.h"
#include "api/change/change.h"
#include "api/executor/fake_cluster.h"
#include "api/identity/identity.h"
#include "api/operations/catalogue.h"
#include "api/tenancy/store/store.h"
#include "api/turns/migrations.h"
#include "api/turns/outbox.h"
#include "api/turns/turn_store.h"
#include "foundation/database/temp_database.h"
#include "foundation/json/view.h"

namespace api::change {

using foundation::Code;
using foundation::Milliseconds;
using foundation::WallTime;
using Fake = executor::FakeCluster;
using Lines = std::vector<std::string>;

const Lines kWaits{"approval.opened"};  // what is audited of a proposal that waits

// Organization demo, workspace shop with the projects shop (web 3/3) and vault; erin edits shop, vic views it, and nora
// views vault alone. Each of them may have an open turn, named "turn-<user>", that commands "scale web to 5".
class ChangeLab : public testing::Test {
 public:
  static constexpr Milliseconds kMayStillArrive{300};
  using Scenario = async::Task<void> (*)(ChangeLab&);

  void run(Scenario scenario) {
    bool ended = false;
    async::asio::co_spawn(loop_, run_and_stop(scenario), [&](std::exception_ptr thrown, Done done) {
      EXPECT_FALSE(thrown) << "the scenario threw";
      if (!thrown) EXPECT_TRUE(done.has_value()) << done.error().text();
      ended = true;
    });
    loop_.run_for(std::chrono::seconds(60));
    ASSERT_TRUE(ended) << "the scenario hangs";
  }

  // Opens the user's turn. Its organization is taken from the workspace.
  void open_turn(const std::string& user, std::vector<int> commanded = {5}, turns::Kind kind = turns::Kind::chat) {
    turns::Turn turn;
    turn.id = "turn-" + user;
    turn.kind = kind;
    turn.user = tenancy::UserName(user);
    turn.organization = tenancy::OrganizationName("demo");
    turn.workspace = tenancy::WorkspaceName("shop");
    turn.credential = sessions_.at(user).session_id;
    turn.conversation = "conversation-" + user;
    for (int replicas : commanded) turn.commands.push_back({operations::find_operation("scale"), scale_to(replicas)});
    turn.deadline = clock.wall() + turns::kTurnTime;
    must(database.write([turn](Session& session) { return turns::open_turn(session, turn); }));
  }
  static foundation::jwt::InternalClaims claims(const std::string& user) {
    foundation::jwt::InternalClaims claims;
    claims.subject = user;
    claims.organization = "demo";
    claims.workspace = "shop";
    claims.turn = "turn-" + user;
    claims.jti = "jti-" + user;
    return claims;
  }
  static json::Object scale_to(int replicas, const std::string& name = "web", const std::string& project = "shop") {
    return {{"project", project}, {"kind", "Deployment"}, {"name", name}, {"replicas", replicas}};
  }
  static std::string body(const std::string& call_id, json::Object arguments) {
    return json::to_text(json::Object{{"call_id", call_id}, {"arguments", std::move(arguments)}});
  }
  async::Task<Answer> submit(std::string user, std::string text, Milliseconds budget = std::chrono::seconds(20),
                             std::string operation = "scale") {
    async::Context ctx{.request_id = "test", .deadline = std::chrono::steady_clock::now() + budget, .log = {}};
    co_return co_await change->submit(ctx, {claims(user), std::move(operation), std::move(text)});
  }
  // The call most tests make: erin's command, as commanded.
  async::Task<Answer> scale_web(int replicas = 5, std::string call_id = "call-1") {
    return submit("erin", body(call_id, scale_to(replicas)));
  }
  // erin's wish, which nobody commanded: a proposal that waits.
  async::Task<Answer> wish(int replicas = 6, std::string call_id = "wish-1") {
    return submit("erin", body(call_id, scale_to(replicas)));
  }
  identity::SessionUser signed_in(const std::string& user) {
    return must(database.read(
        [id = sessions_.at(user).session_id](Session& session) { return identity::session_by_id(session, id); }));
  }
  // What the user would send about the proposal of that answer: they look at it and sign what they see.
  ApprovalGiven given(const std::string& user, const Result<Answer>& proposed) {
    json::View body(proposed->body.if_contains("approval_id")), hash(proposed->body.if_contains("op_hash"));
    return {"shop", std::string(body.text()), std::string(hash.text()), false, signed_in(user)};
  }
  async::Task<Answer> approve(ApprovalGiven given, Milliseconds budget = std::chrono::seconds(20)) {
    async::Context ctx{.request_id = "test", .deadline = std::chrono::steady_clock::now() + budget, .log = {}};
    co_return co_await change->approve(ctx, std::move(given));
  }
  async::Task<Answer> reject(ApprovalGiven given) {
    async::Context ctx{.request_id = "test", .log = {}};
    co_return co_await change->reject(ctx, std::move(given));
  }
  async::Task<Answer> undo(std::string user, std::string operation_id, std::string workspace = "shop") {
    async::Context ctx{.request_id = "test", .log = {}};
    co_return co_await change->undo(ctx, {std::move(workspace), std::move(operation_id), signed_in(user)});
  }
  static json::Value autoscaler_of(const char* name) {
    return json::Object{
        {"kind", "HorizontalPodAutoscaler"},
        {"metadata", {{"name", name}}},
        {"spec",
         {{"scaleTargetRef", {{"kind", "Deployment"}, {"name", name}}}, {"minReplicas", 2}, {"maxReplicas", 9}}}};
  }
  // "200 executed", "202 not_a_command", "409 approval_void changed", "error not_found".
  static std::string said(const Result<Answer>& answer) {
    if (!answer) return "error " + std::string(to_string(answer.error().code));
    json::Value body(answer->body);
    json::View view(body), reason = view["reason"]["code"];
    std::string out = std::to_string(answer->status);
    for (std::string_view word : {view[answer->status < 400 ? "state" : "code"].text(), reason.text()})
      if (!word.empty()) out += " " + std::string(word);
    return out;
  }
  // What the user's stream was told, to its end.
  static async::Task<std::vector<turns::Event>> told(turns::Outbox& outbox) {
    std::vector<turns::Event> all;
    outbox.close();
    for (auto some = co_await outbox.take(foundation::SteadyTime::max()); some;
         some = co_await outbox.take(foundation::SteadyTime::max()))
      std::ranges::move(*some, std::back_inserter(all));
    co_return all;
  }
  // A call that goes on beside the scenario, and can be cancelled.
  struct Call {
    std::optional<Result<Answer>> answer;
    bool threw = false;  // as a cancelled coroutine does
    async::asio::cancellation_signal cancel;
    bool ended() const { return answer || threw; }
  };
  void begin(Call& call, async::Task<Answer> task) {
    async::asio::co_spawn(
        loop_, std::move(task),
        async::asio::bind_cancellation_slot(call.cancel.slot(), [&call](std::exception_ptr thrown, Result<Answer> got) {
          call.threw = thrown != nullptr;
          if (!thrown) call.answer.emplace(std::move(got));
        }));
  }
  template <class F>
  async::Task<bool> becomes(F holds) {
    for (int i = 0; i < 5'000 && !holds(); ++i) (void)co_await async::sleep_for(Milliseconds(2));
    co_return holds();
  }

  // "operation.intent", "operation.outcome executed", ..., in order.
  Lines audited() {
    Lines lines;
    for (const auto& entry : audit_entries()) {
      json::View view(entry);
      std::string line(view["kind"].text());
      if (!view["outcome"].is_null()) line += " " + std::string(view["outcome"].text());
      lines.insert(lines.begin(), line);
    }
    return lines;
  }
  std::vector<json::Value> audit_entries() {  // newest first
    auto records = must(database.read(
        [](Session& session) { return audit::list(session, "demo", std::nullopt, 0, audit::kMaxListed); }));
    std::vector<json::Value> entries;
    for (const auto& record : records) {
      auto entry = json::parse_strict(record.leaf).value();
      bool is_of_turn = json::View(entry)["kind"].text().starts_with("turn.");  // the lab's own
      if (!is_of_turn) entries.push_back(std::move(entry));
    }
    return entries;
  }
  OperationRow stored(const std::string& user = "erin", const std::string& call_id = "call-1") {
    auto row = must(database.read(
        [turn = "turn-" + user, call_id](Session& session) { return find_call(session, turn, call_id); }));
    return row ? *row : OperationRow{};
  }
  std::string state() { return stored().state; }
  void revoke_all_of(const std::string& user) {
    must(database.write([name = tenancy::UserName(user)](Session& session) -> foundation::Done {
      const tenancy::WorkspaceName shop("shop");
      auto bound = tenancy::store::load_bindings(session, name, shop);
      if (!bound) return std::unexpected(bound.error());
      for (const auto& binding : bound->bindings)
        if (auto gone = tenancy::store::revoke(session, shop, binding.id); !gone) return std::unexpected(gone.error());
      return foundation::Done{};
    }));
  }
  ApprovalRow approval(const std::string& id) {
    return must(database.read([id](Session& session) { return find_approval(session, "shop", id); }));
  }
  OperationRow operation(const std::string& id) {
    return must(database.read([id](Session& session) { return load_operation(session, "shop", id); }));
  }
  // The proposal of that answer to erin's wish still waits, and nothing was written or tried.
  void expect_waits(const Result<Answer>& proposed) {
    EXPECT_EQ(approval(given("ada", proposed).approval).state, "open");
    EXPECT_EQ(stored("erin", "wish-1").state, "proposed");
    EXPECT_TRUE(fake.written.empty());
  }
  void add_person(const std::string& name, const std::optional<tenancy::Role>& role,
                  std::optional<tenancy::ProjectName> project = {}, const std::string& workspace = "shop") {
    const tenancy::UserName user(name);
    must(database.write([user](Session& session) {
      return identity::add_user(session, {user, tenancy::OrganizationName("demo"), user.str(), false}, "");
    }));
    if (role) grant(name, *role, std::move(project), workspace);
    auto opened = database.write([user](Session& session) { return identity::open_session(session, user); });
    sessions_.emplace(name, must(std::move(opened)));
  }
  void grant(const std::string& user, const tenancy::Role& role, std::optional<tenancy::ProjectName> project = {},
             const std::string& workspace = "shop", tenancy::BindingEffect effect = tenancy::BindingEffect::allow) {
    tenancy::RoleBinding binding{
        .id = {},
        .subject = tenancy::UserName(user),
        .role = role,
        .scope = {tenancy::OrganizationName("demo"), tenancy::WorkspaceName(workspace), std::move(project)},
        .effect = effect};
    must(database.write([binding](Session& session) { return tenancy::store::grant(session, binding); }));
  }
  void end_sessions_of(const std::string& user) {
    must(database.write(
        [name = tenancy::UserName(user)](Session& session) { return identity::close_sessions_of(session, name); }));
  }
  void set_policy(const tenancy::WorkspacePolicy& policy) {
    must(database.write([policy](Session& session) {
      return tenancy::store::set_policy(session, tenancy::WorkspaceName("shop"), policy);
    }));
  }
  void sql(const std::string& statement) {
    must(database.write([statement](Session& session) { return session.execute(statement); }));
  }
  // A new process on the same database and cluster.
  void restart() {
    change = std::make_unique<Change>(loop_.get_executor(), Parts{.database = *database,
                                                                  .clusters = clusters,
                                                                  .open_turns = open_turns,
                                                                  .log = foundation::telemetry::Log(),
                                                                  .may_still_arrive = kMayStillArrive});
  }
  async::asio::any_io_executor on() { return loop_.get_executor(); }

  template <class T>
  static T must(Result<T> result) {
    if (!result) ADD_FAILURE() << result.error().text();
    return std::move(result).value();
  }
  static void must(foundation::Done done) {
    if (!done) ADD_FAILURE() << done.error().text();
  }

 protected:
  void SetUp() override {
    seed();
    fake.add("web", 3);
    clusters.add("shop", fake.cluster());
    restart();
  }

 private:
  async::Task<void> run_and_stop(Scenario scenario) {
    auto result = co_await scenario(*this);
    fake.hold_writes = fake.hold_answers = false;
    co_await change->stop(std::chrono::seconds(10));
    co_return result;
  }
  void seed() {
    must(database.write([](Session& session) -> foundation::Done {
      namespace store = tenancy::store;
      const tenancy::OrganizationName demo("demo");
      auto done = store::add_organization(session, {demo, "Demo"});
      if (!done) return done;
      return store::add_workspace(session, {.name = tenancy::WorkspaceName("shop"),
                                            .organization = demo,
                                            .display = "Shop",
                                            .cluster = store::InCluster{},
                                            .policy = {},
                                            .projects = {tenancy::ProjectName("shop"), tenancy::ProjectName("vault")},
                                            .bindings_revision = 0});
    }));
    add_person("erin", tenancy::Role::editor, tenancy::ProjectName("shop"));
    add_person("vic", tenancy::Role::viewer, tenancy::ProjectName("shop"));
    add_person("nora", tenancy::Role::viewer, tenancy::ProjectName("vault"));
  }

  async::asio::io_context loop_{1};
  std::map<std::string, identity::NewSession> sessions_;

 public:
  foundation::ManualClock clock{WallTime(Milliseconds(1'800'000'000'000))};  // the database's
  foundation::database::TempDatabase database{
      {tenancy::store::migrations(), identity::migrations(), audit::migrations(), turns::migrations(), migrations()},
      &clock};
  Fake fake;
  cluster::ClusterSet clusters;
  foundation::telemetry::Metrics metrics;
  turns::OpenTurns open_turns{metrics};
  std::unique_ptr<Change> change;
};

using Lab = ChangeLab;

// erin's turn is open, with these commands.
class TurnLab : public ChangeLab {
 public:
  explicit TurnLab(std::vector<int> commanded = {5}) : commanded_(std::move(commanded)) {}

 protected:
  void SetUp() override {
    ChangeLab::SetUp();
    open_turn("erin", commanded_);
  }

 private:
  std::vector<int> commanded_;
};

// And there is ada, who administers shop and may sign things off.
class ApprovalLab : public TurnLab {
 public:
  using TurnLab::TurnLab;

 protected:
  void SetUp() override {
    TurnLab::SetUp();
    add_person("ada", tenancy::Role::admin);
  }
};

}  // namespace api::change
