// A string that cannot be mistaken for another string: struct WorkspaceTag; using WorkspaceName = Strong<WorkspaceTag>;
#pragma once
#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace foundation {

template <class Tag>
class Strong {
 public:
  Strong() = default;
  explicit Strong(std::string value) : value_(std::move(value)) {}
  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend auto operator<=>(const Strong&, const Strong&) = default;

 private:
  std::string value_;
};

}  // namespace foundation

template <class Tag>
struct std::hash<foundation::Strong<Tag>> {
  std::size_t operator()(const foundation::Strong<Tag>& strong) const { return std::hash<std::string>()(strong.str()); }
};
