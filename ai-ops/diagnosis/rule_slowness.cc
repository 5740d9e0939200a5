// Slow rather than broken. Symptom: alerts that a Service's latency, or its throughput, left its usual range. Causes,
// the surer first: a node that loses or delays packets; a workload that uses up its CPU or memory; else the slow
// Service that calls no other slow one, whose own network is then the suspect. A Service that is slow because one that
// it calls is slow is an effect; so is one that has a pod on such a node, or calls one that has. Evidence: the alerts.
// All of it is a measure, so it ranks behind what objects show. How a caller's latency adds up from its callees': "The
// Tail at Scale", CACM 56(2).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"
#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

constexpr double kSlow = 2.0;      // times the usual latency
constexpr double kBusy = 1.5;      // times the usual use
constexpr double kThrottled = 50;  // percent of the periods: so much alone says that the CPU is used up
constexpr double kFull = 0.5;      // of the memory that its containers may use: less is no overload
constexpr double kMoreMi = 32;     // than usual, where that has no limit
constexpr double kMi = 1 << 20;
constexpr double kHalted = 0.5;     // of the usual throughput
constexpr double kExplains = 0.25;  // a callee this slow, as part of its caller's latency, explains the caller
constexpr double kTail = 3.0;       // p90 over p50: lost packets hit some requests, a delay hits all
constexpr double kAlmostNothing = 1e-9;

// Less than this above what is usual is nothing, how many times of it that may be. What is told in another unit, or in
// none, is judged by its ratio.
struct Least {
  std::string_view metric, unit;
  double more;
};
constexpr Least kLeast[] = {{"latency", "ms", 5},          {"latency", "s", 0.005},    {"network_delay", "ms", 5},
                            {"network_delay", "s", 0.005}, {"network_loss", "%", 0.5}, {"cpu", "%", 10},
                            {"cpu_throttling", "%", 10},   {"memory", "%", 10}};

struct Measure {
  ObjectView alert;
  double normal = 0, current = 0;
  double ratio() const { return current / std::max(normal, kAlmostNothing); }
};

// What alerts say of one target.
struct Target {
  ObjectRef named;                     // as the alerts call it
  const Workload* workload = nullptr;  // of a pod's alerts
  std::optional<Measure> slow;         // the latency that left its range the farthest
  std::optional<double> median, tail;  // current latencies
  std::optional<Measure> halted;       // throughput
  std::optional<Measure> cpu, throttled, memory;
  std::optional<Measure> loss, delay, network;  // of packets: percent, milliseconds; worse, and nothing says how
};

void keep(std::optional<Measure>& best, const Measure& found, auto better) {
  if (!best || better(found, *best)) best = found;
}

bool is_little(const Measure& measure) {
  std::string_view metric = measure.alert.spec()["metric"].text(), unit = measure.alert.status()["unit"].text();
  auto least = std::ranges::find_if(kLeast, [&](const Least& it) { return it.metric == metric && it.unit == unit; });
  return least != std::end(kLeast) && std::abs(measure.current - measure.normal) < least->more;
}

void add_latency(Target& target, const Measure& measure) {
  if (measure.ratio() < kSlow) return;
  keep(target.slow, measure, [](const Measure& a, const Measure& b) { return a.ratio() > b.ratio(); });
  double quantile = observed::number_of(measure.alert.spec()["quantile"]).value_or(0.9);
  auto& at = quantile <= 0.5 ? target.median : target.tail;
  at = std::max(at.value_or(0), measure.current);
}

