#include "ai-ops/agents/findings_about.h"

#include <set>
#include <string>

namespace ai_ops::agents {

using diagnosis::Finding;

std::vector<Finding> findings_about(std::vector<Finding> all, const std::vector<diagnosis::ObjectRef>& subjects,
                                    std::string_view project) {
  if (subjects.empty() && project.empty()) return all;
  std::set<std::string> wanted;
  for (const auto& subject : subjects)
    for (const Finding& finding : diagnosis::about(all, subject)) wanted.insert(finding.id);
  if (subjects.empty()) {
    // Causes stand before what they cause, so one pass from the end collects them all.
    for (auto finding = all.rbegin(); finding != all.rend(); ++finding) {
      if (finding->object.namespace_name == project) wanted.insert(finding->id);
      if (wanted.contains(finding->id)) wanted.insert(finding->causes.begin(), finding->causes.end());
    }
  }
  std::erase_if(all, [&](const Finding& finding) { return !wanted.contains(finding.id); });
  return all;
}

}  // namespace ai_ops::agents
