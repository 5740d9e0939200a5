#include "ai-ops/diagnose/changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace ai_ops::diagnose {
namespace {

using diagnosis::Finding;
using Is = std::tuple<diagnosis::ObjectRef, std::string_view>;

Is identity(const Finding& finding) {
  diagnosis::ObjectRef object = finding.object;
  object.uid.clear();  // one that was made anew under its name is the same to a reader
  return {std::move(object), finding.fault};
}

// Of one fault of one object there may be several: of two containers.
using ByIdentity = std::map<Is, std::vector<const Finding*>>;

ByIdentity by_identity(const std::vector<Finding>& findings) {
  ByIdentity out;
  for (const Finding& finding : findings) out[identity(finding)].push_back(&finding);
  return out;
}

std::set<Is> causes_of(const Finding& finding, const std::vector<Finding>& among) {
  std::set<Is> out;
  for (const std::string& id : finding.causes)
    if (auto cause = std::ranges::find(among, id, &Finding::id); cause != among.end()) out.insert(identity(*cause));
  return out;
}

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::appeared: return "new";
    case ChangeKind::changed: return "changed";
    case ChangeKind::resolved: return "resolved";
  }
  return {};
}

std::vector<Change> changes_between(const std::vector<Finding>& before, const std::vector<Finding>& after) {
  ByIdentity known = by_identity(before);
  std::vector<Change> out, present;
  for (const Finding& finding : after) {
    auto& same = known[identity(finding)];
    if (same.empty()) {
      present.push_back({ChangeKind::appeared, &finding});
      continue;
    }
    const Finding& was = *same.front();
    same.erase(same.begin());
    if (was.severity != finding.severity || causes_of(was, before) != causes_of(finding, after))
      present.push_back({ChangeKind::changed, &finding});
  }
  for (const auto& [is, gone] : known)
    for (const Finding* finding : gone) out.push_back({ChangeKind::resolved, finding});
  out.insert(out.end(), present.begin(), present.end());
  return out;
}

}  // namespace ai_ops::diagnose