void add_measure(Target& target, const ObjectView& alert) {
  auto current = observed::number_of(alert.status()["current"]);
  if (!current) return;
  Measure measure{alert, observed::number_of(alert.status()["normal"]).value_or(0), *current};
  std::string_view metric = alert.spec()["metric"].text();
  if (is_little(measure)) return;
  auto higher = [](const Measure& a, const Measure& b) { return a.current > b.current; };
  if (metric == "latency") add_latency(target, measure);
  if (metric == "throughput" && measure.normal > 0 && measure.ratio() <= kHalted)
    keep(target.halted, measure, [](const Measure& a, const Measure& b) { return a.ratio() < b.ratio(); });
  if (metric == "cpu" && measure.ratio() >= kBusy) keep(target.cpu, measure, higher);
  if (metric == "cpu_throttling") keep(target.throttled, measure, higher);
  if (metric == "memory" && measure.ratio() >= kBusy) keep(target.memory, measure, higher);
  if (metric == "network_loss" && measure.current > measure.normal) keep(target.loss, measure, higher);
  if (metric == "network_delay" && measure.ratio() >= kSlow) keep(target.delay, measure, higher);
  if (metric == "network") keep(target.network, measure, higher);
}

// Services of two namespaces may have one name.
std::string key_of(std::string_view namespace_name, std::string_view name) {
  return fmt::format("{}/{}", namespace_name, name);
}

using Targets = std::map<std::string, Target, std::less<>>;

// A cause that was told, and the Services that it slows down; whoever calls one of them waits for it.
struct Root {
  std::size_t draft;
  std::set<std::string> services;
};

ObjectRef named_by(const ObjectView& alert) {
  std::string kind(alert.spec()["kind"].text("Service"));
  std::string_view home = kind == "Node" ? std::string_view() : alert.namespace_name();
  return {std::move(kind), std::string(home), std::string(alert.spec()["name"].text()), {}};
}

class Slowness {
 public:
  explicit Slowness(Case& c) : c_(c) {
    std::vector<ObjectView> of_pods;
    for (const ObjectView& alert : c.cluster().snapshot().of_kind(observed::kAlert)) {
      if (observed::is_over(alert.status(), c.now())) continue;
      ObjectRef named = named_by(alert);
      if (named.kind == "Pod") {
        of_pods.push_back(alert);
        continue;
      }
      Targets& all = named.kind == "Node" ? nodes_ : services_;
      Target& target = all[key_of(named.namespace_name, named.name)];
      target.named = std::move(named);
      add_measure(target, alert);
    }
    if (!of_pods.empty()) add_pods(of_pods);
    for (const ObjectView& graph : c.cluster().snapshot().of_kind(observed::kCallGraph))
      for (const json::Value& callee : graph.spec()["calls"].array())
        calls_[key_of(graph.namespace_name(), graph.name())].insert(
            key_of(graph.namespace_name(), json::View(callee).text()));
  }

  void tell() {
    tell_busy();
    tell_nodes();
    if (!explained_) tell_network();
    tell_effects();
  }

 private:
  // What is measured of a pod is said of its workload, beside what is measured of the Service that leads to it.
  void add_pods(const std::vector<ObjectView>& alerts) {
    std::map<std::string, std::vector<std::string>> leading;  // the keys of Services of one workload, by that of a pod
    for (const ObjectView& service : c_.cluster().snapshot().of_kind("Service"))
      if (c_.cluster().behind(service).size() == 1)
        for (const ObjectView& pod : c_.cluster().pods_behind(service))
          leading[key_of(pod.namespace_name(), pod.name())].push_back(key_of(service.namespace_name(), service.name()));
    for (const ObjectView& alert : alerts) {
      ObjectRef named = named_by(alert);
      auto& services = leading[key_of(named.namespace_name, named.name)];
      auto pod = c_.cluster().snapshot().find("Pod", named.namespace_name, named.name);
      const Workload* workload = pod ? c_.cluster().workload_of(*pod) : nullptr;
      if (workload != nullptr) named = workload->ref;
      if (services.empty()) services.push_back(key_of(named.namespace_name, named.name));
      auto measured = std::ranges::find_if(services, [&](const std::string& key) { return services_.contains(key); });
      auto [at, is_new] = services_.try_emplace(measured == services.end() ? services.front() : *measured);
      if (is_new) at->second.named = std::move(named);
      at->second.workload = workload;
      add_measure(at->second, alert);
    }
  }

