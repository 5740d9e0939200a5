// bench-diagnosis: what the engine costs by itself: reading a snapshot, building its graph, diagnosing it, what one
// changed object costs until the findings are right again, and the memory that it holds, for clusters of a thousand to
// a hundred thousand objects of which one workload in a hundred is ill. Prints a table. Run by hand:
// build/release/bin/bench-diagnosis
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/kubernetes/snapshot.h"

namespace {

using Clock = std::chrono::steady_clock;
namespace diagnosis = ai_ops::diagnosis;
using foundation::kubernetes::Snapshot;

constexpr int kPods = 8;             // of one Deployment
constexpr int kObjects = 4 + kPods;  // of one Deployment: itself, ReplicaSet, Service, EndpointSlice, pods
constexpr int kIllEvery = 100;
constexpr int kRounds = 5;

double ms_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * 4096 / (1 << 20);
}

std::string status_of(bool is_ill) {
  if (!is_ill)
    return R"("status":{"phase":"Running","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready",)"
           R"("status":"True"}],"containerStatuses":[{"name":"app","ready":true,"restartCount":0,"state":{"running":)"
           R"({"startedAt":"2026-01-02T08:00:00Z"}}}]})";
  return R"("status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[{"name":)"
         R"("app","ready":false,"restartCount":6,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":)"
         R"({"terminated":{"exitCode":1,"startedAt":"2026-01-02T11:59:00Z","finishedAt":"2026-01-02T11:59:01Z"}}}]})";
}

void add_deployment(std::string& out, int number) {
  std::string name = fmt::format("app-{}", number), space = fmt::format("team-{}", number / 50);
  std::string spec = fmt::format(
      R"({{"containers":[{{"name":"app","image":"registry.example/{}:1.4.2","ports":[{{"containerPort":8080}}],"env":[{{)"
      R"("name":"BACKEND","fact":{{"type":"endpoint","scheme":"http","host":"app-{}","port":80}}}}],"resources":)"
      R"({{"requests":{{"cpu":"100m","memory":"128Mi"}},"limits":{{"memory":"256Mi"}}}},"readinessProbe":{{"httpGet":)"
      R"({{"path":"/ready","port":8080}}}}}}]}})",
      name, number / 50 * 50 + (number + 1) % 50);
  auto owned = [&](std::string_view kind, std::string_view owner) {
    return fmt::format(R"("ownerReferences":[{{"kind":"{}","name":"{}","controller":true}}])", kind, owner);
  };
  bool is_ill = number % kIllEvery == 0;
  int ready = is_ill ? 0 : kPods;
  out += fmt::format(
      R"({{"kind":"Deployment","metadata":{{"name":"{0}","namespace":"{1}","generation":1}},"spec":{{"replicas":{2},)"
      R"("selector":{{"matchLabels":{{"app":"{0}"}}}},"template":{{"metadata":{{"labels":{{"app":"{0}"}}}},"spec":{3}}}}},)"
      R"("status":{{"observedGeneration":1,"replicas":{2},"readyReplicas":{4},"conditions":[{{"type":"Progressing",)"
      R"("status":"True","reason":"NewReplicaSetAvailable"}}]}}}})"
      "\n",
      name, space, kPods, spec, ready);
  out += fmt::format(
      R"({{"kind":"ReplicaSet","metadata":{{"name":"{0}-5d9c","namespace":"{1}",{2}}},"spec":{{"replicas":{3}}},)"
      R"("status":{{"replicas":{3}}}}})"
      "\n",
      name, space, owned("Deployment", name), kPods);
  out += fmt::format(
      R"({{"kind":"Service","metadata":{{"name":"{0}","namespace":"{1}"}},"spec":{{"clusterIP":"10.0.0.1","selector":)"
      R"({{"app":"{0}"}},"ports":[{{"port":80,"targetPort":8080}}]}}}})"
      "\n",
      name, space);
  std::string endpoints;
  for (int pod = 0; pod < kPods; ++pod)
    endpoints += fmt::format(R"({}{{"conditions":{{"ready":{}}}}})", pod == 0 ? "" : ",", !is_ill);
  out += fmt::format(R"({{"kind":"EndpointSlice","metadata":{{"name":"{0}-x","namespace":"{1}","labels":)"
                     R"({{"kubernetes.io/service-name":"{0}"}}}},"endpoints":[{2}]}})"
                     "\n",
                     name, space, endpoints);
  for (int pod = 0; pod < kPods; ++pod)
    out += fmt::format(
        R"({{"kind":"Pod","metadata":{{"name":"{0}-5d9c-{1}","namespace":"{2}","labels":{{"app":"{0}"}},{3}}},)"
        R"("spec":{4},{5}}})"
        "\n",
        name, pod, space, owned("ReplicaSet", name + "-5d9c"), spec, status_of(is_ill));
}

