// A token, key or password. It cannot be formatted, compared or copied into a log by accident.
#pragma once
#include <fmt/core.h>

#include <string>
#include <utility>

namespace foundation {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  // The one way out; grep for it to see every use.
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace foundation

template <>
struct fmt::formatter<foundation::Secret> {
  formatter() = delete;
};
