#include "ai-ops/chat/run_turn.h"

#include <chrono>
#include <set>
#include <utility>

#include "ai-ops/chat/emitter.h"
#include "ai-ops/chat/reading.h"
#include "ai-ops/tools/tools.h"
#include "foundation/base/unicode.h"
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
using foundation::kubernetes::ObjectRef;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kMaxSummaryBytes = 1000;
constexpr std::size_t kMaxModelBytes = 200;  // of its name, by contracts/events.schema.json
constexpr std::string_view kNoTime = "there was no time left for it";

std::int64_t ms_since(SteadyTime then) {
  return std::chrono::duration_cast<Milliseconds>(steady_clock::now() - then).count();
}

agents::TurnInput with_model(agents::TurnInput input, const llm::Model* model) {
  if (model != nullptr) input.model = model->traits();
  return input;
}

reader::Became became(int status) {
  switch (status) {
    case 200: return reader::Became::executed;
    case 202: return reader::Became::waiting;
    case 504: return reader::Became::unknown;
    default: return reader::Became::refused;
  }
}

class TurnRun {
 public:
  TurnRun(async::Context& ctx, Parts& parts, control_plane::Caller& caller, agents::TurnInput input,
          EventWriter& writer, Remembered& remembered)
      : ctx_(ctx),
        parts_(parts),
        caller_(caller),
        events_(writer, parts.clock, caller.turn),
        remembered_(remembered),
        turn_(with_model(std::move(input), parts.model)),
        thinking_{ctx.request_id, end_of_thinking(start_, ctx.deadline), ctx.log} {}

  async::Task<void> run();
  async::Task<void> give_up();
  bool cut_in_an_event() const { return events_.cut_in_one(); }

 private:
  async::Task<Happened> perform(agents::Step step);
  async::Task<Happened> on(agents::FetchSnapshot);
  async::Task<Happened> on(agents::FetchLogs step);
  async::Task<Happened> on(agents::CallTool step);
  async::Task<Happened> on(agents::RequestOperation step);
  async::Task<Happened> on(agents::ShowAgent step);
  async::Task<Happened> on(agents::ShowFindings step);
  async::Task<Happened> on(agents::AskModel step);
  async::Task<Happened> on(agents::Say step);
  async::Task<Happened> on(agents::Finish);

  async::Task<void> emit(std::string name, json::Object members) {
    return events_.emit(std::move(name), std::move(members));
  }
  void remember_about();
  void remember(const agents::RequestOperation& step, const Result<control_plane::OperationReply>& reply);
  async::Task<json::Value> call(std::string id, std::string name, json::Object arguments);
  bool is_time_up() const { return steady_clock::now() >= thinking_.deadline; }

  async::Context& ctx_;
  Parts& parts_;
  control_plane::Caller& caller_;
  Emitter events_;
  Remembered& remembered_;
  SteadyTime start_ = steady_clock::now();
  agents::Turn turn_;
  async::Context thinking_;  // for reads: ends earlier than ctx_
  std::string spoke_;        // the model's name, when it has answered
  llm::Usage usage_;         // of all answers
};

async::Task<void> TurnRun::run() {
  Happened happened = agents::Started{};
  for (;;) {
    agents::Step step = turn_.resume(std::move(happened));
    remember_about();
    if (std::holds_alternative<agents::Finish>(step)) break;
    auto performed = co_await perform(std::move(step));
    if (!performed) co_return std::unexpected(performed.error());
    happened = std::move(*performed);
  }
  json::Value model = spoke_.empty() ? json::Value() : json::Value(first_bytes(spoke_, kMaxModelBytes));
  co_return co_await emit("usage", {{"model", std::move(model)},
                                    {"input_tokens", usage_.input_tokens},
                                    {"output_tokens", usage_.output_tokens},
                                    {"duration_ms", ms_since(start_)}});
}

void TurnRun::remember_about() {
  agents::About about = turn_.about();
  remembered_.entry.intent = about.intent;
  remembered_.entry.subjects = std::move(about.subjects);
  remembered_.snapshot = std::move(about.snapshot);
}

void TurnRun::remember(const agents::RequestOperation& step, const Result<control_plane::OperationReply>& reply) {
  reader::Done done{.operation = step.operation, .arguments = step.arguments};
  done.became = reply ? became(reply->status) : reader::Became::unknown;
  if (done.became == reader::Became::executed) {
    json::View body(reply->body);
    done.before = body["before"].object();
    done.undoable = body["undoable"].boolean_or(false);
  }
  remembered_.entry.done.push_back(std::move(done));
}

