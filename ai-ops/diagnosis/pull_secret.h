// The Secrets that a kubelet pulls a pod's images with, and one that is not there. Pure.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "ai-ops/diagnosis/cluster.h"

namespace ai_ops::diagnosis {

// A kubelet says at each try which of them it lacks, and is held to one event in five minutes when it has often.
inline constexpr std::chrono::minutes kStillLacked{10};

struct PullSecret {
  std::string name;
  std::optional<ObjectView> named_by = {};  // the pod, or its ServiceAccount, which gives pods those that name none
  std::string path = {};                    // where
  std::optional<ObjectView> event = {};     // the kubelet says that it is not there
  bool is_seen_missing = false;             // else only the event says so
};

// Source: kubernetes/pkg/kubelet (getPullSecretsForPod); plugin/pkg/admission/serviceaccount.
std::optional<PullSecret> missing_pull_secret(const Cluster& cluster, const ObjectView& pod, WallTime now);

}  // namespace ai_ops::diagnosis
