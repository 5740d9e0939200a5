// Configuration that points to nothing: a port that the Service does not listen on, a Service that is not there, one
// with nothing ready behind it. Explains the symptoms of its workload, unless their own logs speak of something else.
// "redis:7" is an address by its shape alone, and may be an image: it counts where its variable is called as addresses
// are, or where a log speaks for it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "ai-ops/diagnosis/condition.h"
#include "ai-ops/diagnosis/endpoint.h"
#include "ai-ops/diagnosis/log_words.h"
#include "ai-ops/diagnosis/rules.h"
#include "ai-ops/diagnosis/similar_name.h"

namespace ai_ops::diagnosis {
namespace {

// The line that says why may speak of any connection; others count only where they name the host ("session timeout
// set to 30s" is no failure).
bool speaks_of(const Endpoint& endpoint, const Resolved& resolved, const LogExcerpt& log) {
  auto why = cause_line(log);
  if (why && log.lines[*why].says.tells_of_a_connection) return true;
  return std::ranges::any_of(telling_lines(log), [&](const LogLine& line) {
    return mentions(line.text, endpoint.host) || mentions(line.text, resolved.name);
  });
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
    bool fits = logs.empty() ||
                std::ranges::any_of(logs, [&](const LogExcerpt* log) { return speaks_of(endpoint, resolved, *log); });
    if (fits) out.push_back(index);
  }
  return out;
}

// How the name of a variable ends that holds an address, but for a number and an "s"; else with the host itself.
constexpr std::array<std::string_view, 31> kAddressWords{
    "addr",    "address", "host",       "hostname", "url",       "uri",      "endpoint", "server",
    "service", "svc",     "backend",    "broker",   "bootstrap", "dsn",      "port",     "upstream",
    "target",  "peer",    "proxy",      "gateway",  "origin",    "master",   "primary",  "leader",
    "node",    "seed",    "connection", "conn",     "connect",   "database", "db"};

bool is_called_as_addresses_are(const Endpoint& endpoint) {
  std::string name = folded(endpoint.name), host = folded(endpoint.host.substr(0, endpoint.host.find('.')));
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.pop_back();
  std::string_view one = std::string_view(name).substr(0, name.size() - (name.ends_with('s') ? 1 : 0));
  auto ends_with = [&](std::string_view word) { return name.ends_with(word) || one.ends_with(word); };
  return std::ranges::any_of(kAddressWords, ends_with) || ends_with(host);
}

bool is_an_address(const Workload& workload, const Endpoint& endpoint) {
  bool is_argument = !endpoint.path.contains(".env[");  // nothing says what it is
  return is_argument || !at_path(workload.object.root(), endpoint.path)["scheme"].text().empty() ||
         is_called_as_addresses_are(endpoint);
}

// By a log that it explains.
bool is_spoken_for(const Case& c, const Workload& workload, const Endpoint& endpoint,
                   const std::vector<std::size_t>& explains) {
  return !explains.empty() && std::ranges::any_of(c.logs_of(workload, endpoint.container),
                                                  [](const LogExcerpt* log) { return !log->lines.empty(); });
}

constexpr std::size_t kMinNameBytes = 4;  // of a Service that a variable may be called after

// Which Service a name that none has was meant for. Answers are kept: many workloads share a configuration.
class Lookup {
 public:
  explicit Lookup(const Cluster& cluster) : cluster_(cluster) {}
  std::optional<ObjectView> meant_by(const Endpoint& endpoint, const Resolved& resolved) const {
    if (!endpoint.port) return std::nullopt;
    auto [at, is_new] = known_.try_emplace({resolved.namespace_name, resolved.name, endpoint.name, *endpoint.port});
    if (is_new) at->second = only_one(endpoint, resolved);
    return at->second;
  }

