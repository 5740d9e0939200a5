#include "ai-ops/chat/run_turn.h"

#include <chrono>
#include <utility>

#include "ai-ops/tools/tools.h"
#include "foundation/json/view.h"

namespace ai_ops::chat {

using agents::Happened;
using foundation::Code;
using foundation::Done;
using foundation::Error;
using foundation::fail;
using foundation::Milliseconds;
using foundation::Result;
using foundation::SteadyTime;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kMaxSummaryBytes = 1000;
constexpr std::string_view kNoTime = "there was no time left for it";

// The first bytes, never none; cut before a character that does not fit.
std::string_view first_bytes(std::string_view text, std::size_t most) {
  constexpr int kContinuations = 3;  // of the longest character
  if (text.size() <= most) return text;
  std::size_t end = most;
  for (int i = 0; i < kContinuations && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++i) --end;
  return text.substr(0, end);
}

// What the user may know of a failure: its cause alone is written for people.
Error for_user(const Error& error) { return {error.code, error.cause.empty() ? error.doing : error.cause, {}}; }

SteadyTime end_of_thinking(SteadyTime start, SteadyTime deadline) {
  if (deadline == SteadyTime::max()) return deadline;
  return start + (deadline - start) * kThinkingPercent / 100;
}

std::int64_t ms_since(SteadyTime then) {
  return std::chrono::duration_cast<Milliseconds>(steady_clock::now() - then).count();
}

json::Object arguments_of(const diagnosis::LogWanted& wanted) {
  json::Object out{{"project", wanted.project}, {"pod", wanted.pod}, {"tail_lines", kDiagnosisLogLines}};
  if (!wanted.container.empty()) out["container"] = wanted.container;
  if (wanted.previous) out["previous"] = true;
  return out;
}

std::vector<std::string> lines_of(const json::Value& result) {
  std::vector<std::string> lines;
  for (const auto& line : json::View(result)["lines"].array()) lines.emplace_back(json::View(line).text());
  return lines;
}

class TurnRun {
 public:
  TurnRun(async::Context& ctx, Parts& parts, control_plane::Caller& caller, agents::TurnInput input,
          EventWriter& writer)
      : ctx_(ctx),
        parts_(parts),
        caller_(caller),
        writer_(writer),
        turn_(std::move(input)),
        thinking_{ctx.request_id, end_of_thinking(start_, ctx.deadline), ctx.log} {}

  async::Task<void> run();
  async::Task<void> give_up();
  bool cut_in_an_event() const { return writing_; }

 private:
  async::Task<Happened> perform(agents::Step step);
  async::Task<Happened> on(agents::FetchSnapshot);
  async::Task<Happened> on(agents::FetchLogs step);
  async::Task<Happened> on(agents::CallTool step);
  async::Task<Happened> on(agents::RequestOperation step);
  async::Task<Happened> on(agents::ShowAgent step);
  async::Task<Happened> on(agents::ShowFindings step);
  async::Task<Happened> on(agents::Say step);
  async::Task<Happened> on(agents::Finish);

  async::Task<void> emit(std::string name, json::Object members);
  async::Task<json::Value> call(std::string id, std::string name, json::Object arguments);
  bool is_time_up() const { return steady_clock::now() >= thinking_.deadline; }

