// Configuration that points to nothing: a port that the Service does not listen on, a Service that is not there, one
// with nothing ready behind it. Explains the symptoms of its workload, unless their own logs speak of something else.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

bool speaks_of(const Endpoint& endpoint, const Resolved& resolved, std::string_view line) {
  return tells_of_a_connection(line) || mentions(line, endpoint.host) || mentions(line, resolved.name);
}

// The symptoms that the endpoint may explain: of the same container, and not of something else by their own log.
std::vector<std::size_t> explained_by(const Case& c, const Workload& workload, const Endpoint& endpoint,
                                      const Resolved& resolved) {
  std::vector<std::size_t> out;
  for (std::size_t index : c.symptoms_of(workload.ref)) {
    const Draft& symptom = c.drafts()[index];
    if (!symptom.may_come_from_a_dependency || symptom.container != endpoint.container) continue;
    auto logs = c.logs_of(workload, endpoint.container);
    std::erase_if(logs, [](const LogExcerpt* log) { return log->lines.empty(); });
    bool fits =
        logs.empty() || std::ranges::any_of(logs, [&](const LogExcerpt* log) {
          return std::ranges::any_of(log->lines, [&](const auto& line) { return speaks_of(endpoint, resolved, line); });
        });
    if (fits) out.push_back(index);
  }
  return out;
}

struct Found {
  const Workload& workload;
  const Endpoint& endpoint;
  const Resolved& resolved;
  std::vector<std::size_t> explains;
};

Draft& tell(Case& c, const Found& found, std::string_view rest) {
  std::string headline = fmt::format("{} points to {}, {}", found.endpoint.name, found.endpoint.address(), rest);
  Draft& draft = c.cause(found.workload, std::move(headline));
  draft.container = found.endpoint.container;
  draft.cite(found.workload.object, found.endpoint.path);
  std::size_t index = c.drafts().size() - 1;
  for (std::size_t symptom : found.explains) c.link(symptom, index);
  return draft;
}

void tell_wrong_port(Case& c, const Found& found) {
  const ObjectView& service = *found.resolved.service;
  Draft& draft = tell(c, found, fmt::format("the Service listens on {}", ports_text(service)));
  for (std::size_t i = 0; i < service.spec()["ports"].array().size(); ++i)
    draft.cite(service, fmt::format("spec.ports[{}].port", i));
}

void tell_no_service(Case& c, const Found& found) {
  bool is_certain = found.resolved.meaning == Meaning::no_such_service;
  if (!is_certain && found.explains.empty()) return;
  tell(c, found, fmt::format("there is no Service {} in {}", found.resolved.name, found.resolved.namespace_name));
}

std::string behind_words(const Case& c, const ObjectView& service, const std::vector<const Workload*>& behind) {
  if (!c.cluster().pods_behind(service).empty()) return "which has no ready pod";
  if (behind.empty()) return "and no pod has the labels that this Service selects";
  const Workload& first = *behind.front();
  if (first.object.spec()["replicas"].integer_or(1) == 0)
    return fmt::format("and {} {} is scaled to 0", first.ref.kind, first.ref.name);
  return "which has no pod";
}

void tell_nothing_ready(Case& c, const Found& found, const std::vector<const Workload*>& behind) {
  const ObjectView& service = *found.resolved.service;
  Draft& draft = tell(c, found, behind_words(c, service, behind));
  draft.cite(service, "spec.selector");
  auto pods = c.cluster().pods_behind(service);
  for (const Workload* workload : behind)
    if (pods.empty()) draft.cite(workload->object, "spec.replicas");
  for (const ObjectView& pod : pods) {
    const json::Array& conditions = pod.status()["conditions"].array();
    for (std::size_t i = 0; i < conditions.size(); ++i)
      if (json::View(conditions[i])["type"].text() == "Ready")
        draft.cite(pod, fmt::format("status.conditions[{}].status", i));
  }
  std::size_t index = c.drafts().size() - 1;
  for (const Workload* workload : behind)
    for (std::size_t symptom : c.symptoms_of(workload->ref)) c.link(index, symptom);
}

// A workload that itself looks well: only its own log may say that it suffers.
void tell_suffering(Case& c, const Found& found, const std::vector<const Workload*>& behind) {
  const Workload* ill = nullptr;
  for (const Workload* workload : behind)
    if (c.has_symptom(workload->ref)) ill = workload;
  if (ill == nullptr) return;
  for (const LogExcerpt* log : c.logs_of(found.workload, found.endpoint.container)) {
    for (std::size_t i = log->lines.size(); i-- > 0;) {
      bool names_it = mentions(log->lines[i], found.endpoint.host) || mentions(log->lines[i], found.resolved.name);
      if (!names_it || !tells_of_failure(log->lines[i])) continue;
      Draft& draft = c.symptom(found.workload, fmt::format("calls {}, which is not ready", ill->ref.name));
      draft.severity = Severity::warning;
      draft.container = found.endpoint.container;
      draft.cite(found.workload.object, found.endpoint.path);
      draft.cite(log_evidence(*log, i));
      std::size_t index = c.drafts().size() - 1;
      for (std::size_t symptom : c.symptoms_of(ill->ref)) c.link(index, symptom);
      return;
    }
  }
}

void look_at(Case& c, const Workload& workload, const Endpoint& endpoint) {
  Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
  if (resolved.meaning == Meaning::unknown) return;
  Found found{workload, endpoint, resolved, explained_by(c, workload, endpoint, resolved)};
  if (!resolved.service) return tell_no_service(c, found);
  if (endpoint.port && !listens_on(c.cluster(), *resolved.service, *endpoint.port)) return tell_wrong_port(c, found);
  auto behind = c.cluster().behind(*resolved.service);
  if (std::ranges::find(behind, &workload) != behind.end()) return;  // it calls itself
  if (!found.explains.empty() && c.cluster().ready_endpoints(*resolved.service) == 0)
    return tell_nothing_ready(c, found, behind);
  if (!c.has_symptom(workload.ref)) tell_suffering(c, found, behind);
}

}  // namespace

void find_endpoints(Case& c) {
  for (const Workload& workload : c.cluster().workloads()) {
    std::set<std::string> seen;  // two variables with one address are one finding
    for (const Endpoint& endpoint : endpoints_of(workload))
      if (seen.insert(endpoint.container + " " + endpoint.address()).second) look_at(c, workload, endpoint);
  }
}

}  // namespace ai_ops::diagnosis