 private:
  // By a slip in the name, or because the variable is called after it: CART_ADDR means the Service cart.
  static bool may_mean(const Endpoint& endpoint, const Resolved& resolved, const ObjectView& service) {
    std::string name = folded(service.name());
    return is_slip_of(resolved.name, service.name()) ||
           (name.size() >= kMinNameBytes && folded(endpoint.name).starts_with(name));
  }
  std::optional<ObjectView> only_one(const Endpoint& endpoint, const Resolved& resolved) const {
    std::optional<ObjectView> only;
    for (const ObjectView& service : cluster_.snapshot().of_kind("Service")) {
      if (service.namespace_name() != resolved.namespace_name || !may_mean(endpoint, resolved, service)) continue;
      if (service.spec()["ports"].array().empty() || !listens_on(cluster_, service, *endpoint.port)) continue;
      if (only) return std::nullopt;  // two: who knows
      only = service;
    }
    return only;
  }
  const Cluster& cluster_;
  mutable std::map<std::tuple<std::string, std::string, std::string, std::int64_t>, std::optional<ObjectView>> known_;
};

struct Found {
  const Workload& workload;
  const Endpoint& endpoint;
  const Resolved& resolved;
  std::vector<std::size_t> explains;
};

Draft& tell(Case& c, const Found& found, std::string_view fault, std::string_view rest) {
  std::string headline = fmt::format("{} points to {}, {}", found.endpoint.name, found.endpoint.address(), rest);
  Draft& draft = c.cause(found.workload.ref, fault, std::move(headline));
  draft.container = found.endpoint.container;
  draft.cite(found.workload.object, found.endpoint.path);
  std::size_t index = c.drafts().size() - 1;
  for (std::size_t symptom : found.explains) c.link(symptom, index);
  return draft;
}

void tell_wrong_port(Case& c, const Found& found) {
  const ObjectView& service = *found.resolved.service;
  Draft& draft =
      tell(c, found, "endpoint-port-mismatch", fmt::format("the Service listens on {}", ports_text(service)));
  for (std::size_t i = 0; i < service.spec()["ports"].array().size(); ++i)
    draft.cite(service, fmt::format("spec.ports[{}].port", i));
}

// A name that no Service has may be of something else; hardly so where a Service that listens on the port is plainly
// meant.
void tell_no_service(Case& c, const Found& found, const Lookup& lookup) {
  bool is_certain = found.resolved.meaning == Meaning::no_such_service;
  auto meant = lookup.meant_by(found.endpoint, found.resolved);
  if (!is_certain && found.explains.empty() && !meant) return;
  std::string but = meant ? fmt::format(", but {}", meant->name()) : std::string();
  Draft& draft =
      tell(c, found, "endpoint-host-mismatch",
           fmt::format("there is no Service {} in {}{}", found.resolved.name, found.resolved.namespace_name, but));
  if (meant) draft.cite(*meant, "metadata.name");
  if (!is_certain && found.explains.empty()) draft.certainty = Certainty::told;
}

std::string behind_words(const Case& c, const ObjectView& service, const std::vector<const Workload*>& behind) {
  if (c.cluster().ready_endpoints(service) != 0) return "which does not lead to its pods";  // its own finding says why
  if (!c.cluster().pods_behind(service).empty()) return "which has no ready pod";
  if (behind.empty()) return "and no pod has the labels that this Service selects";
  const Workload& first = *behind.front();
  if (first.object.spec()["replicas"].integer_or(1) == 0)
    return fmt::format("and {} {} is scaled to 0", first.ref.kind, first.ref.name);
  return "which has no pod";
}

// What keeps the Service from answering: itself, and the workloads behind it.
std::vector<ObjectRef> ill_of(const Case& c, const ObjectView& service, const std::vector<const Workload*>& behind) {
  std::vector<ObjectRef> out;
  if (c.has_symptom(service.ref())) out.push_back(service.ref());
  for (const Workload* workload : behind)
    if (c.has_symptom(workload->ref)) out.push_back(workload->ref);
  return out;
}

void cite_not_ready(const Case& c, Draft& draft, const ObjectView& service,
                    const std::vector<const Workload*>& behind) {
  auto pods = c.cluster().pods_behind(service);
  for (const Workload* workload : behind)
    if (pods.empty()) draft.cite(workload->object, "spec.replicas");
  for (const ObjectView& pod : pods)
    if (auto ready = condition_of(pod, "Ready")) draft.cite(pod, ready->path + ".status");
}

void tell_nothing_ready(Case& c, const Found& found, const std::vector<const Workload*>& behind) {
  const ObjectView& service = *found.resolved.service;
  Draft& draft = tell(c, found, "dependency-down", behind_words(c, service, behind));
  draft.cite(service, "spec.selector");
  if (c.cluster().ready_endpoints(service) == 0) cite_not_ready(c, draft, service, behind);
  std::size_t index = c.drafts().size() - 1;
  for (const ObjectRef& ill : ill_of(c, service, behind))
    for (std::size_t symptom : c.symptoms_of(ill)) c.link(index, symptom);
}

// How much of the Service is there, of which something is ill.
std::string presence_words(const Case& c, const ObjectView& service, const ObjectRef& ill) {
  if (ill.kind == "Service") return "which does not lead to its pods";
  auto ready = c.cluster().ready_endpoints(service);
  std::size_t all = c.cluster().pods_behind(service).size();
  if (ready == 0) return "which is not ready";
  return ready && *ready < all ? fmt::format("of whose {} pods {} are ready", all, *ready) : "which is not well";
}

// A workload that itself looks well: only its own log may say that it suffers.
void tell_suffering(Case& c, const Found& found, const std::vector<const Workload*>& behind) {
  auto ill = ill_of(c, *found.resolved.service, behind);
  if (ill.empty()) return;
  for (const LogExcerpt* log : c.logs_of(found.workload, found.endpoint.container)) {
    for (std::size_t i = log->lines.size(); i-- > log->earlier;) {
      const LogLine& line = log->lines[i];
      bool names_it = mentions(line.text, found.endpoint.host) || mentions(line.text, found.resolved.name);
      if (!names_it || !line.says.tells_of_failure) continue;
      std::string presence = presence_words(c, *found.resolved.service, ill.back());
      Draft& draft =
          c.symptom(found.workload, "dependency-down", fmt::format("calls {}, {}", ill.back().name, presence));
      draft.severity = Severity::warning;
      draft.container = found.endpoint.container;
      draft.cite(found.workload.object, found.endpoint.path);
      draft.cite(log_evidence(*log, i));
      std::size_t index = c.drafts().size() - 1;
      for (std::size_t symptom : c.symptoms_of(ill.back())) c.link(index, symptom);
      return;
    }
  }
}

void look_at(Case& c, const Lookup& lookup, const Workload& workload, const Endpoint& endpoint) {
  Resolved resolved = resolve(c.cluster(), workload, endpoint.host);
  if (resolved.meaning == Meaning::unknown) return;
  Found found{workload, endpoint, resolved, explained_by(c, workload, endpoint, resolved)};
  if (!is_an_address(workload, endpoint) && !is_spoken_for(c, workload, endpoint, found.explains)) return;
  if (!resolved.service) return tell_no_service(c, found, lookup);
  if (endpoint.port && !listens_on(c.cluster(), *resolved.service, *endpoint.port)) return tell_wrong_port(c, found);
  auto behind = c.cluster().behind(*resolved.service);
  if (std::ranges::find(behind, &workload) != behind.end()) return;  // it calls itself
  bool leads_nowhere = c.cluster().ready_endpoints(*resolved.service) == 0 || c.has_symptom(resolved.service->ref());
  if (!found.explains.empty() && leads_nowhere) return tell_nothing_ready(c, found, behind);
  if (!c.has_symptom(workload.ref)) tell_suffering(c, found, behind);
}

}  // namespace

void find_endpoints(Case& c) {
  Lookup lookup(c.cluster());
  for (const Workload& workload : c.cluster().workloads()) {
    std::set<std::string> seen;  // two variables with one address are one finding, of the one that is surer
    std::vector<Endpoint> endpoints = endpoints_of(workload);
    for (bool is_sure : {true, false})
      for (const Endpoint& endpoint : endpoints)
        if (is_an_address(workload, endpoint) == is_sure &&
            seen.insert(endpoint.container + " " + endpoint.address()).second)
          look_at(c, lookup, workload, endpoint);
  }
}

}  // namespace ai_ops::diagnosis
