// Tolerant reading of foreign JSON: View(pod)["status"]["phase"].text(). A missing or mistyped step yields an empty
// view, never an error. Borrows the value.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "foundation/json/value.h"

namespace foundation::json {

class View {
 public:
  View() = default;
  View(const Value* value) : value_(value) {}
  View(const Value& value) : value_(&value) {}

  View operator[](std::string_view member) const;  // also on null views
  View operator[](std::size_t index) const;
  View path(std::string_view dotted) const;   // "spec.template.metadata"; members without dots only
  View pointer(std::string_view text) const;  // RFC 6901: "/spec/replicas"; empty when malformed

  explicit operator bool() const { return value_ != nullptr; }
  bool is_null() const { return value_ == nullptr || value_->is_null(); }
  std::string_view text(std::string_view otherwise = {}) const;  // strings only
  std::optional<std::int64_t> integer() const;                   // integers that fit
  std::int64_t integer_or(std::int64_t otherwise) const { return integer().value_or(otherwise); }
  bool boolean_or(bool otherwise) const;
  const Array& array() const;    // empty when it is none
  const Object& object() const;  // empty when it is none
  const Value* value() const { return value_; }

 private:
  const Value* value_ = nullptr;
};

}  // namespace foundation::json
