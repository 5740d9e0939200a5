#include "foundation/kubernetes/names.h"

#include <algorithm>

namespace foundation::kubernetes {
namespace {

constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxSubdomainBytes = 253;
constexpr std::size_t kMaxKindBytes = 63;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label_of_any_length(std::string_view name) {
  return !name.empty() && is_alphanumeric(name.front()) && is_alphanumeric(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

bool is_label(std::string_view name) { return name.size() <= kMaxLabelBytes && is_label_of_any_length(name); }

bool is_subdomain(std::string_view name) {
  if (name.size() > kMaxSubdomainBytes) return false;
  for (std::size_t dot; (dot = name.find('.')) != std::string_view::npos; name.remove_prefix(dot + 1))
    if (!is_label_of_any_length(name.substr(0, dot))) return false;
  return is_label_of_any_length(name);
}

bool is_kind(std::string_view name) {
  auto is_part = [](char c) { return is_upper(c) || is_alphanumeric(c); };
  return !name.empty() && name.size() <= kMaxKindBytes && is_upper(name.front()) && std::ranges::all_of(name, is_part);
}

Result<Namespace> parse_namespace(std::string_view text) {
  if (is_label(text)) return Namespace(std::string(text));
  return fail(Code::invalid, "read a namespace",
              "must be 1 to 63 of a-z, 0-9 and '-', with a letter or digit at both ends");
}

Result<ObjectName> parse_object_name(std::string_view text) {
  if (is_subdomain(text)) return ObjectName(std::string(text));
  return fail(Code::invalid, "read an object's name",
              "must be 1 to 253 of a-z, 0-9, '-' and '.', each part with a letter or digit at both ends");
}

}  // namespace foundation::kubernetes
