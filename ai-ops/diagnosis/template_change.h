// What a Deployment's newest revision changed of its pods, by its ReplicaSets. Pure.
// How Kubernetes works: each pod template has a ReplicaSet of its own, numbered by the annotation
// deployment.kubernetes.io/revision. Going back to an earlier template takes that one's ReplicaSet again, with a new
// number: it is older than the one before it, and no change of ours to suspect.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

struct ChangedField {
  std::string words;   // "the image of app"
  std::string before;  // where it stands in either ReplicaSet
  std::string after;
};

struct TemplateChange {
  ObjectView newest, previous;
  std::int64_t revision = 0;
  WallTime made{};  // the newest
  std::vector<ChangedField> fields;
};

// `sets`: the Deployment's ReplicaSets. None when there is but one revision, or the newest changed nothing that runs.
std::optional<TemplateChange> newest_change(const std::vector<ObjectView>& sets);

}  // namespace ai_ops::diagnosis
