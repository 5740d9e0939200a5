// bench-cluster-reader: an advisor that measures what it reads. Chats that are held open lend it their tokens; then it
// reads the workspace's snapshot (whole and revalidated), parses and diagnoses it, and labels pods on the cluster to
// see how soon the control plane shows it. Prints one line of JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "ai-ops/control_plane/client.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/base/files.h"
#include "foundation/http/server.h"
#include "foundation/http/sse.h"
#include "foundation/json/view.h"

namespace bench {
namespace {

namespace async = foundation::async;
namespace http = foundation::http;
namespace json = foundation::json;
using ai_ops::control_plane::Caller;
using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Milliseconds;
using foundation::Result;
using foundation::Secret;
using foundation::kubernetes::ObjectRef;
using foundation::kubernetes::Snapshot;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxBody = 1 << 30;
constexpr Milliseconds kPollEvery = 1ms;     // of a change that is not seen yet; each turn may ask 10 times a second
constexpr Milliseconds kSeenTime = 30s;      // a change that is not seen then never will be
constexpr Milliseconds kChangesTime = 150s;  // of all changes: the turns that lend their tokens live for 270 s
constexpr std::string_view kLabel = "bench";

struct Plan {
  std::string listen, control_plane, workspace, cluster;
  std::filesystem::path pki, cluster_ca, cluster_token;
  std::size_t turns = 100, rounds = 7, changes = 200;
};

double ms_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

json::Value spread(std::vector<double> times) {
  if (times.empty()) return nullptr;
  std::ranges::sort(times);
  auto at = [&](std::size_t percent) { return times[(times.size() - 1) * percent / 100]; };
  return json::Object{{"p50", at(50)}, {"p99", at(99)}, {"min", times.front()}};
}

class Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(async::asio::any_io_executor on, Plan plan);
  async::Task<void> run();  // serves until it has measured

 private:
  Reader(async::asio::any_io_executor on, Plan plan)
      : plan_(std::move(plan)), all_there_(on, Clock::time_point::max()) {}
  Done listen(async::asio::any_io_executor on, const http::TlsIdentity& identity, const std::string& authority);
  async::Task<http::Reply> lend(async::Context& ctx, http::Exchange& exchange);
  async::Task<void> measure(async::Context ctx);
  async::Task<void> read_whole(async::Context& ctx);
  async::Task<void> revalidate(async::Context& ctx);
  async::Task<void> change_pods(async::Context& ctx);
  async::Task<void> label(async::Context& ctx, ObjectRef pod, std::string value);
  async::Task<void> wait_seen(async::Context& ctx, ObjectRef pod, std::string value);
  http::Request ask(std::string_view rest);
  const Caller& next_caller() { return callers_[next_++ % callers_.size()]; }

