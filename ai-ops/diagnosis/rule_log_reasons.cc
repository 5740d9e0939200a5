// What a workload's own log gives as the reason: a port that is taken, credentials that are refused, a server that
// takes no writes or no more connections or does not answer. Names the fault of a symptom that other rules found; for
// some reasons it is a symptom of its own, however well the workload looks. Evidence: the log's line; of a symptom of
// one container, its own log. Where the reason blames the server, that is the cause, if it can be told which workload
// it is.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_reasons.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/servers.h"

namespace ai_ops::diagnosis {
namespace {

// Symptoms that say that something fails, not why.
constexpr std::array<std::string_view, 7> kUnexplained{
    "crash",     "liveness-failed",       "readiness-failed", "startup-probe-failed",
    "not-ready", "init-container-failed", "job-failed"};

constexpr std::string_view kOfThePod = "dns-failure";

using namespace std::chrono_literals;

constexpr auto kStillTrue = 10min;            // an error of a workload that looks well is over when it is older
constexpr std::size_t kLinesThatShowIt = 20;  // or, where lines have no time, when so many after it tell of no failure

struct Told {
  const LogExcerpt* log;
  LogReason reason;
};

// What the line begins with, as container runtimes and most programs write it.
std::optional<WallTime> time_of_line(std::string_view line) {
  auto time = foundation::parse_rfc3339(line.substr(0, line.find(' ')));
  return time ? std::optional(*time) : std::nullopt;
}

bool is_over(const Told& told, WallTime now) {
  const auto& lines = told.log->lines;
  if (auto at = time_of_line(lines[told.reason.line].text)) return now - *at > kStillTrue;
  if (told.reason.line < told.log->earlier) return true;
  auto after = std::span(lines).subspan(told.reason.line + 1);
  auto tells_of_failure = [](const LogLine& line) { return line.says.tells_of_failure; };
  return after.size() >= kLinesThatShowIt && std::ranges::none_of(after, tells_of_failure);
}

// `container`: whose log tells; empty: any. `now`: leaves out the logs of runs that are over. What concerns the whole
// pod (its containers resolve names alike) any other of its containers may tell too.
std::optional<Told> told_by(const Case& c, const Workload& workload, std::string_view container, bool now) {
  std::optional<Told> by_another;
  for (const LogExcerpt* log : c.logs_of(workload, {})) {
    if (now && log->of.previous) continue;
    auto reason = reason_in(*log);
    // A server's own log tells what it answers to its clients.
    bool is_its_own = reason && !reason->server.empty() && is_server(workload, reason->server);
    if (!reason || is_its_own) continue;
    Told told{log, *reason};
    if (container.empty() || log->of.container == container) return told;
    if (!by_another && reason->fault == kOfThePod && !is_over(told, c.now())) by_another = told;
  }
  return by_another;
}

bool is_unexplained(const Draft& draft) {
  return std::ranges::find(kUnexplained, draft.fault) != kUnexplained.end() && draft.causes.empty();
}

std::optional<std::size_t> symptom_to_explain(const Case& c, const Workload& workload) {
  for (std::size_t index : c.symptoms_of(workload.ref))
    if (is_unexplained(c.drafts()[index])) return index;
  return std::nullopt;
}

// The server that is blamed: one finding however many workloads complain of it.
void blame_server(Case& c, std::size_t symptom, const Workload& server, const Told& told) {
  auto known = c.found(server.ref, told.reason.fault);
  if (!known) {
    std::string words(told.reason.fault == "database-read-only" ? "takes no writes" : "has no connection left");
    Draft& cause = c.cause(server.ref, told.reason.fault, std::move(words));
    cause.certainty = Certainty::told;
    cause.cite(log_evidence(*told.log, told.reason.line));
    known = c.last_index();
  }
  c.at(symptom).fault = "dependency-down";
  c.link(symptom, *known);
}

// True when its configuration names an address that the endpoints rule can judge better.
bool has_judged_address(const Case& c, const Workload& workload) {
  return std::ranges::any_of(endpoints_of(workload), [&](const Endpoint& endpoint) {
    Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
    if (resolved.meaning != Meaning::service || !endpoint.port)
      return resolved.meaning != Meaning::unknown && !resolved.service;
    return !listens_on(c.cluster(), *resolved.service, *endpoint.port) ||
           c.cluster().ready_endpoints(*resolved.service) == 0;
  });
}

bool is_down(const Workload& server) { return readiness_of(server).ready == 0; }

void depend_on(Case& c, std::size_t symptom, const Workload& server, const Told& told) {
  c.at(symptom).fault = "dependency-down";
  c.at(symptom).cite(log_evidence(*told.log, told.reason.line));
  for (std::size_t cause : c.symptoms_of(server.ref)) c.link(symptom, cause);
}

void explain(Case& c, const Workload& workload, std::size_t symptom, const Told& told) {
  const LogReason& reason = told.reason;
  const Workload* server = reason.server.empty() ? nullptr : server_of(c.cluster(), workload, reason.server);
  if (reason.blames == Blames::its_way) {
    if (has_judged_address(c, workload)) return;
    if (server != nullptr && is_down(*server)) return depend_on(c, symptom, *server, told);
    auto servers = servers_of(c.cluster(), workload, reason.server);
    // Whether anything should answer there is not ours to say, nor which of several it is.
    bool is_known = server != nullptr || std::ranges::none_of(servers, [](const Workload* it) { return is_down(*it); });
    if (servers.empty() || !is_known) return;
  }
  Draft& draft = c.at(symptom);
  draft.fault = reason.fault;
  draft.certainty = Certainty::told;
  draft.may_come_from_a_dependency = reason.blames == Blames::its_way;
  std::size_t alike = lines_alike(*told.log, reason.line);
  std::string said = alike > 1 ? fmt::format("{} (logged {} times)", reason.words, alike) : std::string(reason.words);
  draft.detail = draft.detail.empty() ? said : fmt::format("{}; {}", draft.detail, said);
  draft.cite(log_evidence(*told.log, reason.line));
  if (reason.fault == "dns-failure") {
    std::string spec = pod_spec_path(workload.ref.kind);
    draft.cite(workload.object, spec + ".dnsPolicy");
    draft.cite(workload.object, spec + ".dnsConfig.nameservers");
  }
  if (reason.blames == Blames::its_server && server != nullptr) blame_server(c, symptom, *server, told);
}

}  // namespace

void find_log_reasons(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    auto symptom = symptom_to_explain(c, workload);
    std::string container = symptom ? c.drafts()[*symptom].container : std::string();
    auto told = told_by(c, workload, container, !symptom);
    if (!told) continue;
    bool counts = told->reason.always_counts && !c.has_symptom(workload.ref) && !is_over(*told, c.now());
    if (!symptom && counts) {
      Draft& draft = c.symptom(workload, "errors-logged", "logs errors");
      draft.severity = Severity::warning;
      symptom = c.last_index();
    }
    if (symptom) explain(c, workload, *symptom, *told);
  }
}

}  // namespace ai_ops::diagnosis
