// What somebody may do, as a small set. Pure values. Threads: any.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/json/value.h"

namespace api::tenancy {

enum class Permission : std::uint8_t {
  objects_read,
  events_read,
  logs_read,
  workloads_scale,
  workloads_restart,
  workloads_rollback,
  workloads_set_resources,
  approvals_decide,
  audit_read,
  members_manage,
};
inline constexpr std::size_t kPermissions = 10;

std::string_view to_string(Permission permission);  // "objects.read"
std::optional<Permission> parse_permission(std::string_view text);

class Permissions {
 public:
  class const_iterator {
   public:
    using value_type = Permission;
    using difference_type = std::ptrdiff_t;
    constexpr const_iterator() = default;
    constexpr explicit const_iterator(std::uint16_t left) : left_(left) {}
    constexpr Permission operator*() const { return static_cast<Permission>(std::countr_zero(left_)); }
    constexpr const_iterator& operator++() {
      left_ = static_cast<std::uint16_t>(left_ & (left_ - 1));
      return *this;
    }
    constexpr const_iterator operator++(int) {
      auto before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    std::uint16_t left_ = 0;  // those not passed yet
  };
  using iterator = const_iterator;

  constexpr Permissions() = default;
  constexpr Permissions(std::initializer_list<Permission> all) {
    for (Permission permission : all) insert(permission);
  }
  constexpr void insert(Permission permission) { bits_ = static_cast<std::uint16_t>(bits_ | bit(permission)); }
  constexpr void erase(Permission permission) { bits_ = static_cast<std::uint16_t>(bits_ & ~bit(permission)); }
  constexpr void clear() { bits_ = 0; }
  constexpr bool contains(Permission permission) const { return (bits_ & bit(permission)) != 0; }
  constexpr bool includes(const Permissions& others) const { return (others - *this).empty(); }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::size_t size() const { return static_cast<std::size_t>(std::popcount(bits_)); }
  constexpr const_iterator begin() const { return const_iterator(bits_); }  // in the order of the enumeration
  constexpr const_iterator end() const { return const_iterator(); }

  friend constexpr Permissions operator|(Permissions a, Permissions b) { return of(a.bits_ | b.bits_); }
  friend constexpr Permissions operator&(Permissions a, Permissions b) { return of(a.bits_ & b.bits_); }
  friend constexpr Permissions operator-(Permissions a, Permissions b) { return of(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(const Permissions&, const Permissions&) = default;

 private:
  static constexpr unsigned bit(Permission permission) { return 1U << static_cast<unsigned>(permission); }
  static constexpr Permissions of(int bits) {
    Permissions out;
    out.bits_ = static_cast<std::uint16_t>(bits);
    return out;
  }
  std::uint16_t bits_ = 0;
};

constexpr Permissions all_permissions() {
  Permissions all;
  for (std::size_t i = 0; i < kPermissions; ++i) all.insert(static_cast<Permission>(i));
  return all;
}

foundation::json::Array names_of(const Permissions& permissions);
std::string text_of(const Permissions& permissions);  // "logs.read, objects.read": for people

// As stored: a JSON array of names.
std::string to_text(const Permissions& permissions);
std::optional<Permissions> parse_permissions(std::string_view text);  // none: damaged, or a name that is not known

}  // namespace api::tenancy
