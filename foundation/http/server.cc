#include "foundation/http/server.h"

#include "foundation/http/session.h"

namespace foundation::http {
namespace {

constexpr std::size_t kTurnedAway = 64;             // connections over the limit that are told so; more are just closed
constexpr Milliseconds kAcceptPause{100};           // after a failed accept: no descriptors, most likely
constexpr Milliseconds kUntilEnded{24 * 3600'000};  // every session sees its cancellation long before

}  // namespace

struct Server::State {
  State(Tcp::acceptor a, RouteTable r, Options o, telemetry::Metrics& m, telemetry::Log l)
      : acceptor(std::move(a)),
        routes(std::move(r)),
        options(std::move(o)),
        metrics(m, options.name),
        log(l.with({{"listener", options.name}})),
        accepting(acceptor.get_executor(), log),
        sessions(acceptor.get_executor(), log),
        turned_away(acceptor.get_executor(), log) {}

  async::Task<void> accept_all();
  void take(Tcp::socket socket);

  Tcp::acceptor acceptor;
  RouteTable routes;
  Options options;
  ListenerMetrics metrics;
  telemetry::Log log;
  Listener listener{routes, options, metrics, log};
  async::TaskGroup accepting;
  async::TaskGroup sessions;
  async::TaskGroup turned_away;
};

async::Task<void> Server::State::accept_all() {
  for (;;) {
    auto [ec, socket] = co_await acceptor.async_accept(async::as_result);
    if (!ec) {
      take(std::move(socket));
      continue;
    }
    if (ec == async::asio::error::operation_aborted) co_return std::unexpected(async::error_from(ec, "accept"));
    log.warning("accept_failed", {{"cause", ec.message()}});
    if (auto slept = co_await async::sleep_for(kAcceptPause); !slept) co_return slept;
  }
}

void Server::State::take(Tcp::socket socket) {
  if (sessions.size() < options.limits.connections) {
    sessions.spawn([this, taken = std::move(socket)](async::Seat& seat) mutable {
      return serve_connection(listener, std::move(taken), seat);
    });
  } else if (!options.tls && turned_away.size() < kTurnedAway) {  // a handshake is too dear for saying no
    turned_away.spawn([refused = std::move(socket)](async::Seat&) mutable { return turn_away(std::move(refused)); });
  }
}

Server::Server(Tcp::acceptor acceptor, RouteTable routes, Options options, telemetry::Metrics& metrics,
               telemetry::Log log)
    : state_(std::make_unique<State>(std::move(acceptor), std::move(routes), std::move(options), metrics,
                                     std::move(log))) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(async::asio::any_io_executor on, std::string_view where,
                                             std::vector<Route> routes, Options options, telemetry::Metrics& metrics,
                                             telemetry::Log log) {
  auto acceptor = listen_on(on, where);
  if (!acceptor) return std::unexpected(acceptor.error());
  auto table = RouteTable::create(std::move(routes));
  if (!table) return std::unexpected(table.error());
  return std::make_unique<Server>(std::move(*acceptor), std::move(*table), std::move(options), metrics, std::move(log));
}

void Server::start() {
  state_->log.info("listening", {{"address", address()}});
  state_->accepting.spawn([state = state_.get()](async::Seat&) { return state->accept_all(); });
}

async::asio::awaitable<void> Server::stop(Milliseconds grace) {
  state_->accepting.cancel();
  co_await state_->accepting.wait(kUntilEnded);
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->turned_away.cancel();
  state_->sessions.drain();
  if (!co_await state_->sessions.wait(grace)) {
    state_->log.warning("sessions_cut", {{"count", state_->sessions.size()}});
    state_->sessions.cancel();
  }
  co_await state_->sessions.wait(kUntilEnded);
  co_await state_->turned_away.wait(kUntilEnded);
}

std::string Server::address() const { return address_text(state_->acceptor); }

bool Server::is_loopback() const {
  boost::system::error_code ec;
  auto bound = state_->acceptor.local_endpoint(ec);
  return !ec && bound.address().is_loopback();
}

}  // namespace foundation::http