  Plan plan_;
  Secret cluster_token_;
  async::asio::steady_timer all_there_;  // never expires: cancelling it is the signal
  std::vector<Caller> callers_;
  std::size_t next_ = 0;
  std::unique_ptr<http::Client> control_plane_, cluster_;
  foundation::telemetry::Metrics metrics_;
  std::unique_ptr<http::Server> server_;
  std::vector<ObjectRef> pods_;
  std::string etag_;
  json::Object report_;
};

Result<std::unique_ptr<Reader>> Reader::open(async::asio::any_io_executor on, Plan plan) {
  std::unique_ptr<Reader> reader(new Reader(on, plan));
  std::string files[5];
  const std::filesystem::path paths[] = {plan.pki / "ca.crt", plan.pki / "ai-ops.crt", plan.pki / "ai-ops.key",
                                         plan.cluster_ca, plan.cluster_token};
  for (std::size_t i = 0; i < std::size(paths); ++i) {
    auto text = foundation::read_file(paths[i]);
    if (!text) return std::unexpected(text.error());
    files[i] = std::move(*text);
  }
  http::TlsIdentity identity{files[1], Secret(files[2])};
  reader->cluster_token_ = Secret(files[4]);
  auto tls = http::TlsClient::create({.authority_pem = files[0], .identity = identity});
  auto cluster_tls = http::TlsClient::create({.authority_pem = files[3]});
  if (!tls) return std::unexpected(tls.error());
  if (!cluster_tls) return std::unexpected(cluster_tls.error());
  auto control_plane = http::Client::create(on, {.base_url = plan.control_plane, .tls = std::move(*tls)});
  auto cluster = http::Client::create(on, {.base_url = plan.cluster, .tls = std::move(*cluster_tls)});
  if (!control_plane) return std::unexpected(control_plane.error());
  if (!cluster) return std::unexpected(cluster.error());
  reader->control_plane_ = std::move(*control_plane);
  reader->cluster_ = std::move(*cluster);
  if (auto done = reader->listen(on, identity, files[0]); !done) return std::unexpected(done.error());
  return reader;
}

Done Reader::listen(async::asio::any_io_executor on, const http::TlsIdentity& identity, const std::string& authority) {
  auto tls = http::TlsServer::create(identity, authority);
  if (!tls) return std::unexpected(tls.error());
  std::vector<http::Route> routes{
      {.method = http::Method::post,
       .pattern = "/v1/chat",
       .access = "peer",
       .deadline = 1h,
       .handler = [this](async::Context& ctx, http::Exchange& exchange) { return lend(ctx, exchange); }}};
  auto server = http::Server::open(on, plan_.listen, std::move(routes),
                                   {.name = "reader", .limits = {}, .tls = std::move(*tls)}, metrics_, {});
  if (!server) return std::unexpected(server.error());
  server_ = std::move(*server);
  return {};
}

async::Task<http::Reply> Reader::lend(async::Context&, http::Exchange& exchange) {
  auto stream = co_await exchange.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  auto first = http::sse_frame("1", "agent", R"({"name":"workloads","task":"looks at what runs"})");
  if (auto written = co_await (*stream)->write(first); !written) co_return std::unexpected(written.error());
  auto bearer = exchange.request().headers.find("Authorization").value_or("");
  callers_.push_back({Secret(std::string(bearer.substr(bearer.find(' ') + 1))), "", plan_.workspace, ""});
  if (callers_.size() == plan_.turns) all_there_.cancel();
  if (auto slept = co_await async::sleep_for(1h); !slept) co_return std::unexpected(slept.error());
  co_return http::Reply{.streamed = true};
}

http::Request Reader::ask(std::string_view rest) {
  http::Request request{.target = fmt::format("/internal/v1/workspaces/{}/{}", plan_.workspace, rest)};
  request.headers.set("Authorization", "Bearer " + next_caller().token.reveal());
  return request;
}

async::Task<void> Reader::read_whole(async::Context& ctx) {
  std::vector<double> first, transfer, parse, diagnose, together;
  for (std::size_t round = 0; round < plan_.rounds; ++round) {
    auto began = Clock::now();
    auto read = co_await control_plane_->send(ctx, ask("snapshot"), kMaxBody);
    if (!read) co_return std::unexpected(read.error());
    if (read->status != 200) co_return fail(Code::corrupt, "snapshot", fmt::format("{} {}", read->status, read->body));
    transfer.push_back(ms_since(began));
    auto at = Clock::now();
    auto snapshot = foundation::kubernetes::parse_snapshot(read->body);
    if (!snapshot) co_return std::unexpected(snapshot.error());
    parse.push_back(ms_since(at));
    at = Clock::now();
    ai_ops::diagnosis::Cluster cluster(*snapshot);
    auto wanted = ai_ops::diagnosis::logs_wanted(cluster);
    auto findings = ai_ops::diagnosis::diagnose({&cluster, {}, foundation::SystemClock().wall()});
    diagnose.push_back(ms_since(at));
    together.push_back(ms_since(began));
    report_["bytes"] = read->body.size();
    report_["objects"] = snapshot->size();
    report_["findings"] = findings.size();
    pods_.clear();
    for (const auto& pod : snapshot->of_kind("Pod")) pods_.push_back(pod.ref());
  }
  report_["transfer_ms"] = spread(transfer);
  report_["parse_ms"] = spread(parse);
  report_["diagnose_ms"] = spread(diagnose);
  report_["together_ms"] = spread(together);
  co_return Done{};
}

// One user's: an answer is revalidated for whom it was made for only.
async::Task<void> Reader::revalidate(async::Context& ctx) {
  std::vector<double> times;
  std::string etag;
  for (std::size_t round = 0; round <= plan_.rounds; ++round) {
    next_ = 0;
    auto request = ask("snapshot");
    if (!etag.empty()) request.headers.set("If-None-Match", etag);
    auto began = Clock::now();
    auto read = co_await control_plane_->send(ctx, std::move(request), kMaxBody);
    if (!read) co_return std::unexpected(read.error());
    if (read->status != (etag.empty() ? 200 : 304)) co_return fail(Code::corrupt, "revalidate", "no 304");
    if (!etag.empty()) times.push_back(ms_since(began));
    etag = read->headers.find("ETag").value_or("");
  }
  report_["revalidate_ms"] = spread(times);
  co_return Done{};
}

async::Task<void> Reader::label(async::Context& ctx, ObjectRef pod, std::string value) {
  http::Request request{.method = http::Method::patch,
                        .target = fmt::format("/api/v1/namespaces/{}/pods/{}", pod.namespace_name, pod.name)};
  request.headers.set("Authorization", "Bearer " + cluster_token_.reveal());
  request.headers.set("Content-Type", "application/merge-patch+json");
  request.body = fmt::format(R"({{"metadata":{{"labels":{{"{}":"{}"}}}}}})", kLabel, value);
  auto answer = co_await cluster_->send(ctx, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 200) co_return fail(Code::corrupt, "label a pod", answer->body);
  co_return Done{};
}

async::Task<void> Reader::wait_seen(async::Context& ctx, ObjectRef pod, std::string value) {
  auto until = Clock::now() + kSeenTime;
  while (Clock::now() < until) {
    auto read = co_await control_plane_->send(ctx, ask(fmt::format("objects/Pod/{}/{}", pod.namespace_name, pod.name)));
    if (!read) co_return std::unexpected(read.error());
    if (read->status != 200)
      co_return fail(Code::corrupt, "read a pod", fmt::format("{} {}", read->status, read->body));
    auto object = json::parse_tolerant(read->body);
    if (object && json::View(*object)["metadata"]["labels"][kLabel].text() == value) co_return Done{};
    if (auto slept = co_await async::sleep_for(kPollEvery); !slept) co_return slept;
  }
  co_return fail(Code::deadline, "read a pod", "its change is never seen");
}

async::Task<void> Reader::change_pods(async::Context& ctx) {
  std::vector<double> answered, seen;
  auto until = Clock::now() + kChangesTime;
  for (std::size_t i = 0; i < plan_.changes && !pods_.empty() && Clock::now() < until; ++i) {
    const auto& pod = pods_[i * pods_.size() / plan_.changes];
    auto value = std::to_string(i);
    auto began = Clock::now();
    if (auto done = co_await label(ctx, pod, value); !done) co_return done;
    answered.push_back(ms_since(began));
    began = Clock::now();
    if (auto done = co_await wait_seen(ctx, pod, value); !done) co_return done;
    seen.push_back(ms_since(began));
  }
  report_["changes"] = seen.size();
  report_["change_answered_ms"] = spread(answered);
  report_["change_seen_ms"] = spread(seen);
  co_return Done{};
}

async::Task<void> Reader::measure(async::Context ctx) {
  while (callers_.size() < plan_.turns) co_await all_there_.async_wait(async::as_result);
  if (auto done = co_await read_whole(ctx); !done) co_return done;
  if (auto done = co_await revalidate(ctx); !done) co_return done;
  co_return co_await change_pods(ctx);
}

async::Task<void> Reader::run() {
  server_->start();
  async::Context ctx{"bench", Clock::now() + 1h, {}};
  auto measured = co_await measure(ctx);
  co_await server_->stop(0s);
  if (measured) fmt::print("{}\n", json::to_text(report_));
  co_return measured;
}

int run(Plan plan) {
  std::signal(SIGPIPE, SIG_IGN);
  foundation::telemetry::configure_log(foundation::telemetry::LogFormat::text, foundation::telemetry::LogLevel::error);
  async::asio::io_context loop(1);
  auto reader = Reader::open(loop.get_executor(), std::move(plan));
  Done ended = reader ? Done{} : std::unexpected(reader.error());
  if (reader) {
    async::asio::co_spawn(loop, async::in_branch<void>((*reader)->run()), [&](std::exception_ptr thrown, Done done) {
      if (thrown) std::rethrow_exception(thrown);
      ended = std::move(done);
    });
    loop.run();
  }
  if (!ended) fmt::print(stderr, "bench-cluster-reader: {}\n", ended.error().text());
  return ended ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  CLI::App cli("Reads a whole cluster through the control plane, and measures");
  bench::Plan plan;
  cli.add_option("--listen", plan.listen, "HOST:PORT or fd:N, where the chats come")->required();
  cli.add_option("--pki", plan.pki, "folder with ca.crt, ai-ops.crt and ai-ops.key")->required();
  cli.add_option("--control-plane", plan.control_plane, "https://HOST:PORT of its internal API")->required();
  cli.add_option("--workspace", plan.workspace, "whose cluster is read")->required();
  cli.add_option("--cluster", plan.cluster, "https://HOST:PORT of its API server")->required();
  cli.add_option("--cluster-ca", plan.cluster_ca, "its authority, PEM")->required();
  cli.add_option("--cluster-token", plan.cluster_token, "file with a token for it")->required();
  cli.add_option("--turns", plan.turns, "how many chats lend their tokens");
  cli.add_option("--changes", plan.changes, "how many pods are changed");
  CLI11_PARSE(cli, argc, argv);
  return bench::run(std::move(plan));
}
