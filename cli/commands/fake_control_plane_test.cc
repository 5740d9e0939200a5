#include "cli/commands/fake_control_plane.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "foundation/json/value.h"

namespace cli::commands {

using namespace std::chrono_literals;
namespace http = foundation::http;
namespace json = foundation::json;
using foundation::async::Context;
using foundation::async::Task;
using http::Exchange;
using http::Reply;

namespace {

constexpr const char* kToken = "Pzrx7Ou9FBCrQX7A0nu_y100Dhd64Vm1n8hibC39kXU";

std::string example(const std::string& name) {
  std::ifstream file("contracts/examples/" + name);
  if (!file) throw std::runtime_error("run from the repository's root: no example " + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Reply problem(int status, const std::string& name) {
  return {.status = status, .headers = {{"Content-Type", "application/problem+json"}}, .body = example(name)};
}
Reply signed_out() { return problem(401, "problem.invalid_token.json"); }
Reply example_reply(int status, const std::string& name) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = example(name)};
}

}  // namespace

FakeControlPlane::FakeControlPlane() {
  auto acceptor = http::listen_on(loop_.get_executor(), "127.0.0.1:0");
  auto bound = [this](auto handler) {
    return [this, handler](Context& ctx, Exchange& exchange) { return (this->*handler)(ctx, exchange); };
  };
  using http::Method;
  auto routes = http::RouteTable::create(
      {{Method::post, "/api/v1/sessions", "open", 64 << 10, 5s, bound(&FakeControlPlane::sessions)},
       {Method::delete_, "/api/v1/sessions/current", "session", 0, 5s, bound(&FakeControlPlane::sign_out)},
       {Method::get, "/api/v1/workspaces", "session", 0, 5s, bound(&FakeControlPlane::workspaces)},
       {Method::post, "/api/v1/workspaces/{workspace}/ai/chat", "session", 64 << 10, 60s,
        bound(&FakeControlPlane::chat)},
       {Method::get, "/api/v1/workspaces/{workspace}/audit", "session", 0, 5s, bound(&FakeControlPlane::audit)}});
  if (!acceptor || !routes) throw std::runtime_error("the fake cannot listen");
  server_ =
      std::make_unique<http::Server>(std::move(*acceptor), std::move(*routes), http::Server::Options{.name = "fake"},
                                     metrics_, foundation::telemetry::Log());
  server_->start();
  thread_ = std::thread([this] { loop_.run(); });
}

FakeControlPlane::~FakeControlPlane() {
  foundation::async::asio::co_spawn(loop_, stop(), [](std::exception_ptr) {});
  thread_.join();
}

foundation::async::asio::awaitable<void> FakeControlPlane::stop() { co_await server_->stop(0ms); }

void FakeControlPlane::answer(std::string message, Answer answer) {
  std::scoped_lock lock(mutex_);
  answers_[std::move(message)] = std::move(answer);
}

void FakeControlPlane::set_workspaces(std::vector<std::string> names) {
  std::scoped_lock lock(mutex_);
  workspaces_ = std::move(names);
}

void FakeControlPlane::end_session() {
  std::scoped_lock lock(mutex_);
  has_session_ = false;
}

std::vector<std::string> FakeControlPlane::seen() const {
  std::scoped_lock lock(mutex_);
  return seen_;
}

bool FakeControlPlane::was_cut() { return cut_.get_future().wait_for(10s) == std::future_status::ready; }

void FakeControlPlane::when_hanging(std::function<void()> then) {
  std::scoped_lock lock(mutex_);
  when_hanging_ = std::move(then);
}

bool FakeControlPlane::admits(Exchange& exchange) {
  const auto& request = exchange.request();
  std::scoped_lock lock(mutex_);
  seen_.push_back(std::string(to_string(request.method)) + " " + request.target + " " + request.body);
  return has_session_ && request.headers.find("Authorization") == std::string("Bearer ") + kToken;
}

Task<Reply> FakeControlPlane::sessions(Context&, Exchange& exchange) {
  admits(exchange);
  auto asked = json::parse_strict(exchange.request().body);
  if (!asked || *asked != *json::parse_strict(example("sign_in.request.json")))
    co_return problem(401, "sign_in.refused.json");
  std::scoped_lock lock(mutex_);
  has_session_ = true;
  co_return example_reply(201, "sign_in.reply.json");
}

Task<Reply> FakeControlPlane::sign_out(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  end_session();
  co_return Reply{.status = 204};
}

Task<Reply> FakeControlPlane::workspaces(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  json::Array rows;
  std::scoped_lock lock(mutex_);
  for (const auto& name : workspaces_)
    rows.push_back(json::Object{{"name", name}, {"organization", "demo"}, {"roles", json::Array()}});
  co_return http::json_reply(200, json::Object{{"workspaces", rows}});
}

Task<Reply> FakeControlPlane::chat(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  auto body = json::parse_strict(exchange.request().body);
  std::string message(body ? body->as_object()["message"].as_string() : "");
  Answer answer;
  std::function<void()> hanging;
  {
    std::scoped_lock lock(mutex_);
    if (!answers_.contains(message)) co_return problem(409, "chat.busy.json");
    answer = answers_[message];
    hanging = when_hanging_;
  }
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  for (const std::string& frame : answer.frames)
    if (auto written = co_await (*stream)->write(frame); !written) co_return std::unexpected(written.error());
  if (!answer.hang) co_return Reply{.streamed = true};
  if (hanging) hanging();
  auto slept = co_await foundation::async::sleep_for(60s);
  if (!slept) cut_.set_value();
  co_return foundation::fail(foundation::Code::cancelled, "answer", "cut");
}

Task<Reply> FakeControlPlane::audit(Context&, Exchange& exchange) {
  if (!admits(exchange)) co_return signed_out();
  if (exchange.path_value("workspace") != "shop") co_return problem(403, "problem.denied.json");
  co_return example_reply(200, "audit.reply.json");
}

}  // namespace cli::commands
