// Whose a log is, by the path of its file. Pure.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/diagnosis/diagnose.h"

namespace ai_ops::bundle {

// The pods that were read, by which a log finds its place.
class KnownPods {
 public:
  void add(const foundation::kubernetes::ObjectView& pod);

  // A path names a pod whole ("shop/web-1/app.log", "web-1/app/logs/current.log", "shop_web-1_<uid>/app/0.log") or with
  // its container ("web-1-app.log"), or what runs exactly one pod ("web.log"); a container that it does not name is the
  // pod's only one. None: it names no pod, or one of two that it leaves open.
  std::optional<diagnosis::LogWanted> place_of(std::string_view path) const;
  bool has(std::string_view namespace_name, std::string_view pod) const;

 private:
  struct Pod {
    std::string namespace_name, name;
    std::set<std::string, std::less<>> containers;
  };
  const Pod* named_in(const std::vector<std::string_view>& parts) const;
  const Pod* only_pod_of(std::string_view workload) const;

  std::multimap<std::string, Pod, std::less<>> pods_;
};

}  // namespace ai_ops::bundle
