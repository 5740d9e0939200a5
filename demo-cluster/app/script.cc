#include "demo-cluster/app/script.h"

namespace demo_cluster::app {

std::optional<ScriptedFailure> Script::take(std::string_view method, std::string_view path) {
  for (auto at = failures_.begin(); at != failures_.end(); ++at) {
    if (!path.starts_with(at->path_prefix) || (!at->method.empty() && at->method != method)) continue;
    ScriptedFailure taken = *at;
    if (--at->times <= 0) failures_.erase(at);
    return taken;
  }
  return std::nullopt;
}

}  // namespace demo_cluster::app
