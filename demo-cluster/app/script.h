// API errors on demand, for tests: the next `times` requests under a path prefix are answered with a status, late, or
// both. Threads: one.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/clock.h"

namespace demo_cluster::app {

struct ScriptedFailure {
  std::string path_prefix;
  std::string method;  // empty: any
  int status = 0;      // 0: only late
  int times = 1;
  foundation::Milliseconds delay{0};
};

class Script {
 public:
  void add(ScriptedFailure failure) { failures_.push_back(std::move(failure)); }
  void clear() { failures_.clear(); }
  // Consumes one of the times of the first that matches.
  std::optional<ScriptedFailure> take(std::string_view method, std::string_view path);

 private:
  std::vector<ScriptedFailure> failures_;
};

}  // namespace demo_cluster::app
