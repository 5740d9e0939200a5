// hks-control-plane: puts the parts together, starts them, and stops them in reverse.
#include <fmt/format.h>

#include <cstdio>

#include "api/app/bootstrap.h"
#include "api/app/certificates.h"
#include "api/app/config.h"
#include "api/app/data_lock.h"
#include "api/app/demo_users.h"
#include "api/app/route_tables.h"
#include "api/audit/audit.h"
#include "api/change/operation_store.h"
#include "api/change/steps.h"
#include "api/turns/migrations.h"
#include "foundation/base/files.h"
#include "foundation/crypto/certificates.h"
#include "foundation/http/process.h"

namespace api::app {
namespace {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::Result;
using foundation::database::Database;
using foundation::database::Durability;
using foundation::database::Migration;
using foundation::database::Retention;
using foundation::database::Session;
using namespace std::chrono_literals;

constexpr Milliseconds kGrace = 5s;  // for requests and writes to end by themselves
constexpr Milliseconds kRetentionPause = 1h;
constexpr Milliseconds kDeadTurnsPause = 60s;
constexpr Milliseconds kReadyPoll = 20ms;
constexpr std::size_t kMaxForwards = 9'000;  // chats on their way to the advisor
constexpr double kChatsPerMinute = 60, kChatBurst = 20;
constexpr double kReadsPerMinute = 120, kReadBurst = 60;  // each opens a turn
constexpr double kChangesPerMinute = 120, kChangeBurst = 100;
constexpr double kCallbacksPerMinute = 600, kCallbackBurst = 100;  // of one turn
constexpr double kClustersPerMinute = 2, kClusterBurst = 20;       // of one organization, opened anew

// Every room's tables, in the order in which they refer to each other.
std::vector<Migration> all_migrations() {
  std::vector<Migration> all;
  for (auto room : {tenancy::store::migrations(), identity::migrations(), audit::migrations(), turns::migrations(),
                    change::migrations()})
    all.insert(all.end(), room.begin(), room.end());
  return all;
}

// What becomes old, rows before those that they refer to.
constexpr Retention kRetentions[] = {change::kOperationRetention, turns::kTurnRetention};

// `owned`: no other process uses it, so that its tables may be brought up to date.
Result<std::unique_ptr<Database>> open_database(const Config& config, bool owned) {
  auto database = foundation::database::open_sqlite({.file = config.data / "control-plane.db"});
  if (!database || !owned) return database;
  if (auto done = (*database)->migrate(all_migrations()); !done) return std::unexpected(done.error());
  return database;
}

Result<std::unique_ptr<http::Client>> advisor_client(const Config& config, const Certificates& certificates,
                                                     async::asio::any_io_executor on) {
  auto tls = http::TlsClient::create({.authority_pem = certificates.authority_pem,
                                      .identity = certificates.control_plane,
                                      .server_name = {},
                                      .allow_tls12 = false});
  if (!tls) return std::unexpected(tls.error());
  return http::Client::create(on, {.base_url = config.ai_ops_url, .tls = std::move(*tls), .connections = kMaxForwards});
}

// Owns everything. Members are made in order and go in reverse.
class ControlPlane {
 public:
  ControlPlane(async::asio::io_context& io, Config config)
      : io_(io), config_(std::move(config)), background_(io.get_executor(), log_) {}

  async::Task<void> run();

 private:
  Done open();
  async::Task<void> fill();
  Done listen();
  Result<std::unique_ptr<http::Server>> server(const char* name, const std::string& where,
                                               std::span<const RouteRow> rows, std::optional<http::TlsServer> tls);
  async::Task<void> refresh_keys();
  async::Task<void> close_dead_turns();
  async::Task<void> delete_old_rows();
  async::Task<void> keep_tidy(async::Seat& seat);
  async::Task<void> tell_when_ready();
  async::asio::awaitable<void> stop();

