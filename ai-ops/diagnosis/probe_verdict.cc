#include "ai-ops/diagnosis/probe_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"

namespace ai_ops::diagnosis {
namespace {

using std::chrono::seconds;
using Wrong = ProbeVerdict::Wrong;
using Verdict = std::optional<ProbeVerdict>;

// What Kubernetes allows by default (3 tries, one every 10 s): who allows less has cut it short himself.
constexpr seconds kUsualAllowance{30};
constexpr seconds kLeastPatience{5};    // a sixth of the usual one: any pause of the program may be longer
constexpr seconds kShortestTimeout{1};  // timeoutSeconds cannot be less, and is this where it is not said

struct Look {
  const Cluster& cluster;
  const Workload& workload;
  const std::vector<ObjectView>& services;
  const FailingProbe& failing;
  const Probe& probe;
  Answer answer;
  OtherProbes others;
  std::vector<DeclaredPort> declared;  // of the whole pod
};

std::vector<DeclaredPort> own_ports(const Look& look, std::string_view protocol) {
  std::vector<DeclaredPort> out;
  std::ranges::copy_if(look.declared, std::back_inserter(out), [&](const DeclaredPort& port) {
    return port.container == look.failing.container.name && port.protocol == protocol;
  });
  return out;
}

// A probe's name of a port is looked up in its own container.
std::int64_t number_of(const Look& look, const Probe& probe) {
  if (probe.port.number != 0 || probe.port.name.empty()) return probe.port.number;
  for (const DeclaredPort& port : look.declared)
    if (port.container == look.failing.container.name && port.name == probe.port.name) return port.number;
  return 0;
}

const Probe* on_other_port(const Look& look, const std::vector<Probe>& probes) {
  std::int64_t asked = number_of(look, look.probe);
  auto found = std::ranges::find_if(probes, [&](const Probe& other) {
    std::int64_t number = number_of(look, other);
    return number != 0 && number != asked;
  });
  return found == probes.end() ? nullptr : &*found;
}

const Probe* on_same_port(const Look& look, const std::vector<Probe>& probes) {
  std::int64_t asked = number_of(look, look.probe);
  auto found = std::ranges::find_if(probes, [&](const Probe& other) { return number_of(look, other) == asked; });
  return asked == 0 || found == probes.end() ? nullptr : &*found;
}

bool sent_elsewhere(const Look& look, std::int64_t number) {
  bool sends = false;
  for (const ObjectView& service : look.services) {
    for (const json::Value& value : service.spec()["ports"].array()) {
      json::View port(value);
      PortAsked target = port_asked(port["targetPort"] ? port["targetPort"] : port["port"]);
      if (target.number == number) return false;
      sends = sends || target.number != 0;
    }
  }
  return sends;
}

// Somebody got through to one of its Services.
bool is_reached(const Look& look) {
  auto checks = look.cluster.snapshot().of_kind(observed::kServiceCheck);
  return std::ranges::any_of(checks, [&](const ObjectView& check) {
    auto is_its = [&](const ObjectView& service) {
      return service.namespace_name() == check.namespace_name() && service.name() == check.spec()["service"].text();
    };
    return check.status()["reached"].boolean_or(false) && std::ranges::any_of(look.services, is_its);
  });
}

// By another probe, or by what comes through its Services: the program is up, only not on this port.
bool is_well_elsewhere(const Look& look, std::int64_t number) {
  auto asks_other = [&](const Probe& other) { return number_of(look, other) != number; };
  return std::ranges::any_of(look.others.well, asks_other) || (sent_elsewhere(look, number) && is_reached(look));
}

ProbeVerdict told(const Look& look, Wrong wrong, Certainty certainty, std::string detail) {
  return {wrong, certainty, std::move(detail), {look.probe.port_path}};
}

void show_ports(ProbeVerdict& verdict, const std::vector<DeclaredPort>& ports) {
  for (const DeclaredPort& port : ports) {
    verdict.fields.push_back(port.path + ".containerPort");
    verdict.fields.push_back(port.path + ".name");
  }
}

Verdict unknown_name(const Look& look) {
  std::vector<DeclaredPort> ports = own_ports(look, "TCP");
  std::string has = ports.empty() ? std::string("the container names no port")
                                  : fmt::format("the container declares {}", ports_text(ports));
  ProbeVerdict verdict =
      told(look, Wrong::port, Certainty::shown, fmt::format("it asks port {}, {}", port_text(look.probe.port), has));
  show_ports(verdict, ports);
  return verdict;
}

// Nobody declares the port. That alone is allowed, and a program that never comes up answers nowhere: only where it is
// well elsewhere is it proven that the port is wrong.
Verdict undeclared_port(const Look& look, std::int64_t number) {
  std::vector<DeclaredPort> ports = own_ports(look, "TCP");
  const Probe* other = on_other_port(look, look.others.well);
  if (!ports.empty() && (look.answer != Answer::none || other != nullptr)) {
    ProbeVerdict verdict = told(look, Wrong::port, is_well_elsewhere(look, number) ? Certainty::shown : Certainty::told,
                                fmt::format("it asks port {}, the container declares {}", number, ports_text(ports)));
    show_ports(verdict, ports);
    return verdict;
  }
  bool is_refused = look.answer == Answer::refused || look.answer == Answer::no_contact;
  if (!is_refused || (other == nullptr && !sent_elsewhere(look, number))) return std::nullopt;
  std::string but = other == nullptr ? std::string("and its Service sends to another")
                                     : fmt::format("its {} probe is well on port {}", to_string(other->kind),
                                                   number_of(look, *other));
  ProbeVerdict verdict =
      told(look, Wrong::port, Certainty::told, fmt::format("nothing answers on port {}, {}", number, but));
  if (other != nullptr) verdict.fields.push_back(other->port_path);
  return verdict;
}

Verdict wrong_port(const Look& look) {
  std::int64_t number = number_of(look, look.probe);
  if (!look.probe.port) return std::nullopt;
  if (number == 0) return unknown_name(look);
  bool may_be = look.answer == Answer::refused || look.answer == Answer::no_contact ||
                look.answer == Answer::not_reached || look.answer == Answer::none;
  // Another probe that fails on a port of its own: it is the program that is away.
  if (!may_be || look.failing.has_worked || on_other_port(look, look.others.failing) != nullptr) return std::nullopt;
  bool is_declared = std::ranges::any_of(look.declared, [&](const DeclaredPort& p) { return p.number == number; });
  if (!is_declared) return undeclared_port(look, number);
  const Probe* other = on_other_port(look, look.others.well);
  if (look.answer != Answer::refused || other == nullptr) return std::nullopt;
  ProbeVerdict verdict = told(look, Wrong::port, Certainty::told,
                              fmt::format("nothing listens on port {}, its {} probe is well on port {}", number,
                                          to_string(other->kind), number_of(look, *other)));
  verdict.fields.push_back(other->port_path);
  return verdict;
}

struct Spoken {
  Speech speech = Speech::unknown;
  std::string by;     // "its readiness probe"
  std::string field;  // of the pod; empty: elsewhere
  bool is_proven = false;
};

Spoken spoken_by_service(const Look& look, std::int64_t number) {
  for (const ObjectView& service : look.services) {
    for (const json::Value& value : service.spec()["ports"].array()) {
      json::View port(value);
      PortAsked target = port_asked(port["targetPort"] ? port["targetPort"] : port["port"]);
      bool is_it = target.number == number || (!target.name.empty() && target.name == look.probe.port.name);
      std::string_view name = port["appProtocol"].text(port["name"].text());
      if (is_it && speech_by_name(name) != Speech::unknown)
        return {speech_by_name(name), fmt::format("Service {}", service.name()), {}, false};
    }
  }
  return {};
}

// What the port that is asked speaks, by another probe that is well there, else by its name.
Spoken spoken_on_port(const Look& look) {
  std::int64_t number = number_of(look, look.probe);
  const Probe* other = on_same_port(look, look.others.well);
  if (other != nullptr && other->asks() != Speech::unknown)
    return {other->asks(), fmt::format("its {} probe", to_string(other->kind)), other->path, true};
  for (const DeclaredPort& port : own_ports(look, "TCP"))
    if (port.number == number && speech_by_name(port.name) != Speech::unknown)
      return {speech_by_name(port.name), "the port's name", port.path + ".name", false};
  return spoken_by_service(look, number);
}

Verdict udp_port(const Look& look) {
  std::int64_t number = number_of(look, look.probe);
  std::vector<DeclaredPort> udp = own_ports(look, "UDP"), tcp = own_ports(look, "TCP");
  auto same = std::ranges::find(udp, number, &DeclaredPort::number);
  if (number == 0 || same == udp.end() || look.answer != Answer::refused) return std::nullopt;
  if (std::ranges::find(tcp, number, &DeclaredPort::number) != tcp.end()) return std::nullopt;
  ProbeVerdict verdict = told(look, Wrong::protocol, Certainty::shown,
                              fmt::format("it asks port {} over TCP, which the container declares for UDP", number));
  verdict.fields.push_back(same->path + ".protocol");
  return verdict;
}

Verdict wrong_protocol(const Look& look) {
  if (look.failing.has_worked || look.probe.action == ProbeAction::command) return std::nullopt;
  if (auto udp = udp_port(look)) return udp;
  Speech asks = look.probe.asks();
  if (asks == Speech::unknown) return std::nullopt;
  Spoken spoken = spoken_on_port(look);
  bool differs = spoken.speech != Speech::unknown && spoken.speech != asks;
  std::string asked = fmt::format("it asks {} of port {}", to_string(asks), port_text(look.probe.port));
  if (look.answer == Answer::other_protocol) {
    std::string rest = differs ? fmt::format("which by {} speaks {}", spoken.by, to_string(spoken.speech))
                               : fmt::format("which answers \"{}\"", quote(look.failing.words()));
    ProbeVerdict verdict = told(look, Wrong::protocol, Certainty::shown, fmt::format("{}, {}", asked, rest));
    if (differs) verdict.fields.push_back(spoken.field);
    return verdict;
  }
  bool may_be = look.answer == Answer::cut_off || look.answer == Answer::no_contact || look.answer == Answer::late ||
                look.answer == Answer::not_understood || (look.answer == Answer::none && spoken.is_proven);
  if (!differs || !may_be) return std::nullopt;
  ProbeVerdict verdict = told(look, Wrong::protocol, spoken.is_proven ? Certainty::shown : Certainty::told,
                              fmt::format("{}, which by {} speaks {}", asked, spoken.by, to_string(spoken.speech)));
  verdict.fields.push_back(spoken.field);
  return verdict;
}

void show_timing(ProbeVerdict& verdict, const Probe& probe) {
  verdict.fields.clear();
  for (std::string_view field : {"initialDelaySeconds", "periodSeconds", "failureThreshold", "timeoutSeconds"})
    verdict.fields.push_back(fmt::format("{}.{}", probe.path, field));
}

// How long pods of the workload that did become ready took from the container's start.
std::optional<seconds> seen_need(const Look& look) {
  std::optional<seconds> need;
  for (const ObjectView& pod : look.workload.pods) {
    json::View ready = pod.condition("Ready");
    auto at = time_of(ready["lastTransitionTime"]);
    if (ready["status"].text() != "True" || !at) continue;
    for (const Container& container : containers_of(pod)) {
      auto since = time_of(container.status["state"]["running"]["startedAt"]);
      if (container.name != look.failing.container.name || !since || *at < *since) continue;
      need = std::max(need.value_or(seconds(0)), std::chrono::duration_cast<seconds>(*at - *since));
    }
  }
  return need;
}

// Each run is ended before it can be up, by the startup probe or, where there is none, by the liveness probe: that one
// is asked only after a startup probe has passed.
Verdict too_early(const Look& look) {
  bool may_be = look.answer != Answer::negative && look.answer != Answer::not_understood;
  if (look.failing.harm == FailingProbe::Harm::no_traffic || look.probe.path.empty() || !may_be) return std::nullopt;
  if (look.probe.kind != ProbeKind::startup && probe_of(look.failing.container, ProbeKind::startup))
    return std::nullopt;
  seconds allowance = look.probe.allowance();
  auto need = seen_need(look);
  bool is_shown = need && *need > allowance;
  if (!is_shown && allowance >= kUsualAllowance) return std::nullopt;
  std::string rest = is_shown ? fmt::format("others of its pods needed {} s", need->count())
                              : std::string("each run is over before anything answers");
  ProbeVerdict verdict = told(look, Wrong::timing, is_shown ? Certainty::shown : Certainty::told,
                              fmt::format("it allows {} s from the container's start, {}", allowance.count(), rest));
  show_timing(verdict, look.probe);
  return verdict;
}

// It listens, and needs longer for an answer than the probe waits.
Verdict too_hasty(const Look& look) {
  const Probe* other = on_same_port(look, look.others.well);
  bool other_waits = other != nullptr && other->timeout > look.probe.timeout && other->action == look.probe.action;
  bool is_late = look.answer == Answer::late || (look.answer == Answer::no_contact && other_waits);
  if (!is_late || look.probe.path.empty() || (look.probe.timeout > kShortestTimeout && !other_waits))
    return std::nullopt;
  std::string rest = other_waits ? fmt::format("its {} probe, which waits {} s, is well", to_string(other->kind),
                                               other->timeout.count())
                                 : std::string("the shortest time there is");
  ProbeVerdict verdict = told(look, Wrong::timing, other_waits ? Certainty::shown : Certainty::told,
                              fmt::format("it waits {} s for an answer, {}", look.probe.timeout.count(), rest));
  show_timing(verdict, look.probe);
  if (other_waits) verdict.fields.push_back(other->path + ".timeoutSeconds");
  return verdict;
}

// It was well for long, and one slow answer or two in quick succession end the container.
Verdict too_strict(const Look& look) {
  const Probe& probe = look.probe;
  seconds patience = probe.failures * probe.period;
  bool is_late = look.answer == Answer::late && look.failing.harm == FailingProbe::Harm::kills;
  if (!is_late || probe.path.empty() || patience > kLeastPatience) return std::nullopt;
  ProbeVerdict verdict = told(look, Wrong::timing, Certainty::told,
                              fmt::format("answers later than {} s end it once they have come for {} s",
                                          probe.timeout.count(), patience.count()));
  show_timing(verdict, probe);
  return verdict;
}

Verdict wrong_timing(const Look& look) {
  if (look.failing.has_worked) return too_strict(look);
  if (auto early = too_early(look)) return early;
  return too_hasty(look);
}

}  // namespace

ProbeVerdict verdict_of(const Cluster& cluster, const Workload& workload, const std::vector<ObjectView>& services,
                        const FailingProbe& failing) {
  Look look{cluster,
            workload,
            services,
            failing,
            failing.probe,
            failing.answer(),
            others_of(cluster, failing),
            declared_ports(failing.container.pod)};
  for (auto judge : {wrong_port, wrong_protocol, wrong_timing})
    if (Verdict verdict = judge(look)) return *std::move(verdict);
  return {Wrong::program, Certainty::shown, quote(failing.words()), {}};
}

}  // namespace ai_ops::diagnosis