async::Task<void> TurnRun::give_up() {
  return emit(
      "error",
      {{"code", "deadline"}, {"text", "The answer took too long and was stopped."}, {"request_id", ctx_.request_id}});
}

async::Task<Happened> TurnRun::perform(agents::Step step) {
  return std::visit([this](auto& what) { return on(std::move(what)); }, step);
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
    auto log = co_await call("l" + std::to_string(i + 1), "get_logs", log_arguments(step.wanted[i]));
    if (log) fetched.logs.push_back(log_excerpt(step.wanted[i], *log));
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
  auto reply = co_await parts_.operations.request(ctx_, caller_, step.operation, step.call_id, step.arguments);
  if (reply || reply.error().code != Code::unavailable) remember(step, reply);  // else it never left
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
  for (const auto& finding : step.findings) remembered_.entry.mentioned.push_back(finding.object);
  for (const auto& finding : step.findings)
    if (auto shown = co_await emit("finding", diagnosis::to_json(finding)); !shown)
      co_return std::unexpected(shown.error());
  co_return agents::Shown{};
}

// Late, broken or refused, its answer is no more than missing. Cut off here or by the user, the model hears of it.
async::Task<Happened> TurnRun::on(agents::AskModel step) {
  if (is_time_up()) co_return agents::ModelAnswered{fail(Code::deadline, std::string(kNoTime))};
  auto ctx = thinking_.child(step.purpose == agents::Purpose::plan ? kPlanningTime : kNarrationTime);
  std::string session = caller_.workspace + "/" + caller_.user;
  auto reply = co_await async::with_deadline(
      ctx.deadline, llm::ask_whole(ctx, *parts_.model, std::move(step.prompt), std::move(session)));
  if (!reply && reply.error().code == Code::cancelled) co_return std::unexpected(reply.error());
  if (!reply) {
    ctx_.log.info("model_did_not_answer", {{"cause", reply.error().text()}});
    co_return agents::ModelAnswered{std::unexpected(reply.error())};
  }
  spoke_ = parts_.model->traits().model;
  usage_.input_tokens += reply->usage.input_tokens;
  usage_.output_tokens += reply->usage.output_tokens;
  co_return agents::ModelAnswered{std::move(reply)};
}

async::Task<Happened> TurnRun::on(agents::Say step) {
  const std::string text = foundation::visible_text(step.text);  // names are in it; what is shown is also remembered
  remembered_.entry.answer += text;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view piece = first_bytes(rest, kMaxDeltaBytes);
    if (auto said = co_await emit("delta", {{"text", piece}}); !said) co_return std::unexpected(said.error());
    rest.remove_prefix(piece.size());
  }
  co_return agents::Shown{};
}

async::Task<Happened> TurnRun::on(agents::Finish) { co_return fail(Code::internal, "perform Finish"); }

}  // namespace

conversations::Entry entry_of(Remembered remembered) {
  conversations::Entry entry = std::move(remembered.entry);
  std::vector<ObjectRef> named = entry.subjects;
  for (const auto& done : entry.done) named.push_back(reader::target_of(done.arguments));
  named.insert(named.end(), entry.mentioned.begin(), entry.mentioned.end());
  if (remembered.snapshot) {
    auto in_words = conversations::mentioned_in(entry.message + '\n' + entry.answer, *remembered.snapshot);
    named.insert(named.end(), in_words.begin(), in_words.end());
  }
  entry.mentioned.clear();
  std::set<ObjectRef> known;
  for (ObjectRef& ref : named) {
    ref.uid.clear();
    if (known.insert(ref).second) entry.mentioned.push_back(std::move(ref));
  }
  return entry;
}

async::Task<void> run_turn(async::Context& ctx, Parts parts, control_plane::Caller caller, agents::TurnInput input,
                           EventWriter& writer, Remembered& remembered) {
  remembered.entry.turn = caller.turn;
  remembered.entry.message = input.message;
  remembered.entry.at = parts.clock.wall();
  foundation::telemetry::LiveCount live(parts.live);
  TurnRun run(ctx, parts, caller, std::move(input), writer, remembered);
  auto ended = co_await async::with_deadline(ctx.deadline, run.run());
  bool is_late = !ended && ended.error().code == Code::deadline;
  if (is_late && !run.cut_in_an_event()) ended = co_await run.give_up();
  co_return ended;
}

}  // namespace ai_ops::chat
