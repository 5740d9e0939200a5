// hks-ai-ops: puts the parts together, starts them, and stops them in reverse.
#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/app/config.h"
#include "ai-ops/app/identity.h"
#include "ai-ops/app/model_setup.h"
#include "ai-ops/app/route_tables.h"
#include "ai-ops/control_plane/client.h"
#include "foundation/base/files.h"
#include "foundation/http/process.h"

namespace ai_ops::app {
namespace {

using foundation::Done;
using foundation::Milliseconds;
using foundation::Result;
using foundation::SteadyTime;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

constexpr Milliseconds kGrace = 5s;  // for turns to end by themselves
constexpr Milliseconds kReadyPoll = 50ms;
constexpr Milliseconds kFirstWait = 100ms, kLongestWait = 5s;  // for our certificate
constexpr Milliseconds kForgetEvery = 15s;
constexpr Milliseconds kRetentionPause = 1h;

// Owns everything. Members are made in order and go in reverse.
class AiOps {
 public:
  AiOps(async::asio::io_context& io, Config config)
      : io_(io),
        config_(std::move(config)),
        services_{.clock = clock_, .metrics = metrics_, .max_turns = config_.max_turns},
        background_(io.get_executor(), log_) {}

  async::Task<void> run();

 private:
  async::Task<void> serve();
  Done start_model();
  async::Task<Identity> wait_for_identity();
  Done connect(const Identity& identity);
  Result<std::unique_ptr<http::Server>> server(const char* name, const std::string& where,
                                               std::span<const RouteRow> rows, std::optional<http::TlsServer> tls);
  async::Task<void> forget_old_snapshots();
  Done open_database();
  async::Task<void> forget_old_conversations();
  async::Task<void> keep_tidy(async::Seat& seat);
  async::Task<void> tell_when_ready();
  async::asio::awaitable<void> stop();

