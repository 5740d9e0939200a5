#include "cli/commands/fake_control_plane.h"

#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>

#include "foundation/http/server.h"
#include "foundation/json/value.h"

namespace cli::commands {

using namespace std::chrono_literals;
namespace http = foundation::http;
namespace json = foundation::json;
namespace asio = foundation::async::asio;
using foundation::async::Context;
using foundation::async::Task;
using http::Exchange;
using http::Reply;

namespace {

constexpr const char* kToken = "Pzrx7Ou9FBCrQX7A0nu_y100Dhd64Vm1n8hibC39kXU";

constexpr const char* kShop = "/api/v1/workspaces/shop";
constexpr const char* kApproval = "/approvals/019b7d5a-0c1e-7003-8a3f-5d2c9e4b7a10";
constexpr const char* kOperation = "/operations/019b7d5a-0c1e-7004-8a3f-5d2c9e4b7a10";

std::string example(const std::string& name) { return FakeControlPlane::example(name); }

Reply problem(int status, const std::string& name) {
  return {.status = status, .headers = {{"Content-Type", "application/problem+json"}}, .body = example(name)};
}
Reply signed_out() { return problem(401, "problem.invalid_token.json"); }
Reply example_reply(int status, const std::string& name) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = example(name)};
}

}  // namespace

struct FakeControlPlane::State {
  Task<Reply> sessions(Context&, Exchange&);
  Task<Reply> sign_out(Context&, Exchange&);
  Task<Reply> workspaces(Context&, Exchange&);
  Task<Reply> chat(Context&, Exchange&);
  Task<Reply> audit(Context&, Exchange&);
  Task<Reply> scripted(Context&, Exchange&);  // every other route
  bool admits(Exchange& exchange);            // notes the request too
  http::RouteTable routes();
  asio::awaitable<void> stop() { co_await server->stop(0ms); }

  asio::io_context loop{1};
  foundation::telemetry::Metrics metrics;
  std::unique_ptr<http::Server> server;
  std::mutex mutex;  // guards what follows
  std::map<std::string, Answer> answers;
  std::map<std::string, std::vector<FakeControlPlane::Scripted>> replies;
  std::vector<std::string> names{"shop"};
  std::vector<std::string> seen;
  std::function<void()> when_hanging;
  std::map<std::string, std::function<void()>> when_asked;
  bool has_session = false;
  std::promise<void> cut;
  std::thread thread;
};

http::RouteTable FakeControlPlane::State::routes() {
  auto bound = [this](auto handler) {
    return [this, handler](Context& ctx, Exchange& exchange) { return (this->*handler)(ctx, exchange); };
  };
  using http::Method;
  std::vector<http::Route> rows{
      {Method::post, "/api/v1/sessions", "open", 64 << 10, 5s, bound(&State::sessions)},
      {Method::delete_, "/api/v1/sessions/current", "session", 0, 5s, bound(&State::sign_out)},
      {Method::get, "/api/v1/workspaces", "session", 0, 5s, bound(&State::workspaces)},
      {Method::post, "/api/v1/workspaces/{workspace}/ai/chat", "session", 64 << 10, 60s, bound(&State::chat)},
      {Method::get, "/api/v1/workspaces/{workspace}/audit", "session", 0, 5s, bound(&State::audit)}};
  const std::pair<Method, const char*> scripted_rows[] = {
      {Method::get, "/api/v1/me"},
      {Method::post, "/api/v1/invitations"},
      {Method::get, "/api/v1/workspaces/{workspace}/names"},
      {Method::get, "/api/v1/workspaces/{workspace}/audit/verification"},
      {Method::get, "/api/v1/workspaces/{workspace}/approvals"},
      {Method::get, "/api/v1/workspaces/{workspace}/approvals/{approval}"},
      {Method::post, "/api/v1/workspaces/{workspace}/approvals/{approval}/decision"},
      {Method::get, "/api/v1/workspaces/{workspace}/operations"},
      {Method::get, "/api/v1/workspaces/{workspace}/operations/{operation}"},
      {Method::post, "/api/v1/workspaces/{workspace}/operations/{operation}/undo"},
      {Method::get, "/api/v1/workspaces/{workspace}/findings"},
      {Method::get, "/api/v1/workspaces/{workspace}/conversations"},
      {Method::get, "/api/v1/workspaces/{workspace}/conversations/{conversation}"},
      {Method::delete_, "/api/v1/workspaces/{workspace}/conversations/{conversation}"},
      {Method::get, "/api/v1/workspaces/{workspace}/members"},
      {Method::post, "/api/v1/workspaces/{workspace}/members"},
      {Method::delete_, "/api/v1/workspaces/{workspace}/members/{member}"},
      {Method::get, "/api/v1/organizations/{organization}/roles"},
      {Method::post, "/api/v1/organizations/{organization}/roles"},
      {Method::patch, "/api/v1/organizations/{organization}/roles/{role}"},
      {Method::delete_, "/api/v1/organizations/{organization}/roles/{role}"},
      {Method::get, "/api/v1/organizations/{organization}/users"},
      {Method::post, "/api/v1/organizations/{organization}/users"},
      {Method::patch, "/api/v1/organizations/{organization}/users/{user}"},
      {Method::get, "/api/v1/organizations/{organization}/workspaces"},
      {Method::post, "/api/v1/organizations/{organization}/workspaces"},
      {Method::patch, "/api/v1/organizations/{organization}/workspaces/{workspace}"}};
  for (auto [method, pattern] : scripted_rows)
    rows.push_back({method, pattern, "session", 64 << 10, 5s, bound(&State::scripted)});
  auto table = http::RouteTable::create(std::move(rows));
  if (!table) throw std::runtime_error(table.error().text());
  return std::move(*table);
}