  async::asio::io_context& io_;
  Config config_;
  foundation::telemetry::Log log_;
  foundation::telemetry::Metrics metrics_;
  foundation::SystemClock clock_;
  async::asio::thread_pool hashing_{1};
  async::TaskGroup background_;
  std::optional<DataLock> lock_;
  Certificates certificates_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<http::Client> advisor_;
  std::unique_ptr<turns::KeyRing> keys_;
  cluster::ClusterSet clusters_;
  std::unique_ptr<ClusterOpener> cluster_opener_;
  turns::OpenTurns open_turns_{metrics_};
  RateLimit chat_limit_{kChatsPerMinute, kChatBurst};
  RateLimit read_limit_{kReadsPerMinute, kReadBurst};
  RateLimit change_limit_{kChangesPerMinute, kChangeBurst};
  RateLimit callback_limit_{kCallbacksPerMinute, kCallbackBurst};
  RateLimit cluster_limit_{kClustersPerMinute, kClusterBurst};
  TrustedProxies trusted_proxies_;
  std::unique_ptr<identity::Authenticator> authenticator_;
  std::unique_ptr<turns::Forwarder> forwarder_;
  std::unique_ptr<reads::Reads> reads_;
  std::unique_ptr<change::Change> change_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<http::Server> public_, internal_, ops_;
};

Done ControlPlane::open() {
  auto proxies = TrustedProxies::parse(config_.trusted_proxies);
  if (!proxies) return std::unexpected(proxies.error());
  trusted_proxies_ = std::move(*proxies);
  if (auto done = foundation::make_private_folder(config_.data); !done) return done;
  auto lock = DataLock::take(config_.data);
  if (!lock) return std::unexpected(lock.error());
  lock_.emplace(std::move(*lock));
  auto certificates =
      config_.pki.empty() ? ensure_certificates(config_.data / "pki", clock_.wall()) : read_certificates(config_.pki);
  if (!certificates) return std::unexpected(certificates.error());
  certificates_ = std::move(*certificates);
  if (auto expiry = foundation::crypto::certificate_expiry(certificates_.control_plane.certificate_pem))
    metrics_.gauge("hks_certificate_expires_seconds", "When our certificate ends, in Unix time")
        .set(double(expiry->time_since_epoch() / 1s));
  auto sealing = foundation::crypto::SealingKey::open_or_create(config_.data / "sealing.key");
  if (!sealing) return std::unexpected(sealing.error());
  auto database = open_database(config_, true);
  if (!database) return std::unexpected(database.error());
  database_ = std::move(*database);
  auto advisor = advisor_client(config_, certificates_, io_.get_executor());
  if (!advisor) return std::unexpected(advisor.error());
  advisor_ = std::move(*advisor);
  keys_ = std::make_unique<turns::KeyRing>(*database_, *sealing);
  cluster_opener_ = std::make_unique<ClusterOpener>(ClusterOpener::Parts{
      *database_, clusters_, background_, metrics_, log_, std::move(*sealing), config_.service_account});
  authenticator_ = std::make_unique<identity::Authenticator>(*database_, hashing_);
  forwarder_ =
      std::make_unique<turns::Forwarder>(turns::Forwarder::Parts{*database_, *advisor_, *keys_, open_turns_, clock_});
  reads_ = std::make_unique<reads::Reads>(clusters_);
  change_ =
      std::make_unique<change::Change>(io_.get_executor(), change::Parts{*database_, clusters_, open_turns_, log_});
  services_ = std::make_unique<Services>(Services{
      clock_, metrics_, *database_, clusters_, *cluster_opener_, *authenticator_, *keys_, *forwarder_, *reads_,
      *change_, trusted_proxies_, chat_limit_, read_limit_, change_limit_, callback_limit_, cluster_limit_, *advisor_});
  return Done{};
}

async::Task<void> ControlPlane::fill() {
  if (config_.seed.empty()) co_return Done{};
  auto seed = tenancy::store::read_seed(config_.seed);
  if (!seed) co_return std::unexpected(seed.error());
  auto applied = co_await database_->write(
      Durability::durable, [seed = *seed](Session& session) { return tenancy::store::apply_seed(session, seed); });
  if (!applied) co_return applied;
  co_return co_await ensure_users(*database_, seed->users, config_.demo ? config_.data / "demo-users.txt" : "");
}

Result<std::unique_ptr<http::Server>> ControlPlane::server(const char* name, const std::string& where,
                                                           std::span<const RouteRow> rows,
                                                           std::optional<http::TlsServer> tls) {
  http::Server::Options options{.name = name, .limits = {}, .tls = std::move(tls)};
  auto server =
      http::Server::open(io_.get_executor(), where, routes_of(*services_, rows), std::move(options), metrics_, log_);
  if (server && config_.demo && !(*server)->is_loopback())
    return fail(Code::invalid, "listen on " + where, "the demo's users and passwords are for loopback only");
  return server;
}

Done ControlPlane::listen() {
  auto tls = http::TlsServer::create(certificates_.control_plane, certificates_.authority_pem);
  if (!tls) return std::unexpected(tls.error());
  auto everyone = server("public", config_.public_listen, public_routes(), std::nullopt);
  if (!everyone) return std::unexpected(everyone.error());
  auto advisor = server("internal", config_.internal_listen, internal_routes(), std::move(*tls));
  if (!advisor) return std::unexpected(advisor.error());
  auto operators = server("ops", config_.ops_listen, ops_routes(), std::nullopt);
  if (!operators) return std::unexpected(operators.error());
  public_ = std::move(*everyone);
  internal_ = std::move(*advisor);
  ops_ = std::move(*operators);
  for (auto* one : {public_.get(), internal_.get(), ops_.get()}) one->start();
  log_.info("listening",
            {{"public", public_->address()}, {"internal", internal_->address()}, {"ops", ops_->address()}});
  return Done{};
}

async::Task<void> ControlPlane::refresh_keys() {
  auto done = co_await keys_->refresh();
  if (!done) log_.error("keys_not_refreshed", {{"cause", done.error().text()}});
  co_return done;
}

async::Task<void> ControlPlane::delete_old_rows() {
  co_return co_await foundation::database::apply_retention(*database_, kRetentions, log_);
}

async::Task<void> ControlPlane::close_dead_turns() {
  auto done =
      co_await database_->write(Durability::normal, [](Session& session) { return turns::close_dead_turns(session); });
  if (!done) log_.error("turns_not_closed", {{"cause", done.error().text()}});
  co_return Done{};
}

// At once too: a process may not live until the next time.
async::Task<void> ControlPlane::keep_tidy(async::Seat& seat) {
  if (auto done = co_await delete_old_rows(); !done) co_return done;
  co_return co_await async::repeat(seat, kRetentionPause, [this] { return delete_old_rows(); });
}

// Ready when both the clusters and the advisor answer.
async::Task<void> ControlPlane::tell_when_ready() {
  for (;;) {
    async::Context ctx{"start", foundation::SteadyTime::max(), log_};
    if (clusters_.warm() && co_await advisor_->acquire(ctx)) break;
    if (auto slept = co_await async::sleep_for(kReadyPoll); !slept) co_return slept;
  }
  log_.info("ready");
  if (config_.ready_file.empty()) co_return Done{};
  json::Object addresses{{"public", "http://" + public_->address()},
                         {"internal", "https://" + internal_->address()},
                         {"ops", "http://" + ops_->address()}};
  co_return foundation::replace_file(config_.ready_file, json::to_text(addresses) + "\n",
                                     foundation::FileAccess::everyone);
}

async::asio::awaitable<void> ControlPlane::stop() {
  for (auto* one : {public_.get(), internal_.get(), ops_.get()})
    if (one) co_await one->stop(kGrace);
  if (change_) co_await change_->stop(kGrace);
  co_await clusters_.stop();
  background_.drain();
  background_.cancel();
  co_await background_.wait(Milliseconds(1h));
}

async::Task<void> ControlPlane::run() {
  Done started = open();
  if (started) started = co_await keys_->refresh();
  if (started) started = co_await fill();
  if (started) started = co_await cluster_opener_->open_all();
  if (started) {  // before anybody can ask for more
    async::Context ctx{"recovery", foundation::SteadyTime::max(), log_};
    started = co_await change_->recover(ctx);
  }
  if (started) started = listen();
  if (started) {
    background_.spawn([this](async::Seat& seat) {
      return async::repeat(seat, config_.key_refresh, [this] { return refresh_keys(); });
    });
    background_.spawn([this](async::Seat& seat) {
      return async::repeat(seat, kDeadTurnsPause, [this] { return close_dead_turns(); });
    });
    background_.spawn([this](async::Seat& seat) { return keep_tidy(seat); });
    background_.spawn([this](async::Seat&) { return tell_when_ready(); });
    auto which = co_await http::stop_signal();
    log_.info("stopping", {{"signal", which.value_or(0)}});
  }
  co_await stop();
  co_return started;
}

int serve(Config config) {
  http::prepare_process();
  async::asio::io_context io(1);
  ControlPlane control_plane(io, std::move(config));
  return http::run_to_end("hks-control-plane", io, control_plane.run());
}

int make_certificates(const Config& config) {
  auto done = foundation::make_private_folder(config.data);
  if (done)
    if (auto made = ensure_certificates(config.data / "pki", foundation::SystemClock().wall()); !made)
      done = std::unexpected(made.error());
  if (!done) fmt::print(stderr, "hks-control-plane: {}\n", done.error().text());
  return done ? 0 : 1;
}

// Beside a running control plane too: then on the tables as that one has made them, and without its lock.
struct OpenData {
  std::optional<DataLock> lock;
  std::unique_ptr<Database> database;
};

Result<OpenData> open_data(const Config& config) {
  if (auto done = foundation::make_private_folder(config.data); !done) return std::unexpected(done.error());
  auto lock = DataLock::take(config.data);
  if (!lock && lock.error().code != Code::conflict) return std::unexpected(lock.error());
  auto database = open_database(config, lock.has_value());
  if (!database) return std::unexpected(database.error());
  OpenData data{std::nullopt, std::move(*database)};
  if (lock) data.lock.emplace(std::move(*lock));
  return data;
}

async::Task<void> bootstrap(Config config) {
  const Bootstrap& wanted = config.bootstrap;
  auto data = open_data(config);
  if (!data) co_return std::unexpected(data.error());
  auto invitation = co_await bootstrap_admin(
      *data->database, {tenancy::OrganizationName(wanted.organization), tenancy::UserName(wanted.user)});
  if (!invitation) co_return std::unexpected(invitation.error());
  fmt::print(stderr, "{} manages organization {}. With this link they set a password, once, until {}:\n", wanted.user,
             wanted.organization, foundation::to_rfc3339(invitation->expires_at));
  fmt::print("{}/#{}\n", wanted.public_url, invitation->token.reveal());
  co_return Done{};
}

async::Task<void> rotate_keys(Config config) {
  auto data = open_data(config);
  if (!data) co_return std::unexpected(data.error());
  auto sealing = foundation::crypto::SealingKey::open_or_create(config.data / "sealing.key");
  if (!sealing) co_return std::unexpected(sealing.error());
  turns::KeyRing ring(*data->database, std::move(*sealing));
  if (auto done = co_await ring.refresh(config.revoke ? turns::revoke : turns::rotate_early); !done) co_return done;
  for (const auto& key : ring.keys())
    fmt::print("{} signs from {} to {}, refused from {}\n", key.kid, foundation::to_rfc3339(key.signs_from),
               foundation::to_rfc3339(key.signs_until), foundation::to_rfc3339(key.retires_at));
  co_return Done{};
}

int run_beside(async::Task<void> work) {
  async::asio::io_context io(1);
  return http::run_to_end("hks-control-plane", io, std::move(work));
}

}  // namespace
}  // namespace api::app

int main(int argc, char** argv) {
  using namespace api::app;
  auto config = read_config(argc, argv);
  if (!config) return config.error();
  foundation::telemetry::configure_log(config->log_format, foundation::telemetry::LogLevel::info);
  switch (config->command) {
    case Command::serve: return serve(std::move(*config));
    case Command::certificates: return make_certificates(*config);
    case Command::bootstrap_admin: return run_beside(bootstrap(std::move(*config)));
    case Command::rotate_keys: return run_beside(rotate_keys(std::move(*config)));
    case Command::routes: fmt::print("{}\n", route_tables_text()); return 0;
    case Command::crash_points:
      for (const auto& row : api::change::kSteps) fmt::print("{}\n", row.name);
      return 0;
  }
}