std::string snapshot_text(int objects) {
  auto at = *foundation::parse_rfc3339("2026-01-02T12:00:00Z");
  std::string out = foundation::kubernetes::head_line("1", "bench", at);
  for (int number = 0; number < objects / kObjects; ++number) add_deployment(out, number);
  return out;
}

struct Round {
  double parse, graph, diagnose, change, release;
  std::size_t findings;
};

// A pod falls ill: its object is read, the graph built anew, all rules run.
double change_one(Snapshot& snapshot) {
  std::string pod = fmt::format(
      R"({{"kind":"Pod","metadata":{{"name":"app-1-5d9c-0","namespace":"team-0","labels":{{"app":"app-1"}}}},{}}})",
      status_of(true));
  auto began = Clock::now();
  if (auto read = snapshot.read(pod); !read) throw std::runtime_error(read.error().text());
  diagnosis::Cluster cluster(snapshot);
  diagnosis::diagnose({&cluster, {}, snapshot.at(), diagnosis::kOfflineTime});
  return ms_since(began);
}

// In a process of its own, whose heap has held nothing else.
double held_mib(int objects) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  pid_t child = fork();
  if (child == 0) {
    std::string text = snapshot_text(objects);
    double before = resident_mib();
    auto snapshot = foundation::kubernetes::parse_snapshot(text);
    diagnosis::Cluster cluster(*snapshot);
    double held = resident_mib() - before;
    _exit(write(ends[1], &held, sizeof held) == sizeof held ? 0 : 1);
  }
  double held = 0;
  bool is_told = child > 0 && read(ends[0], &held, sizeof held) == sizeof held;
  close(ends[0]);
  close(ends[1]);
  waitpid(child, nullptr, 0);
  if (!is_told) throw std::runtime_error("the child told nothing");
  return held;
}

Round run(const std::string& text) {
  Round round{};
  auto began = Clock::now();
  auto snapshot = foundation::kubernetes::parse_snapshot(text);
  round.parse = ms_since(began);
  if (!snapshot) throw std::runtime_error(snapshot.error().text());
  {
    began = Clock::now();
    diagnosis::Cluster cluster(*snapshot);
    round.graph = ms_since(began);
    began = Clock::now();
    round.findings = diagnosis::diagnose({&cluster, {}, snapshot->at(), diagnosis::kOfflineTime}).size();
    round.diagnose = ms_since(began);
  }
  round.change = change_one(*snapshot);
  began = Clock::now();
  snapshot = std::unexpected(foundation::Error{foundation::Code::invalid, "", ""});
  round.release = ms_since(began);
  return round;
}

}  // namespace

int main() {
  fmt::print(
      "| objects | JSON MiB | parse ms | graph ms | diagnose ms | one change ms | free ms | findings | MiB held |\n");
  fmt::print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  for (int objects : {1'000, 10'000, 100'000}) {
    std::fflush(stdout);
    double held = held_mib(objects);
    std::string text = snapshot_text(objects);
    std::vector<Round> rounds;
    for (int i = 0; i < kRounds; ++i) rounds.push_back(run(text));
    auto best = [&](auto member) { return std::ranges::min(rounds, {}, member).*member; };
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} | {:.0f} |\n", objects,
               static_cast<double>(text.size()) / (1 << 20), best(&Round::parse), best(&Round::graph),
               best(&Round::diagnose), best(&Round::change), best(&Round::release), rounds.front().findings, held);
  }
}
