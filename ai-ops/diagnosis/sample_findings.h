// For tests of rules: a sample cluster's findings, with every piece of their evidence looked up, and as lines to
// compare.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ai-ops/diagnosis/diagnose.h"
#include "ai-ops/diagnosis/evidence_check.h"
#include "ai-ops/diagnosis/fault.h"
#include "ai-ops/diagnosis/sample_cluster.h"

namespace ai_ops::diagnosis::sample {

inline std::vector<Finding> findings_of(const Cluster& cluster, std::vector<LogExcerpt> logs = {}) {
  diagnosis::Cluster graph(cluster.snapshot());
  Material material{&graph, std::move(logs), kNow};
  Diagnosis out = examine(material);
  EXPECT_EQ(false_evidence(out.findings, material), "");
  EXPECT_TRUE(out.skipped.empty()) << out.skipped.front();
  for (const Finding& finding : out.findings) EXPECT_NE(find_fault(finding.fault), nullptr) << finding.fault;
  return out.findings;
}

// "critical Deployment/web crash: crashes at start: exit 1 <- F1"
inline std::vector<std::string> told(const Cluster& cluster, std::vector<LogExcerpt> logs = {}) {
  std::vector<std::string> out;
  for (const Finding& f : findings_of(cluster, std::move(logs))) {
    std::string causes;
    for (const std::string& id : f.causes) causes += " <- " + id;
    out.push_back(fmt::format("{} {} {}: {}{}", to_string(f.severity), f.object.text(), f.fault, f.title, causes));
  }
  return out;
}

// "F1 Node/n1 kubelet-unavailable", "F2 Deployment/web crash <- F1"
inline std::vector<std::string> codes(const Cluster& cluster, std::vector<LogExcerpt> logs = {}) {
  std::vector<std::string> out;
  for (const Finding& f : findings_of(cluster, std::move(logs))) {
    std::string causes;
    for (const std::string& id : f.causes) causes += " <- " + id;
    out.push_back(fmt::format("{} {} {}{}", f.id, f.object.text(), f.fault, causes));
  }
  return out;
}

inline bool cites(const Finding& finding, std::string_view ref, std::string_view text = {}) {
  return std::ranges::any_of(finding.evidence,
                             [&](const Evidence& e) { return e.ref == ref && e.text.find(text) != std::string::npos; });
}

inline LogExcerpt log(std::string pod, std::vector<LogLine> lines, bool previous = true) {
  return {{"shop", std::move(pod), "app", previous}, std::move(lines)};
}

}  // namespace ai_ops::diagnosis::sample