  const Workload* workload_of(const Target& target) const {
    if (target.workload != nullptr) return target.workload;
    const ObjectRef& named = target.named;
    if (auto service = c_.cluster().snapshot().find("Service", named.namespace_name, named.name)) {
      auto behind = c_.cluster().behind(*service);
      if (behind.size() == 1) return behind.front();
    }
    auto namesake = std::ranges::find_if(c_.cluster().workloads(), [&](const Workload& workload) {
      return workload.ref.namespace_name == named.namespace_name && workload.ref.name == named.name;
    });
    return namesake == c_.cluster().workloads().end() ? nullptr : &*namesake;
  }

  ObjectRef object_of(const Target& target) const {
    const Workload* workload = workload_of(target);
    return workload == nullptr ? target.named : workload->ref;
  }

  std::vector<ObjectView> pods_of(const Target& target) const {
    auto service = c_.cluster().snapshot().find("Service", target.named.namespace_name, target.named.name);
    if (service && target.workload == nullptr) return c_.cluster().pods_behind(*service);
    const Workload* workload = workload_of(target);
    return workload == nullptr ? std::vector<ObjectView>() : workload->pods;
  }

  Draft& cause(const ObjectRef& object, std::string_view fault, std::string headline, std::set<std::string> services) {
    Draft& draft = c_.cause(object, fault, std::move(headline));
    draft.certainty = Certainty::measured;
    roots_.push_back({c_.last_index(), std::move(services)});
    return draft;
  }

  static void cite(Draft& draft, const std::optional<Measure>& measure) {
    if (measure) draft.cite(measure->alert, "status.text");
  }

  // Throttled alone is what every container with a CPU limit is now and then; not most of the time.
  static bool lacks_cpu(const Target& target) {
    if (!target.throttled) return false;
    bool is_percent = target.throttled->alert.status()["unit"].text() == "%";
    return target.cpu || (is_percent && target.throttled->current >= kThrottled && target.throttled->ratio() >= kBusy);
  }

  // Of a pod's containers together; none where one of them has none, or no pod is in view.
  std::optional<double> memory_limit_mi(const Target& target) const {
    auto pods = pods_of(target);
    if (pods.empty()) return std::nullopt;
    double bytes = 0;
    for (const json::Value& container : pods.front().spec()["containers"].array()) {
      std::string_view limit = json::View(container)["resources"]["limits"]["memory"].text();
      auto milli = foundation::kubernetes::parse_quantity_milli(limit);
      if (limit.empty() || !milli) return std::nullopt;
      bytes += static_cast<double>(*milli) / 1000;
    }
    return bytes / kMi;
  }

  bool takes_much_memory(const Target& target) const {
    std::string_view unit = target.memory->alert.status()["unit"].text();
    if (unit != "Mi" && unit != "MiB") return true;
    auto limit = memory_limit_mi(target);
    return limit ? target.memory->current >= kFull * *limit : target.memory->current - target.memory->normal >= kMoreMi;
  }

  void tell_busy() {
    for (const auto& [name, target] : services_) {
      bool cpu = lacks_cpu(target);
      if (!cpu && !(target.memory && target.slow && takes_much_memory(target))) continue;
      Draft& draft = cause(object_of(target), cpu ? "cpu-overload" : "memory-overload",
                           cpu ? "uses up its CPU and is throttled" : "uses far more memory than usual", {name});
      cite(draft, cpu ? target.cpu : target.memory);
      if (cpu) cite(draft, target.throttled);
      explained_ = true;
    }
  }

  bool hits_some_only() const {
    for (const auto& [name, target] : services_)
      if (target.tail && (!target.median || *target.tail / *target.median >= kTail)) return true;
    return false;
  }

  using Quantity = std::optional<Measure> Target::*;
  const Target* worst_node(Quantity of, const Target* but = nullptr) const {
    const Target* worst = nullptr;
    for (const auto& [name, node] : nodes_)
      if (node.*of && &node != but && (worst == nullptr || (node.*of)->current > (worst->*of)->current)) worst = &node;
    return worst;
  }

  std::set<std::string> services_on(std::string_view node) const {
    std::set<std::string> out;
    for (const auto& [name, target] : services_)
      if (std::ranges::any_of(pods_of(target),
                              [&](const ObjectView& pod) { return pod.spec()["nodeName"].text() == node; }))
        out.insert(name);
    return out;
  }

