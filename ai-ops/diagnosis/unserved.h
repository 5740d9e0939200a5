// What leads requests to a Service that has nothing ready behind it: an Ingress or a route that is served, and answers
// 503. Pure but for the drafts.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ai-ops/diagnosis/backend.h"
#include "ai-ops/diagnosis/draft.h"
#include "ai-ops/diagnosis/service_use.h"

namespace ai_ops::diagnosis {

// One of the ways of an Ingress or a route.
struct Way {
  std::string words;  // "shop.example.com/api", "everything else"
  Backend backend;
};

class Unserved {
 public:
  explicit Unserved(Case& c) : c_(c) {}

  // `ways`: all that `from` has. One finding (ingress-unserved), of those whose Service is there and whose silence
  // something else explains: the Service itself, or the workloads behind it. Nothing of one that is scaled to 0: that
  // is told where it is so (rule_scaled_to_zero.cc), or as it should be.
  void look_at(const ObjectView& from, const std::vector<Way>& ways);

 private:
  struct Silent {
    const Way* way;
    ObjectView service;
    std::vector<std::size_t> causes;
  };
  std::optional<Silent> silent(const Way& way) const;
  bool is_called_otherwise(const ObjectView& service);
  void tell(const ObjectView& from, const std::vector<Silent>& silent, std::size_t ways);

  Case& c_;
  std::optional<ServiceUse> use_;  // made once, if at all
};

}  // namespace ai_ops::diagnosis