  async::asio::io_context& io_;
  Config config_;
  foundation::telemetry::Log log_;
  foundation::telemetry::Metrics metrics_;
  foundation::SystemClock clock_;
  std::unique_ptr<foundation::database::Database> database_;
  std::optional<conversations::Conversations> conversations_;
  Services services_;
  async::TaskGroup background_;
  std::unique_ptr<llm::ReplicaSet> model_;  // none without --model
  std::unique_ptr<http::Client> connections_;
  std::unique_ptr<control_plane::KeyRefresh> keys_;
  std::unique_ptr<control_plane::Client> control_plane_;
  std::unique_ptr<http::Server> ops_, chat_;
};

Done AiOps::start_model() {
  if (config_.model.name.empty()) return Done{};
  auto model = set_up_model(config_.model, metrics_, log_, background_);
  if (!model) return std::unexpected(model.error());
  model_ = std::move(*model);
  model_->start();
  services_.model = model_.get();
  services_.served_model.emplace(ServedModel{to_string(config_.model.api), *model_});
  return Done{};
}

// The control plane writes our certificate when it first starts; there is no start order.
async::Task<Identity> AiOps::wait_for_identity() {
  for (Milliseconds wait = kFirstWait;; wait = std::min(wait * 2, kLongestWait)) {
    auto identity = open_identity(config_.pki, config_.control_plane_id);
    if (identity) co_return std::move(*identity);
    log_.warning("waiting_for_certificate", {{"cause", identity.error().text()}, {"next_try_ms", wait.count()}});
    if (auto slept = co_await async::sleep_for(wait); !slept) co_return std::unexpected(slept.error());
  }
}

Done AiOps::connect(const Identity& identity) {
  auto connections =
      http::Client::create(io_.get_executor(), {.base_url = config_.control_plane_url, .tls = identity.client});
  if (!connections) return std::unexpected(connections.error());
  connections_ = std::move(*connections);
  keys_ = std::make_unique<control_plane::KeyRefresh>(*connections_, log_,
                                                      control_plane::KeyRefresh::Times{.every = config_.key_refresh});
  control_plane_ = std::make_unique<control_plane::Client>(*connections_);
  services_.upstream.emplace(Upstream{*connections_, *keys_, *control_plane_, *control_plane_, identity.thumbprint});
  background_.spawn([this](async::Seat& seat) { return keys_->run(seat); });
  background_.spawn([this](async::Seat& seat) {
    return async::repeat(seat, kForgetEvery, [this] { return forget_old_snapshots(); });
  });
  return Done{};
}

Result<std::unique_ptr<http::Server>> AiOps::server(const char* name, const std::string& where,
                                                    std::span<const RouteRow> rows,
                                                    std::optional<http::TlsServer> tls) {
  http::Server::Options options{.name = name, .limits = {}, .tls = std::move(tls)};
  return http::Server::open(io_.get_executor(), where, routes_of(services_, rows), std::move(options), metrics_, log_);
}

Done AiOps::open_database() {
  if (auto done = foundation::make_private_folder(config_.data); !done) return done;
  auto database = foundation::database::open_sqlite({.file = config_.data / "ai-ops.db"});
  if (!database) return std::unexpected(database.error());
  if (auto done = (*database)->migrate(conversations::migrations()); !done) return done;
  database_ = std::move(*database);
  services_.conversations = &conversations_.emplace(*database_);
  return Done{};
}

async::Task<void> AiOps::forget_old_conversations() {
  async::Context ctx{"retention", SteadyTime::max(), log_};
  co_return co_await conversations_->forget_old(ctx);
}

// At once too: a process may not live until the next time.
async::Task<void> AiOps::keep_tidy(async::Seat& seat) {
  if (auto done = co_await forget_old_conversations(); !done) co_return done;
  co_return co_await async::repeat(seat, kRetentionPause, [this] { return forget_old_conversations(); });
}

async::Task<void> AiOps::forget_old_snapshots() {
  control_plane_->forget_old_snapshots();
  co_return Done{};
}

// The keys come over the same connections as everything else: with them the control plane has been reached.
async::Task<void> AiOps::tell_when_ready() {
  while (!keys_->loaded())
    if (auto slept = co_await async::sleep_for(kReadyPoll); !slept) co_return slept;
  log_.info("ready");
  if (config_.ready_file.empty()) co_return Done{};
  json::Object addresses{{"chat", "https://" + chat_->address()}, {"ops", "http://" + ops_->address()}};
  auto told =
      foundation::replace_file(config_.ready_file, json::to_text(addresses) + "\n", foundation::FileAccess::everyone);
  if (!told) log_.error("ready_file_not_written", {{"cause", told.error().text()}});
  co_return told;
}

// Ends only by a failure to start, or cancelled.
async::Task<void> AiOps::serve() {
  if (auto started = start_model(); !started) co_return started;
  if (auto opened = open_database(); !opened) co_return opened;
  background_.spawn([this](async::Seat& seat) { return keep_tidy(seat); });
  auto operators = server("ops", config_.ops_listen, ops_routes(), std::nullopt);
  if (!operators) co_return std::unexpected(operators.error());
  ops_ = std::move(*operators);
  ops_->start();
  auto identity = co_await wait_for_identity();
  if (!identity) co_return std::unexpected(identity.error());
  if (auto done = connect(*identity); !done) co_return done;
  auto turns = server("chat", config_.listen, chat_routes(), identity->server);
  if (!turns) co_return std::unexpected(turns.error());
  chat_ = std::move(*turns);
  chat_->start();
  background_.spawn([this](async::Seat&) { return tell_when_ready(); });
  co_return co_await async::sleep_until(SteadyTime::max());
}

async::asio::awaitable<void> AiOps::stop() {
  for (auto* one : {chat_.get(), ops_.get()})
    if (one) co_await one->stop(kGrace);
  background_.drain();
  background_.cancel();
  co_await background_.wait(Milliseconds(1h));
}

async::Task<void> AiOps::run() {
  auto [failed, told_to_stop] = co_await async::race(serve(), http::stop_signal());
  if (told_to_stop) log_.info("stopping", {{"signal", told_to_stop->value_or(0)}});
  co_await stop();
  co_return failed ? std::move(*failed) : Done{};
}

int serve_until_told(Config config) {
  http::prepare_process();
  async::asio::io_context io(1);
  AiOps ai_ops(io, std::move(config));
  return http::run_to_end("hks-ai-ops", io, ai_ops.run());
}

}  // namespace
}  // namespace ai_ops::app

int main(int argc, char** argv) {
  using namespace ai_ops::app;
  auto config = read_config(argc, argv);
  if (!config) return config.error();
  foundation::telemetry::configure_log(config->log_format, foundation::telemetry::LogLevel::info);
  switch (config->command) {
    case Command::serve: return serve_until_told(std::move(*config));
    case Command::routes: fmt::print("{}\n", route_tables_text()); return 0;
  }
}