  void tell_node(const Target& node, bool loses) {
    Draft& draft = cause(node.named, loses ? "node-network-loss" : "node-network-delay",
                         loses ? "loses packets" : "delays packets", services_on(node.named.name));
    for (Quantity of : {&Target::loss, &Target::delay, &Target::network}) cite(draft, node.*of);
    explained_ = true;
  }

  // Lost packets are sent again, so a node that loses them may delay them too; not the other way round.
  void tell_nodes() {
    const Target* losing = worst_node(&Target::loss);
    const Target* late = worst_node(&Target::delay, losing);
    const Target* worse = worst_node(&Target::network);
    if (losing != nullptr) tell_node(*losing, true);
    if (late != nullptr) tell_node(*late, false);
    if (losing == nullptr && late == nullptr && worse != nullptr) tell_node(*worse, hits_some_only());
  }

  bool is_explained_by_a_callee(const std::string& name_of_target, const Target& target) const {
    auto calls = calls_.find(name_of_target);
    if (calls == calls_.end()) return false;
    return std::ranges::any_of(calls->second, [&](const std::string& name) {
      auto callee = services_.find(name);
      return callee != services_.end() && callee->second.slow &&
             callee->second.slow->current >= kExplains * target.slow->current;
    });
  }

  void tell_network() {
    const std::pair<const std::string, Target>* root = nullptr;
    for (const auto& each : services_) {
      const auto& [name, target] = each;
      if (target.slow && !is_explained_by_a_callee(name, target) &&
          (root == nullptr || target.slow->ratio() > root->second.slow->ratio()))
        root = &each;
    }
    bool by_latency = root != nullptr;
    if (!by_latency)  // nobody is slow: where the traffic halts first
      for (const auto& each : services_)
        if (each.second.halted && (root == nullptr || each.second.halted->ratio() < root->second.halted->ratio()))
          root = &each;
    if (root == nullptr || c_.has_symptom(object_of(root->second))) return;
    const Target& target = root->second;
    bool loses = target.loss || (target.network && !target.delay);
    Draft& draft =
        cause(object_of(target), loses ? "network-loss" : "network-delay",
              loses ? "loses packets and answers late" : "answers late though it is not busy", {root->first});
    draft.detail = "its network is the suspect";
    cite(draft, by_latency ? target.slow : target.halted);
    for (Quantity of : {&Target::loss, &Target::delay, &Target::network}) cite(draft, target.*of);
  }

  bool calls_through(const std::string& from, const std::set<std::string>& wanted) const {
    std::set<std::string> seen;
    std::vector<std::string> open{from};
    while (!open.empty()) {
      std::string at = open.back();
      open.pop_back();
      if (!seen.insert(at).second) continue;
      if (at != from && wanted.contains(at)) return true;
      auto next = calls_.find(at);
      if (next != calls_.end()) open.insert(open.end(), next->second.begin(), next->second.end());
    }
    return false;
  }

  void tell_effects() {
    for (const auto& [name, target] : services_) {
      if (!target.slow) continue;
      ObjectRef object = object_of(target);
      if (c_.has_symptom(object)) continue;
      Draft& draft = c_.symptom(object, "slow", Severity::warning, "answers late");
      std::size_t index = c_.last_index();
      draft.certainty = Certainty::measured;
      cite(draft, target.slow);
      bool is_root =
          std::ranges::any_of(roots_, [&](const Root& root) { return c_.drafts()[root.draft].object == object; });
      for (const Root& root : roots_)
        if (root.services.contains(name) || (!is_root && calls_through(name, root.services)))
          c_.link(index, root.draft);
    }
  }

  Case& c_;
  Targets services_, nodes_;
  std::map<std::string, std::set<std::string>> calls_;
  std::vector<Root> roots_;
  bool explained_ = false;
};

}  // namespace

void find_slowness(Case& c) { Slowness(c).tell(); }

}  // namespace ai_ops::diagnosis
