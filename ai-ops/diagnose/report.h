// What hks-diagnose says, in its three forms. All text of the cluster is cleaned, and known credential formats are
// taken out of it: what is printed here is pasted elsewhere. Pure.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "ai-ops/diagnose/options.h"
#include "ai-ops/diagnosis/finding.h"
#include "foundation/base/clock.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::diagnose {

struct Skipped {
  std::string what;  // a file, or a kind of the cluster
  std::string why;
  bool is_there = true;  // false: a kind that the cluster has not, so that nothing is missed
};

struct Took {
  std::chrono::nanoseconds read{};      // files or requests, parsing, the graph
  std::chrono::nanoseconds diagnose{};  // the rules and their links
};

struct Report {
  foundation::WallTime at{};
  Took took = {};
  std::map<std::string, std::size_t> kinds = {};  // what was looked at: how many objects of each
  std::size_t logs = 0;
  std::vector<Skipped> skipped = {};
  bool is_whole = true;  // no rule was skipped
  std::vector<diagnosis::Finding> findings = {};
};

std::map<std::string, std::size_t> count_kinds(const foundation::kubernetes::Snapshot& objects);

// Those of the options' severity and namespaces, and what causes them; in their order.
std::vector<diagnosis::Finding> shown(const std::vector<diagnosis::Finding>& findings, const Options& options);

Exit exit_of(const Report& report);  // a rule that could not end is a warning: something may have been missed

std::string print(const Report& report, Output output);  // ends in one line feed
std::string print_skipped(const Report& report);         // a line each
// What has changed between two looks: as text, or one JSON object a line. Empty when nothing has.
std::string print_changes(const Report& before, const Report& after, Output output);

}  // namespace ai_ops::diagnose
