// bench-rooms: what single steps cost inside the process: verify a token, decide, the final check with its reads,
// append to the audit, redact a log. Each beside what it cannot be cheaper than. Run by hand:
// build/release/bin/bench-rooms
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "api/audit/audit.h"
#include "api/caller/caller.h"
#include "api/operations/scale.h"
#include "api/operations/target.h"
#include "api/policy/decide.h"
#include "api/turns/migrations.h"
#include "foundation/database/temp_database.h"
#include "foundation/jwt/forge.h"
#include "foundation/redaction/patterns.h"

namespace {

namespace asio = foundation::async::asio;
namespace database = foundation::database;
namespace forge = foundation::jwt::forge;
namespace json = foundation::json;
namespace store = api::tenancy::store;
using namespace api::tenancy;
using foundation::Done;
using std::chrono::steady_clock;

constexpr int kClients = 64;  // that append at the same time
constexpr int kAppendsEach = 300;
constexpr int kChecks = 4'000;
constexpr int kSyncs = 200;

double us_since(steady_clock::time_point then) {
  return std::chrono::duration<double, std::micro>(steady_clock::now() - then).count();
}

void must(bool holds) {
  if (!holds) std::abort();
}

void tell_times(benchmark::State& state, std::vector<double> us) {
  std::ranges::sort(us);
  state.counters["p50_us"] = us[us.size() / 2];
  state.counters["p99_us"] = us[us.size() * 99 / 100];
}

// ---- tokens

const std::string& token() {
  static const std::string kToken =
      foundation::jwt::mint_internal(forge::claims(), forge::issuer_key(), forge::kKid).reveal();
  return kToken;
}

void BareSignature(benchmark::State& state) {
  auto key = forge::issuer_key().public_key();
  auto parts = foundation::jwt::split(token(), {.algorithms = {"ES256"}, .typ = foundation::jwt::kInternalType});
  must(parts.has_value());
  for (auto _ : state) must(key.verify(foundation::crypto::Algorithm::es256, parts->signed_part, parts->signature));
}
BENCHMARK(BareSignature)->Unit(benchmark::kMicrosecond);

void InternalToken(benchmark::State& state) {
  foundation::jwt::KeySet keys(
      {{std::string(forge::kKid), foundation::crypto::Algorithm::es256, forge::issuer_key().public_key()}});
  for (auto _ : state) must(foundation::jwt::verify_internal(token(), keys, forge::kNow).has_value());
}
BENCHMARK(InternalToken)->Unit(benchmark::kMicrosecond);

// ---- a decision

const OrganizationName kDemo("demo");
const WorkspaceName kShop("shop");
const UserName kErin("erin");

json::Object arguments() { return {{"project", "shop"}, {"kind", "Deployment"}, {"name", "web"}, {"replicas", 5}}; }

// erin, editor of project shop, says "scale web to 5".
api::policy::DecisionInput commanded() {
  api::policy::DecisionInput in;
  in.user = kErin;
  in.user_active = true;
  in.organization = kDemo;
  in.workspace = kShop;
  in.bindings = {{.id = "b", .subject = kErin, .role = Role::editor, .scope = {kDemo, kShop, ProjectName("shop")}}};
  in.turn_kind = api::policy::TurnKind::chat;
  in.turn = forge::claims().turn;
  in.operation = &api::operations::kScale;
  in.arguments = arguments();
  in.commands = {{.operation = in.operation, .arguments = in.arguments}};
  in.plan.target = api::operations::target_of(in.arguments);
  in.plan.target.uid = "uid-1";
  in.plan.fields_read = {{"/spec/replicas", 3}};
  in.plan.patch = {{"spec", {{"replicas", 5}}}};
  return in;
}

void Decide(benchmark::State& state) {
  auto in = commanded();
  for (auto _ : state) must(api::policy::decide(in).effect == api::policy::Effect::allow);
}
BENCHMARK(Decide)->Unit(benchmark::kMicrosecond);

// ---- the final check: who asks, on the latest data, then the decision, in one transaction

struct World {
  World() {
    must(db.write(add).has_value());
    auto session = db.write([](auto& s) { return api::identity::open_session(s, kErin); });
    must(session.has_value());
    api::turns::Turn turn;
    turn.id = claims.turn;
    turn.user = kErin;
    turn.organization = kDemo;
    turn.workspace = kShop;
    turn.credential = session->session_id;
    turn.conversation = turn.id;
    turn.commands = commanded().commands;
    turn.deadline = clock.wall() + api::turns::kTurnTime;
    must(db.write([turn](auto& s) { return api::turns::open_turn(s, turn); }).has_value());
  }
  static Done add(database::Session& s) {
    if (auto done = store::add_organization(s, {kDemo, "Demo"}); !done) return done;
    store::Workspace shop{.name = kShop,
                          .organization = kDemo,
                          .display = "shop",
                          .cluster = store::InCluster{},
                          .policy = {},
                          .projects = {ProjectName("shop")},
                          .bindings_revision = 0};
    if (auto done = store::add_workspace(s, shop); !done) return done;
    if (auto done = api::identity::add_user(s, {kErin, kDemo, "Erin", false}, ""); !done) return done;
    auto granted = store::grant(s, commanded().bindings.front());
    return granted ? Done{} : Done(std::unexpected(granted.error()));
  }
  foundation::ManualClock clock{forge::kNow};
  database::TempDatabase db{
      {store::migrations(), api::identity::migrations(), api::audit::migrations(), api::turns::migrations()}, &clock};
  foundation::jwt::InternalClaims claims = forge::claims();
};

foundation::Result<bool> check(database::Session& session, const foundation::jwt::InternalClaims& claims) {
  auto caller = api::caller::load_caller(session, claims);
  if (!caller) return std::unexpected(caller.error());
  auto in = commanded();
  in.bindings = caller->bindings;
  in.commands = caller->open_commands;
  return api::policy::decide(in).effect == api::policy::Effect::allow;
}

void FinalCheck(benchmark::State& state) {
  World world;
  std::vector<double> us;
  for (auto _ : state) {
    for (int i = 0; i < kChecks; ++i) {
      auto begun = steady_clock::now();
      auto allowed = world.db.read([&](auto& session) { return check(session, world.claims); });
      us.push_back(us_since(begun));
      must(allowed && *allowed);
    }
  }
  state.SetItemsProcessed(std::int64_t(us.size()));
  tell_times(state, std::move(us));
}
BENCHMARK(FinalCheck)->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();

// ---- the audit, and the disk that it stands on

void DiskSync(benchmark::State& state) {
  database::TempFolder folder;
  int file = ::open((folder.path() / "file").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  must(file >= 0);
  std::string page(4096, 'x');
  std::vector<double> us;
  for (auto _ : state) {
    for (int i = 0; i < kSyncs; ++i) {
      auto begun = steady_clock::now();
      must(::write(file, page.data(), page.size()) == ssize_t(page.size()) && ::fdatasync(file) == 0);
      us.push_back(us_since(begun));
    }
  }
  ::close(file);
  tell_times(state, std::move(us));
}
BENCHMARK(DiskSync)->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();

foundation::Result<api::audit::AuditRecord> append_intent(database::Session& session) {
  api::audit::AuditEntry entry;
  entry.kind = api::audit::Kind::operation_intent;
  entry.organization = kDemo.str();
  entry.workspace = kShop.str();
  entry.turn = forge::claims().turn;
  entry.subject = kErin.str();
  entry.arguments = arguments();
  return api::audit::append(session, entry, session.now());
}

asio::awaitable<void> append_some(database::Database& db, std::vector<double>& us) {
  for (int i = 0; i < kAppendsEach; ++i) {
    auto begun = steady_clock::now();
    auto appended = co_await db.write(database::Durability::durable, append_intent);
    us.push_back(us_since(begun));
    must(appended.has_value());
  }
}

void AuditAppend(benchmark::State& state) {
  World world;
  std::vector<double> us;
  for (auto _ : state) {
    asio::io_context loop(1);
    for (int i = 0; i < kClients; ++i)
      asio::co_spawn(loop, append_some(*world.db, us), [](std::exception_ptr thrown) { must(!thrown); });
    loop.run();
  }
  state.SetItemsProcessed(std::int64_t(us.size()));
  tell_times(state, std::move(us));
}
BENCHMARK(AuditAppend)->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();

// ---- redaction

// Ten megabytes of a log, a secret in every thousandth line.
void RedactLog(benchmark::State& state) {
  std::string log;
  for (std::size_t line = 0; log.size() < (10 << 20); ++line)
    log += "2026-01-02T03:04:05.006Z INFO web-7d4b9c6f5-x2x9k GET /orders/" + std::to_string(line) + " 200 " +
           (line % 1000 == 999 ? "password=hunter2" : "12ms") + "\n";
  for (auto _ : state) {
    foundation::redaction::Pseudonyms pseudonyms;
    must(foundation::redaction::redact_text(log, pseudonyms).secrets() > 0);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * log.size()));
}
BENCHMARK(RedactLog)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
