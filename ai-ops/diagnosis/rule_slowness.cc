// Slow rather than broken. Symptom: alerts that a Service's latency, or its throughput, left its usual range. Causes,
// the surer first: a node that loses or delays packets; a workload that uses up its CPU or memory; else the slow
// Service that calls no other slow one, whose own network is then the suspect. A Service that is slow because one that
// it calls is slow is an effect. Evidence: the alerts. All of it is a measure, so it ranks behind what objects show.
// How a caller's latency adds up from its callees': "The Tail at Scale", CACM 56(2).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ai-ops/diagnosis/observed.h"
#include "ai-ops/diagnosis/quote.h"
#include "ai-ops/diagnosis/rules.h"

namespace ai_ops::diagnosis {
namespace {

constexpr double kSlow = 2.0;       // times the usual latency
constexpr double kBusy = 1.5;       // times the usual use
constexpr double kHalted = 0.5;     // of the usual throughput
constexpr double kExplains = 0.25;  // a callee this slow, as part of its caller's latency, explains the caller
constexpr double kTail = 3.0;       // p90 over p50: lost packets hit some requests, a delay hits all
constexpr double kAlmostNothing = 1e-9;

std::optional<double> number_of(json::View value) {
  if (!value || !value.value()->is_number()) return std::nullopt;
  return value.value()->to_number<double>();
}

struct Measure {
  ObjectView alert;
  double normal = 0, current = 0;
  double ratio() const { return current / std::max(normal, kAlmostNothing); }
};

// What alerts say of one target.
struct Target {
  std::string name, namespace_name;
  std::optional<Measure> slow;         // the latency that left its range the farthest
  std::optional<double> median, tail;  // current latencies
  std::optional<Measure> halted;       // throughput
  std::optional<Measure> cpu, throttled, memory, loss;
};

void keep(std::optional<Measure>& best, const Measure& found, auto better) {
  if (!best || better(found, *best)) best = found;
}

void add_latency(Target& target, const Measure& measure) {
  if (measure.ratio() < kSlow) return;
  keep(target.slow, measure, [](const Measure& a, const Measure& b) { return a.ratio() > b.ratio(); });
  double quantile = number_of(measure.alert.spec()["quantile"]).value_or(0.9);
  auto& at = quantile <= 0.5 ? target.median : target.tail;
  at = std::max(at.value_or(0), measure.current);
}

void add_measure(Target& target, const ObjectView& alert) {
  auto current = number_of(alert.status()["current"]);
  if (!current) return;
  Measure measure{alert, number_of(alert.status()["normal"]).value_or(0), *current};
  std::string_view metric = alert.spec()["metric"].text();
  auto higher = [](const Measure& a, const Measure& b) { return a.current > b.current; };
  if (metric == "latency") add_latency(target, measure);
  if (metric == "throughput" && measure.normal > 0 && measure.ratio() <= kHalted)
    keep(target.halted, measure, [](const Measure& a, const Measure& b) { return a.ratio() < b.ratio(); });
  if (metric == "cpu" && measure.ratio() >= kBusy) keep(target.cpu, measure, higher);
  if (metric == "cpu_throttling") keep(target.throttled, measure, higher);
  if (metric == "memory" && measure.ratio() >= kBusy) keep(target.memory, measure, higher);
  if (metric == "network_loss" || metric == "network_delay") keep(target.loss, measure, higher);
}

// Services of two namespaces may have one name.
std::string key_of(std::string_view namespace_name, std::string_view name) {
  return fmt::format("{}/{}", namespace_name, name);
}

using Targets = std::map<std::string, Target, std::less<>>;

class Slowness {
 public:
  explicit Slowness(Case& c) : c_(c) {
    for (const ObjectView& alert : c.cluster().snapshot().of_kind(observed::kAlert)) {
      bool is_node = alert.spec()["kind"].text() == "Node";
      std::string name(alert.spec()["name"].text());
      std::string space(is_node ? std::string_view() : alert.namespace_name());
      Target& target = (is_node ? nodes_ : services_)[key_of(space, name)];
      target.name = std::move(name);
      target.namespace_name = std::move(space);
      add_measure(target, alert);
    }
    for (const ObjectView& graph : c.cluster().snapshot().of_kind(observed::kCallGraph))
      for (const json::Value& callee : graph.spec()["calls"].array())
        calls_[key_of(graph.namespace_name(), graph.name())].insert(
            key_of(graph.namespace_name(), json::View(callee).text()));
  }

  void tell() {
    tell_busy();
    tell_node();
    if (!explained_) tell_network();
    tell_effects();
  }

