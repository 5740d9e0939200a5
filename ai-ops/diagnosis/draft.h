// What rules write and read while a diagnosis is made: drafts of findings, before they are linked, ranked and numbered.
// A Case lives for one call of diagnose().
#pragma once
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/evidence.h"
#include "ai-ops/diagnosis/fault.h"
#include "foundation/base/clock.h"

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxEvidence = 8;  // of one finding
inline constexpr std::size_t kLooksPerClock = 8;

// How sure the engine is of a finding; the surer one ranks first.
enum class Certainty {
  measured,  // a metric hints at it
  told,      // an event or a log says it
  shown,     // it stands in the objects themselves
};

struct Draft {
  ObjectRef object;
  std::string_view fault;  // of the catalogue
  Certainty certainty = Certainty::shown;
  Severity severity = Severity::warning;
  std::string headline;                     // "crashes at start"; put before the words of a cause on the same object
  std::string detail;                       // "exit 1, 6 restarts"; title = headline: detail
  std::string container;                    // that it is about; empty: the whole workload
  bool is_symptom = true;                   // else a cause that was found by looking for it
  bool may_come_from_a_dependency = false;  // a crash or a failing probe: an endpoint may explain it
  std::vector<Evidence> evidence;
  std::vector<std::size_t> causes = {};  // indices of drafts
  std::string_view operation = {};       // that could mend it where the fault itself names none
  std::size_t verified = 0;              // for the runner: so much of the evidence has been looked up

  void cite(const ObjectView& from, const std::string& path);  // nothing stands there: nothing is added
  void cite_event(const ObjectView& event) { cite(event_evidence(event, object.namespace_name)); }
  void cite(Evidence found);
};

class OverBudget : public std::runtime_error {
 public:
  OverBudget() : std::runtime_error("ran out of its time") {}
};

class Case {
 public:
  Case(const Cluster& cluster, const std::vector<LogExcerpt>& logs, WallTime now);

  // Throws OverBudget once the rule that runs has used up its time.
  const Cluster& cluster() const;
  WallTime now() const { return now_; }
  std::span<const Draft> drafts() const { return drafts_; }

  // A symptom of the workload, as severe as what is left of it allows. The reference is good until the next call.
  Draft& symptom(const Workload& workload, std::string_view fault, std::string headline);
  // The same of any object.
  Draft& symptom(const ObjectRef& object, std::string_view fault, Severity severity, std::string headline);
  // Something that may explain symptoms: a warning until it does.
  Draft& cause(const ObjectRef& object, std::string_view fault, std::string headline);
  std::span<const std::size_t> symptoms_of(const ObjectRef& object) const;
  // The draft of that fault of the object, to link another effect to it.
  std::optional<std::size_t> found(const ObjectRef& object, std::string_view fault) const;
  bool has_symptom(const ObjectRef& object) const { return !symptoms_of(object).empty(); }
  // False, and nothing done, when `cause` comes of `effect` already: two that wait for each other explain nothing.
  bool link(std::size_t effect, std::size_t cause);
  Draft& last() { return at(last_index()); }
  std::size_t last_index() const { return drafts_.size() - 1; }
  Draft& at(std::size_t index);
  std::vector<Draft> take() && { return std::move(drafts_); }

  // For the runner: a rule begins, with so much time; what it did is taken back.
  void begin_rule(foundation::SteadyTime deadline);
  void take_back_rule();

  std::span<const LogExcerpt> logs() const { return logs_; }
  const LogExcerpt* log(const LogWanted& of) const;  // null: it is not there
  // Logs of the workload's pods, in their order: of the container; of any when `container` is empty.
  std::vector<const LogExcerpt*> logs_of(const Workload& workload, std::string_view container) const;

 private:
  bool comes_from(std::size_t effect, std::size_t cause) const;
  Draft& add(const ObjectRef& object, std::string_view fault, std::string headline);

  const Cluster& cluster_;
  const std::vector<LogExcerpt>& logs_;
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const LogExcerpt*>> logs_by_pod_;
  WallTime now_;
  foundation::SteadyTime deadline_ = foundation::SteadyTime::max();
  mutable std::size_t looks_ = 0;  // at the cluster; the clock is read at every kLooksPerClock-th
  std::size_t first_of_rule_ = 0;
  std::map<std::size_t, Draft> before_rule_;  // drafts of earlier rules that this one may have changed, as they were
  std::vector<Draft> drafts_;
  using Indices = std::map<ObjectRef, std::vector<std::size_t>>;
  Indices symptoms_;
  Indices causes_;  // drafts that are none
};

// Nothing serves: critical; something does: warning.
Severity severity_of(const Workload& workload);

// Linked drafts -> findings in their order: critical first, causes before what they cause, then by name.
std::vector<Finding> conclude(std::vector<Draft> drafts);

}  // namespace ai_ops::diagnosis