FakeControlPlane::FakeControlPlane() : state_(std::make_unique<State>()) {
  const std::tuple<const char*, std::string, const char*> examples[] = {
      {"GET ", "/api/v1/me", "me.reply.json"},
      {"GET ", std::string(kShop) + "/names", "names.reply.json"},
      {"GET ", std::string(kShop) + "/audit/verification", "audit_verification.reply.json"},
      {"GET ", std::string(kShop) + "/approvals", "approvals.reply.json"},
      {"GET ", std::string(kShop) + kApproval, "approval.open.json"},
      {"POST ", std::string(kShop) + kApproval + "/decision", "decision.approved.json"},
      {"GET ", std::string(kShop) + "/operations", "operation_records.reply.json"},
      {"GET ", std::string(kShop) + kOperation, "operation_record.settled.json"},
      {"POST ", std::string(kShop) + kOperation + "/undo", "undo.reply.json"}};
  for (const auto& [method, path, name] : examples) state_->replies[method + path] = {{200, example(name)}};
  auto acceptor = http::listen_on(state_->loop.get_executor(), "127.0.0.1:0");
  if (!acceptor) throw std::runtime_error(acceptor.error().text());
  state_->server =
      std::make_unique<http::Server>(std::move(*acceptor), state_->routes(), http::Server::Options{.name = "fake"},
                                     state_->metrics, foundation::telemetry::Log());
  state_->server->start();
  state_->thread = std::thread([this] { state_->loop.run(); });
}

FakeControlPlane::~FakeControlPlane() {
  asio::co_spawn(state_->loop, state_->stop(), [](std::exception_ptr) {});
  state_->thread.join();
}

std::string FakeControlPlane::url() const { return "http://" + state_->server->address(); }

void FakeControlPlane::answer(std::string message, Answer answer) {
  std::scoped_lock lock(state_->mutex);
  state_->answers[std::move(message)] = std::move(answer);
}

void FakeControlPlane::reply(std::string request, std::vector<Scripted> replies) {
  std::scoped_lock lock(state_->mutex);
  state_->replies[std::move(request)] = std::move(replies);
}

