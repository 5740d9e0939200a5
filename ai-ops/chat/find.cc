#include "ai-ops/chat/find.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ai-ops/agents/findings_about.h"
#include "ai-ops/chat/emitter.h"
#include "ai-ops/chat/reading.h"
#include "ai-ops/tools/tools.h"

namespace ai_ops::chat {

using diagnosis::Severity;
using foundation::Code;
using foundation::kubernetes::ObjectRef;
using std::chrono::steady_clock;

namespace {

// By contracts/events.schema.json.
constexpr std::size_t kMaxSkipped = 100, kMaxSkippedBytes = 500;

class FindRun {
 public:
  FindRun(async::Context& ctx, FindParts& parts, control_plane::Caller& caller, FindingsWanted& wanted,
          EventWriter& writer)
      : ctx_(ctx),
        parts_(parts),
        caller_(caller),
        wanted_(wanted),
        events_(writer, parts.clock, caller.turn),
        thinking_{ctx.request_id, end_of_thinking(steady_clock::now(), ctx.deadline), ctx.log} {}

  async::Task<void> run();
  async::Task<void> give_up(std::string code, std::string text);
  bool cut_in_an_event() const { return events_.cut_in_one(); }

 private:
  std::vector<ObjectRef> subjects_in(const diagnosis::Cluster& cluster) const;
  ObjectRef limit_of_logs(const diagnosis::Cluster& cluster, const std::vector<ObjectRef>& subjects) const;
  async::Task<std::vector<diagnosis::LogExcerpt>> read_logs(std::vector<diagnosis::LogWanted> logs);
  async::Task<void> tell(const diagnosis::Cluster& cluster, std::vector<diagnosis::Finding> findings);
  void skip(std::string what);

  async::Context& ctx_;
  FindParts& parts_;
  control_plane::Caller& caller_;
  FindingsWanted& wanted_;
  Emitter events_;
  async::Context thinking_;  // for reads: ends earlier than ctx_
  json::Array skipped_;
};

async::Task<void> FindRun::run() {
  auto snapshot = co_await parts_.reads.snapshot(thinking_, caller_);
  if (!snapshot)
    co_return co_await give_up("unavailable", "The workspace could not be read: " + for_user(snapshot.error()).doing);
  diagnosis::Cluster cluster(**snapshot);
  auto subjects = subjects_in(cluster);
  auto logs = co_await read_logs(diagnosis::logs_wanted(cluster, limit_of_logs(cluster, subjects)));
  if (!logs) co_return std::unexpected(logs.error());
  auto seen = diagnosis::examine({&cluster, std::move(*logs), parts_.clock.wall()});
  for (auto& rule : seen.skipped) skip(std::move(rule));
  auto asked_for = agents::findings_about(std::move(seen.findings), subjects, wanted_.object.namespace_name);
  std::erase_if(asked_for, [&](const diagnosis::Finding& finding) { return finding.severity < wanted_.at_least; });
  co_return co_await tell(cluster, std::move(asked_for));
}

async::Task<void> FindRun::give_up(std::string code, std::string text) {
  return events_.emit(
      "error",
      {{"code", std::move(code)}, {"text", first_bytes(text, kMaxSkippedBytes)}, {"request_id", ctx_.request_id}});
}

// What is called so, and what a person means by it. A pod is meant alone: its workload has others.
std::vector<ObjectRef> FindRun::subjects_in(const diagnosis::Cluster& cluster) const {
  std::vector<ObjectRef> subjects;
  const ObjectRef& asked = wanted_.object;
  if (asked.name.empty()) return subjects;
  for (const auto& object : cluster.snapshot().of_kind(asked.kind)) {
    ObjectRef ref = object.ref();
    if (ref.name != asked.name) continue;
    if (!asked.namespace_name.empty() && ref.namespace_name != asked.namespace_name) continue;
    subjects.push_back(ref);
    if (ref.kind != "Pod") subjects.push_back(diagnosis::workload_behind(cluster, ref));
  }
  if (subjects.empty()) subjects.push_back(asked);  // it has gone meanwhile: nothing is about it
  return subjects;
}

// Of the one workload that is asked for; else all of the project, since causes may lie elsewhere in it.
ObjectRef FindRun::limit_of_logs(const diagnosis::Cluster& cluster, const std::vector<ObjectRef>& subjects) const {
  ObjectRef all{.kind = {}, .namespace_name = wanted_.object.namespace_name, .name = {}, .uid = {}};
  if (subjects.empty()) return all;
  ObjectRef one = diagnosis::workload_behind(cluster, subjects.front());
  auto is_it = [&](const ObjectRef& subject) { return diagnosis::workload_behind(cluster, subject) == one; };
  return std::ranges::all_of(subjects, is_it) ? one : all;
}

// One that cannot be read is passed over: the findings rest on the rest.
async::Task<std::vector<diagnosis::LogExcerpt>> FindRun::read_logs(std::vector<diagnosis::LogWanted> logs) {
  const tools::Tool* tool = tools::find_tool("get_logs");
  std::vector<diagnosis::LogExcerpt> read;
  for (auto& wanted : logs) {
    std::string what = fmt::format("log of {}/{}", wanted.pod, wanted.container);
    if (steady_clock::now() >= thinking_.deadline) {
      skip(what + ": there was no time left for it");
      continue;
    }
    auto answered = co_await tool->run(thinking_, parts_.reads, caller_, log_arguments(wanted));
    if (answered)
      read.push_back(log_excerpt(std::move(wanted), answered->result));
    else if (answered.error().code == Code::cancelled)
      co_return std::unexpected(answered.error());
    else
      skip(fmt::format("{}: {}", what, for_user(answered.error()).doing));
  }
  co_return read;
}

async::Task<void> FindRun::tell(const diagnosis::Cluster& cluster, std::vector<diagnosis::Finding> findings) {
  for (const auto& finding : findings)
    if (auto shown = co_await events_.emit("finding", diagnosis::to_json(finding)); !shown) co_return shown;
  co_return co_await events_.emit("checked", {{"version", cluster.snapshot().version()},
                                              {"objects", cluster.snapshot().size()},
                                              {"workloads", cluster.workloads().size()},
                                              {"skipped", std::move(skipped_)}});
}

void FindRun::skip(std::string what) {
  if (skipped_.size() < kMaxSkipped) skipped_.push_back(json::Value(first_bytes(what, kMaxSkippedBytes)));
}

}  // namespace

std::optional<Severity> find_severity(std::string_view word) {
  for (Severity severity : {Severity::info, Severity::warning, Severity::critical})
    if (to_string(severity) == word) return severity;
  return std::nullopt;
}

async::Task<void> find(async::Context& ctx, FindParts parts, control_plane::Caller caller, FindingsWanted wanted,
                       EventWriter& writer) {
  foundation::telemetry::LiveCount live(parts.live);
  FindRun run(ctx, parts, caller, wanted, writer);
  auto ended = co_await async::with_deadline(ctx.deadline, run.run());
  bool is_late = !ended && ended.error().code == Code::deadline;
  if (is_late && !run.cut_in_an_event()) ended = co_await run.give_up("deadline", "It took too long and was stopped.");
  co_return ended;
}

}  // namespace ai_ops::chat