  async::Context& ctx_;
  Parts& parts_;
  control_plane::Caller& caller_;
  EventWriter& writer_;
  SteadyTime start_ = steady_clock::now();
  agents::Turn turn_;
  async::Context thinking_;  // for reads: ends earlier than ctx_
  std::int64_t seq_ = 0;
  bool writing_ = false;
};

async::Task<void> TurnRun::run() {
  Happened happened = agents::Started{};
  for (;;) {
    agents::Step step = turn_.resume(std::move(happened));
    if (std::holds_alternative<agents::Finish>(step)) break;
    auto performed = co_await perform(std::move(step));
    if (!performed) co_return std::unexpected(performed.error());
    happened = std::move(*performed);
  }
  co_return co_await emit(
      "usage", {{"model", nullptr}, {"input_tokens", 0}, {"output_tokens", 0}, {"duration_ms", ms_since(start_)}});
}

async::Task<void> TurnRun::give_up() {
  return emit(
      "error",
      {{"code", "deadline"}, {"text", "The answer took too long and was stopped."}, {"request_id", ctx_.request_id}});
}

async::Task<Happened> TurnRun::perform(agents::Step step) {
  return std::visit([this](auto& what) { return on(std::move(what)); }, step);
}

async::Task<void> TurnRun::emit(std::string name, json::Object members) {
  json::Object data{{"seq", ++seq_}, {"turn_id", caller_.turn}, {"at", foundation::to_rfc3339(parts_.clock.wall())}};
  for (auto& [member, value] : members) data[member] = std::move(value);
  writing_ = true;
  auto written = co_await writer_.write(seq_, std::move(name), std::move(data));
  if (written) writing_ = false;  // else nobody knows how much of it went out
  co_return written;
}

async::Task<Happened> TurnRun::on(agents::FetchSnapshot) {
  auto snapshot = co_await parts_.reads.snapshot(thinking_, caller_);
  if (!snapshot) snapshot = std::unexpected(for_user(snapshot.error()));
  co_return agents::SnapshotFetched{std::move(snapshot), parts_.clock.wall()};
}

// One read, with its two events. An Error is the read's, or the writer's, which fails again at the next event.
async::Task<json::Value> TurnRun::call(std::string id, std::string name, json::Object arguments) {
  const tools::Tool* tool = tools::find_tool(name);
  if (!tool) co_return fail(Code::not_found, "there is no tool " + name);
  if (is_time_up()) co_return fail(Code::deadline, std::string(kNoTime));
  auto started = co_await emit("tool", {{"id", id}, {"name", name}, {"state", "started"}, {"arguments", arguments}});
  if (!started) co_return std::unexpected(started.error());
  SteadyTime begin = steady_clock::now();
  auto outcome = co_await tool->run(thinking_, parts_.reads, caller_, std::move(arguments));
  std::string summary = outcome ? outcome->summary : for_user(outcome.error()).doing;
  auto finished = co_await emit("tool", {{"id", id},
                                         {"name", name},
                                         {"state", "finished"},
                                         {"duration_ms", ms_since(begin)},
                                         {"summary", first_bytes(summary, kMaxSummaryBytes)}});
  if (!finished) co_return std::unexpected(finished.error());
  if (!outcome) co_return std::unexpected(for_user(outcome.error()));
  co_return std::move(outcome->result);
}

async::Task<Happened> TurnRun::on(agents::FetchLogs step) {
  agents::LogsFetched fetched;
  for (std::size_t i = 0; i < step.wanted.size() && i < diagnosis::kMaxLogsWanted; ++i) {
    auto log = co_await call("l" + std::to_string(i + 1), "get_logs", arguments_of(step.wanted[i]));
    if (log) fetched.logs.push_back({step.wanted[i], lines_of(*log)});
  }
  co_return std::move(fetched);
}

async::Task<Happened> TurnRun::on(agents::CallTool step) {
  co_return agents::ToolAnswered{co_await call(step.call_id, step.tool, std::move(step.arguments))};
}

async::Task<Happened> TurnRun::on(agents::RequestOperation step) {
  auto unasked = [](std::string detail) {
    return agents::OperationAnswered{503, json::Object{{"detail", detail + " Nothing was changed."}}};
  };
  if (is_time_up()) co_return unasked("There was no time left to ask for it.");
  auto reply =
      co_await parts_.operations.request(ctx_, caller_, step.operation, step.call_id, std::move(step.arguments));
  if (reply) co_return agents::OperationAnswered{reply->status, std::move(reply->body)};
  if (reply.error().code == Code::unavailable) co_return unasked("The control plane cannot be reached.");
  co_return agents::OperationAnswered{0, json::Object{{"detail", for_user(reply.error()).doing}}};
}

async::Task<Happened> TurnRun::on(agents::ShowAgent step) {
  auto shown = co_await emit("agent", {{"name", step.name}, {"task", step.task}});
  if (!shown) co_return std::unexpected(shown.error());
  co_return agents::Shown{};
}

async::Task<Happened> TurnRun::on(agents::ShowFindings step) {
  for (const auto& finding : step.findings)
    if (auto shown = co_await emit("finding", diagnosis::to_json(finding)); !shown)
      co_return std::unexpected(shown.error());
  co_return agents::Shown{};
}

async::Task<Happened> TurnRun::on(agents::Say step) {
  for (std::string_view rest = step.text; !rest.empty();) {
    std::string_view piece = first_bytes(rest, kMaxDeltaBytes);
    if (auto said = co_await emit("delta", {{"text", piece}}); !said) co_return std::unexpected(said.error());
    rest.remove_prefix(piece.size());
  }
  co_return agents::Shown{};
}

async::Task<Happened> TurnRun::on(agents::Finish) { co_return fail(Code::internal, "perform Finish"); }

}  // namespace

async::Task<void> run_turn(async::Context& ctx, Parts parts, control_plane::Caller caller, agents::TurnInput input,
                           EventWriter& writer) {
  foundation::telemetry::LiveCount live(parts.live);
  TurnRun run(ctx, parts, caller, std::move(input), writer);
  auto ended = co_await async::with_deadline(ctx.deadline, run.run());
  bool is_late = !ended && ended.error().code == Code::deadline;
  if (is_late && !run.cut_in_an_event()) ended = co_await run.give_up();
  co_return ended;
}

}  // namespace ai_ops::chat