 private:
  ObjectRef object_of(const Target& target) const {
    auto service = c_.cluster().snapshot().find("Service", target.namespace_name, target.name);
    if (service) {
      auto behind = c_.cluster().behind(*service);
      if (behind.size() == 1) return behind.front()->ref;
    }
    for (const Workload& workload : c_.cluster().workloads())
      if (workload.ref.namespace_name == target.namespace_name && workload.ref.name == target.name) return workload.ref;
    return {"Service", target.namespace_name, target.name, {}};
  }

  Draft& cause(const ObjectRef& object, std::string_view fault, std::string headline) {
    Draft& draft = c_.cause(object, fault, std::move(headline));
    draft.certainty = Certainty::measured;
    roots_.push_back(c_.last_index());
    return draft;
  }

  static void cite(Draft& draft, const std::optional<Measure>& measure) {
    if (measure) draft.cite(measure->alert, "status.text");
  }

  // Throttled alone is what every container with a CPU limit is now and then.
  void tell_busy() {
    for (const auto& [name, target] : services_) {
      bool cpu = target.cpu && target.throttled;
      if (!cpu && !(target.memory && target.slow)) continue;
      Draft& draft = cause(object_of(target), cpu ? "cpu-overload" : "memory-overload",
                           cpu ? "uses up its CPU and is throttled" : "uses far more memory than usual");
      cite(draft, cpu ? target.cpu : target.memory);
      if (cpu) cite(draft, target.throttled);
      explained_ = true;
      busy_.insert(name);
    }
  }

  bool hits_some_only() const {
    for (const auto& [name, target] : services_)
      if (target.tail && (!target.median || *target.tail / *target.median >= kTail)) return true;
    return false;
  }

  void tell_node() {
    const Target* worst = nullptr;
    for (const auto& [name, node] : nodes_)
      if (node.loss && (worst == nullptr || node.loss->current > worst->loss->current)) worst = &node;
    if (worst == nullptr) return;
    bool loses = hits_some_only();
    Draft& draft = cause({"Node", "", worst->name, {}}, loses ? "node-network-loss" : "node-network-delay",
                         loses ? "loses packets" : "delays packets");
    cite(draft, worst->loss);
    explained_ = true;
    is_node_ = true;
  }

  bool is_explained_by_a_callee(const Target& target) const {
    auto calls = calls_.find(key_of(target.namespace_name, target.name));
    if (calls == calls_.end()) return false;
    return std::ranges::any_of(calls->second, [&](const std::string& name) {
      auto callee = services_.find(name);
      return callee != services_.end() && callee->second.slow &&
             callee->second.slow->current >= kExplains * target.slow->current;
    });
  }

  void tell_network() {
    const Target* root = nullptr;
    for (const auto& [name, target] : services_)
      if (target.slow && !is_explained_by_a_callee(target) &&
          (root == nullptr || target.slow->ratio() > root->slow->ratio()))
        root = &target;
    bool by_latency = root != nullptr;
    if (!by_latency)  // nobody is slow: where the traffic halts first
      for (const auto& [name, target] : services_)
        if (target.halted && (root == nullptr || target.halted->ratio() < root->halted->ratio())) root = &target;
    if (root == nullptr || c_.has_symptom(object_of(*root))) return;
    bool loses = root->loss.has_value();
    Draft& draft = cause(object_of(*root), loses ? "network-loss" : "network-delay",
                         loses ? "loses packets and answers late" : "answers late though it is not busy");
    draft.detail = "its network is the suspect";
    cite(draft, by_latency ? root->slow : root->halted);
    cite(draft, root->loss);
    root_ = key_of(root->namespace_name, root->name);
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
    std::set<std::string> wanted = busy_;
    if (!root_.empty()) wanted.insert(root_);
    for (const auto& [name, target] : services_) {
      if (!target.slow) continue;
      ObjectRef object = object_of(target);
      if (c_.has_symptom(object)) continue;
      Draft& draft = c_.symptom(object, "slow", Severity::warning, "answers late");
      std::size_t index = c_.last_index();
      draft.certainty = Certainty::measured;
      cite(draft, target.slow);
      bool is_root = wanted.contains(name);
      for (std::size_t root : roots_)
        if (is_node_ || (is_root && c_.drafts()[root].object == object) || (!is_root && calls_through(name, wanted)))
          c_.link(index, root);
    }
  }

  Case& c_;
  Targets services_, nodes_;
  std::map<std::string, std::set<std::string>> calls_;
  std::vector<std::size_t> roots_;
  std::set<std::string> busy_;
  std::string root_;
  bool explained_ = false;
  bool is_node_ = false;
};

}  // namespace

void find_slowness(Case& c) { Slowness(c).tell(); }

}  // namespace ai_ops::diagnosis
