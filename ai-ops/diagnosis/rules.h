// The rules, one a file (rule_<what>.cc). Each states how Kubernetes works, looks at the whole case and adds drafts.
// The table with their order is in diagnose.cc.
#pragma once
#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

void find_crashes(Case& c);
void find_waiting(Case& c);
void find_unschedulable(Case& c);
void find_failed_jobs(Case& c);
void find_not_ready(Case& c);
void find_not_progressing(Case& c);
void find_endpoints(Case& c);

}  // namespace ai_ops::diagnosis
