#include "ai-ops/agents/analysis_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "ai-ops/agents/sentences.h"

namespace ai_ops::agents {
namespace {

using diagnosis::Cluster;
using diagnosis::Finding;
using diagnosis::ObjectRef;

constexpr std::size_t kMaxLines = 30;

const Finding* by_id(const std::vector<Finding>& findings, const std::string& id) {
  auto found = std::ranges::find(findings, id, &Finding::id);
  return found == findings.end() ? nullptr : &*found;
}

// The first finding of each object: its cause where there is one, since causes come first.
std::vector<const Finding*> problems_in(const std::vector<Finding>& findings) {
  std::vector<const Finding*> out;
  for (const Finding& finding : findings) {
    bool known = std::ranges::any_of(out, [&](const Finding* f) { return f->object == finding.object; });
    if (!known && finding.severity != diagnosis::Severity::info) out.push_back(&finding);
  }
  return out;
}

std::string because(const std::vector<Finding>& findings, const Finding& finding) {
  std::vector<std::string> others;
  for (const std::string& id : finding.causes) {
    const Finding* cause = by_id(findings, id);
    if (cause == nullptr || cause->object == finding.object) continue;
    if (std::ranges::find(others, cause->object.name) == others.end()) others.push_back(cause->object.name);
  }
  return others.empty() ? std::string() : fmt::format(" (because of {})", joined(others));
}

std::string problem_lines(const Cluster& cluster, const std::vector<Finding>& findings,
                          const std::vector<ObjectRef>& told = {}) {
  std::string out;
  auto problems = problems_in(findings);
  std::erase_if(problems, [&](const Finding* f) { return std::ranges::find(told, f->object) != told.end(); });
  for (std::size_t i = 0; i < problems.size() && i < kMaxLines; ++i)
    out += "\n" + problem_line(cluster, findings, *problems[i]);
  if (problems.size() > kMaxLines) out += fmt::format("\nand {} more", problems.size() - kMaxLines);
  return out;
}

std::string checked(const Cluster& cluster, std::string_view project) {
  auto is_in = [&](const auto& object) { return project.empty() || object.namespace_name() == project; };
  auto count = [&](std::string_view kind) { return std::ranges::count_if(cluster.snapshot().of_kind(kind), is_in); };
  std::vector<std::string> parts;
  auto add = [&](std::int64_t number, std::string_view singular) {
    if (number > 0) parts.push_back(counted(number, singular));
  };
  add(std::ranges::count_if(cluster.workloads(), [&](const auto& w) { return is_in(w.object); }), "workload");
  add(count("Pod"), "pod");
  add(count("Service"), "service");
  add(project.empty() ? count("Node") : 0, "node");
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out.empty() ? "there is nothing here that you may see" : out;
}

std::size_t root_causes(const std::vector<Finding>& findings) {
  return static_cast<std::size_t>(std::ranges::count_if(
      findings, [](const Finding& f) { return f.causes.empty() && f.severity != diagnosis::Severity::info; }));
}

}  // namespace

std::string name_and_readiness(const Cluster& cluster, const ObjectRef& object) {
  auto found = cluster.snapshot().find(object.kind, object.namespace_name, object.name);
  const diagnosis::Workload* workload = found ? cluster.workload_of(*found) : nullptr;
  bool counts = workload != nullptr && workload->ref == object && object.kind != "Job" && object.kind != "CronJob";
  if (!counts) return object.name;
  auto [ready, desired] = readiness_of(*workload);
  return fmt::format("{} {}/{} ready", object.name, ready, desired);
}

std::string problem_line(const Cluster& cluster, const std::vector<Finding>& findings, const Finding& finding) {
  return fmt::format("{}: {}{}", name_and_readiness(cluster, finding.object), finding.title,
                     because(findings, finding));
}

std::string other_problems(const Cluster& cluster, const std::vector<Finding>& findings,
                           const std::vector<ObjectRef>& told) {
  std::string lines = problem_lines(cluster, findings, told);
  return lines.empty() ? lines : lines.substr(1);
}

std::string overview_answer(const Cluster& cluster, const std::vector<Finding>& findings, std::string_view project) {
  std::string where = project.empty() ? std::string() : fmt::format(" in {}", project);
  auto problems = static_cast<std::int64_t>(problems_in(findings).size());
  if (problems == 0) return fmt::format("Nothing is wrong{}. Checked: {}.", where, checked(cluster, project));
  return fmt::format("{}, {}{}{}", counted(problems, "problem"),
                     counted(static_cast<std::int64_t>(root_causes(findings)), "cause"), where,
                     problem_lines(cluster, findings));
}

std::string diagnose_answer(const Cluster& cluster, const std::vector<Finding>& findings,
                            const std::vector<ObjectRef>& subjects) {
  std::string out;
  for (const ObjectRef& subject : subjects) {
    bool is_told = std::ranges::any_of(findings, [&](const Finding& f) { return f.object == subject; });
    if (!is_told) out += fmt::format("Nothing is wrong. Checked: {}.\n", name_and_readiness(cluster, subject));
  }
  std::string lines = problem_lines(cluster, findings);
  if (lines.empty()) {
    out.pop_back();
    return out;
  }
  return out + lines.substr(1);
}

}  // namespace ai_ops::agents
