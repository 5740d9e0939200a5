// A container that keeps dying: by its own exit code or for want of memory. (By a probe: rule_probes.cc.)
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ai-ops/diagnosis/container.h"
#include "ai-ops/diagnosis/phrases.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

using namespace std::chrono_literals;

constexpr auto kAtStart = 10s;  // a run shorter than this never got going

struct ExitMeaning {
  std::int64_t code;
  std::string_view words;
};
// What a shell and the kernel mean by it; other codes are the program's own.
constexpr std::array kExitMeanings{ExitMeaning{126, "its command cannot be run"},
                                   ExitMeaning{127, "its command was not found"}, ExitMeaning{137, "killed"},
                                   ExitMeaning{139, "segmentation fault"}, ExitMeaning{143, "told to stop"}};

std::string run_length(json::View terminated) {
  auto started = time_of(terminated["startedAt"]), finished = time_of(terminated["finishedAt"]);
  if (!started || !finished || *finished < *started) return {};
  auto ran = *finished - *started;
  if (ran < kAtStart) return "at start";
  if (ran < 2min) return fmt::format("after {} s", ran / 1s);
  return ran < 2h ? fmt::format("after {} min", ran / 1min) : fmt::format("after {} h", ran / 1h);
}

std::string crash_headline(const Crash& crash) {
  std::string when = run_length(crash.terminated);
  bool succeeded = crash.terminated && crash.terminated["exitCode"].integer() == 0;
  std::string_view verb = succeeded ? "exits" : "crashes";
  if (when.empty()) return succeeded ? "keeps exiting" : "keeps crashing";
  return fmt::format("{} {}", verb, when);
}

std::string crash_detail(const Crash& crash) {
  std::string out;
  if (auto code = crash.terminated["exitCode"].integer()) {
    out = fmt::format("exit {}", *code);
    auto meaning = std::ranges::find(kExitMeanings, *code, &ExitMeaning::code);
    if (meaning != kExitMeanings.end()) out += fmt::format(" ({})", meaning->words);
    out += ", ";
  }
  std::int64_t restarts = crash.container.restarts();
  return out + fmt::format("{} restart{}", restarts, restarts == 1 ? "" : "s");
}

void cite_crash(Draft& draft, const Crash& crash) {
  const Container& container = crash.container;
  if (!container.waiting_reason().empty()) draft.cite(container.pod, container.status_path + ".state.waiting.reason");
  draft.cite(container.pod, crash.path + ".reason");
  draft.cite(container.pod, crash.path + ".exitCode");
  draft.cite(container.pod, container.status_path + ".restartCount");
}

void tell_out_of_memory(Case& c, const Workload& workload, const Crash& crash) {
  const Container& container = crash.container;
  std::string limit = shown(container.spec["resources"]["limits"]["memory"]);
  Draft& draft = c.symptom(workload, "out-of-memory", "runs out of memory");
  draft.detail = limit.empty() ? std::string("it has no limit of its own, the node killed it")
                               : fmt::format("its limit is {}", limit);
  draft.container = container.name;
  cite_crash(draft, crash);
  if (!limit.empty()) draft.cite(container.pod, container.spec_path + ".resources.limits.memory");
}

// The runtime could not even start it: its message says why, and there is no log.
void tell_no_start(Case& c, const Workload& workload, const Crash& crash) {
  std::string_view message = crash.terminated["message"].text();
  const Phrase* told = phrase_in(message, start_failures());
  Draft& draft = c.symptom(workload, told == nullptr ? "container-not-configured" : told->fault, "cannot be started");
  draft.detail = quote(message);
  draft.container = crash.container.name;
  cite_crash(draft, crash);
  draft.cite(crash.container.pod, crash.path + ".message");
  draft.cite(crash.container.pod, crash.container.spec_path + ".resources.limits.memory");
}

bool was_never_started(const Crash& crash) {
  std::string_view reason = crash.terminated["reason"].text();
  return reason == "StartError" || reason == "ContainerCannotRun";
}

void cite_log(const Case& c, Draft& draft, const Workload& workload) {
  std::size_t alike = 0;
  for (const LogExcerpt* log : c.logs_of(workload, draft.container)) {
    auto line = cause_line(*log);
    if (!line) continue;
    draft.cite(log_evidence(*log, *line));
    alike = std::max(alike, lines_alike(*log, *line));
  }
  if (alike > 1) draft.detail += fmt::format("; it logged the cited line {} times", alike);
}

void tell_crash(Case& c, const Workload& workload, const Crash& crash) {
  using enum Container::Role;
  std::string headline = crash_headline(crash), name = quote(crash.container.name);
  if (crash.container.role == init) headline = fmt::format("its init container {} {}", name, headline);
  if (crash.container.role == sidecar) headline = fmt::format("its sidecar {} {}", name, headline);
  std::string_view fault = crash.container.role == init ? "init-container-failed" : "crash";
  Draft& draft = c.symptom(workload, fault, std::move(headline));
  draft.detail = crash_detail(crash);
  draft.container = crash.container.name;
  draft.may_come_from_a_dependency = true;
  cite_crash(draft, crash);
  cite_log(c, draft, workload);
}

// By the rule of the probes, which knows who kills it.
bool is_told(const Case& c, const Workload& workload, const Crash& crash) {
  return std::ranges::any_of(c.symptoms_of(workload.ref),
                             [&](std::size_t index) { return c.drafts()[index].container == crash.container.name; });
}

}  // namespace

void find_crashes(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    for (const Crash& crash : crashes_of(workload, c.now())) {
      if (is_told(c, workload, crash)) continue;
      if (crash.out_of_memory()) {
        tell_out_of_memory(c, workload, crash);
      } else if (was_never_started(crash)) {
        tell_no_start(c, workload, crash);
      } else {
        tell_crash(c, workload, crash);
      }
    }
  }
}

}  // namespace ai_ops::diagnosis
