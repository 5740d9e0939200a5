// What rules write and read while a diagnosis is made: drafts of findings, before they are linked, ranked and numbered.
// A Case lives for one call of diagnose().
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"
#include "ai-ops/diagnosis/evidence.h"

namespace ai_ops::diagnosis {

inline constexpr std::size_t kMaxEvidence = 8;  // of one finding

struct Draft {
  ObjectRef object;
  Severity severity = Severity::warning;
  std::string headline;                     // "crashes at start"; put before the words of a cause on the same object
  std::string detail;                       // "exit 1, 6 restarts"; title = headline: detail
  std::string container;                    // that it is about; empty: the whole workload
  bool is_symptom = true;                   // else a cause that was found by looking for it
  bool may_come_from_a_dependency = false;  // a crash or a failing probe: an endpoint may explain it
  std::vector<Evidence> evidence;
  std::vector<std::size_t> causes = {};  // indices of drafts

  void cite(const ObjectView& from, const std::string& path);  // nothing stands there: nothing is added
  void cite(Evidence found);
};

class Case {
 public:
  Case(const Cluster& cluster, const std::vector<LogExcerpt>& logs, WallTime now)
      : cluster_(cluster), logs_(logs), now_(now) {}

  const Cluster& cluster() const { return cluster_; }
  WallTime now() const { return now_; }
  std::span<const Draft> drafts() const { return drafts_; }

  // A symptom of the workload, as severe as what is left of it allows. The reference is good until the next call.
  Draft& symptom(const Workload& workload, std::string headline);
  // Something that may explain symptoms: a warning until it does.
  Draft& cause(const Workload& workload, std::string headline);
  std::span<const std::size_t> symptoms_of(const ObjectRef& object) const;
  bool has_symptom(const ObjectRef& object) const { return !symptoms_of(object).empty(); }
  // False, and nothing done, when `cause` comes of `effect` already: two that wait for each other explain nothing.
  bool link(std::size_t effect, std::size_t cause);
  Draft& last() { return drafts_.back(); }
  std::vector<Draft> take() && { return std::move(drafts_); }

  // Logs of the pod's container; of any container of the workload's pods when `container` is empty.
  std::vector<const LogExcerpt*> logs_of(const Workload& workload, std::string_view container) const;

 private:
  bool comes_from(std::size_t effect, std::size_t cause) const;
  Draft& add(const Workload& workload, std::string headline);

  const Cluster& cluster_;
  const std::vector<LogExcerpt>& logs_;
  WallTime now_;
  std::vector<Draft> drafts_;
  std::map<ObjectRef, std::vector<std::size_t>> symptoms_;
};

// Nothing serves: critical; something does: warning.
Severity severity_of(const Workload& workload);

// Linked drafts -> findings in their order: critical first, causes before what they cause, then by name.
std::vector<Finding> conclude(std::vector<Draft> drafts);

}  // namespace ai_ops::diagnosis