std::string FakeControlPlane::example(const std::string& name) {
  std::ifstream file("contracts/examples/" + name);
  if (!file) throw std::runtime_error("run from the repository's root: no example " + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void FakeControlPlane::set_workspaces(std::vector<std::string> names) {
  std::scoped_lock lock(state_->mutex);
  state_->names = std::move(names);
}

void FakeControlPlane::end_session() {
  std::scoped_lock lock(state_->mutex);
  state_->has_session = false;
}

std::vector<std::string> FakeControlPlane::seen() const {
  std::scoped_lock lock(state_->mutex);
  return state_->seen;
}

void FakeControlPlane::when_hanging(std::function<void()> then) {
  std::scoped_lock lock(state_->mutex);
  state_->when_hanging = std::move(then);
}

void FakeControlPlane::when_asked(std::string request, std::function<void()> then) {
  std::scoped_lock lock(state_->mutex);
  state_->when_asked[std::move(request)] = std::move(then);
}

bool FakeControlPlane::was_cut() { return state_->cut.get_future().wait_for(10s) == std::future_status::ready; }

bool FakeControlPlane::State::admits(Exchange& exchange) {
  const auto& request = exchange.request();
  std::scoped_lock lock(mutex);
  seen.push_back(std::string(to_string(request.method)) + " " + request.target + " " + request.body);
  return has_session && request.headers.find("Authorization") == std::string("Bearer ") + kToken;
}

Task<Reply> FakeControlPlane::State::sessions(Context&, Exchange& exchange) {
  admits(exchange);
  auto asked = json::parse_strict(exchange.request().body);
  bool known = false;
  for (const char* said : {"sign_in.request.json", "sign_in.fewer.json"})
    known = known || (asked && *asked == *json::parse_strict(example(said)));
  if (!known) co_return problem(401, "sign_in.refused.json");
  std::scoped_lock lock(mutex);
  has_session = true;
  co_return example_reply(201, "sign_in.reply.json");
}

Task<Reply> FakeControlPlane::State::sign_out(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  std::scoped_lock lock(mutex);
  has_session = false;
  co_return Reply{.status = 204};
}

Task<Reply> FakeControlPlane::State::workspaces(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  json::Array rows;
  std::scoped_lock lock(mutex);
  for (const auto& name : names)
    rows.push_back(json::Object{{"name", name}, {"organization", "demo"}, {"roles", json::Array()}});
  co_return http::json_reply(200, json::Object{{"workspaces", rows}});
}

Task<Reply> FakeControlPlane::State::chat(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  auto body = json::parse_strict(exchange.request().body);
  std::string message(body ? body->as_object()["message"].as_string() : "");
  Answer answer;
  std::function<void()> hanging;
  {
    std::scoped_lock lock(mutex);
    if (!answers.contains(message)) co_return problem(409, "chat.busy.json");
    answer = answers[message];
    hanging = when_hanging;
  }
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  for (const std::string& frame : answer.frames)
    if (auto written = co_await (*stream)->write(frame); !written) co_return std::unexpected(written.error());
  if (!answer.hang) co_return Reply{.streamed = true};
  if (hanging) hanging();
  auto slept = co_await foundation::async::sleep_for(60s);
  if (!slept) cut.set_value();
  co_return foundation::fail(foundation::Code::cancelled, "answer", "cut");
}

Task<Reply> FakeControlPlane::State::audit(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  if (exchange.path_value("workspace") != "shop") co_return problem(403, "problem.denied.json");
  co_return example_reply(200, "audit.reply.json");
}

Task<Reply> FakeControlPlane::State::scripted(Context&, Exchange& exchange) {
  const auto& request = exchange.request();
  bool is_open = request.target == "/api/v1/invitations";
  if (!admits(exchange) && !is_open) co_return signed_out();
  auto path = request.target.substr(0, request.target.find('?'));
  std::scoped_lock lock(mutex);
  if (is_open) has_session = true;
  std::string asked = std::string(to_string(request.method)) + " " + path;
  if (auto then = when_asked.find(asked); then != when_asked.end()) then->second();
  auto found = replies.find(asked);
  if (found == replies.end()) co_return problem(404, "problem.not_found.json");
  auto reply = found->second.front();
  if (found->second.size() > 1) found->second.erase(found->second.begin());
  co_return Reply{.status = reply.status, .headers = {{"Content-Type", "application/json"}}, .body = reply.body};
}

}  // namespace cli::commands
