// When a bundle was taken, by what stands in it: the newest time at which something is said to have happened. Pure.
#pragma once
#include <optional>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/json/value.h"

namespace ai_ops::bundle {

namespace json = foundation::json;

class Newest {
 public:
  // Later times are no times of this bundle, like the end of a certificate.
  explicit Newest(std::optional<foundation::WallTime> latest) : latest_(latest) {}

  void see(foundation::WallTime at);
  void see_object(const json::Value& object);
  void see_described(std::string_view text);
  void see_log_line(std::string_view line);  // that begins with its time
  std::optional<foundation::WallTime> at() const { return at_; }

 private:
  std::optional<foundation::WallTime> latest_, at_;
};

}  // namespace ai_ops::bundle
