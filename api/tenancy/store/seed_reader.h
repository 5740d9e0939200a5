// Strict reading of a TOML table: ask for every key, then unknown() names what is left. The first error stands, with
// its place ("workspaces[1].organization"); after it every reader returns an empty value. Private to tenancy/store.
#pragma once
#include <toml++/toml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/tenancy/tenancy.h"
#include "foundation/base/error.h"

namespace api::tenancy::store {

class SeedReader {
 public:
  SeedReader(const toml::table& table, std::string place, foundation::Done& first_error)
      : table_(table), place_(std::move(place)), first_error_(first_error) {}

  std::string text(std::string_view key);
  std::optional<std::string> optional_text(std::string_view key);
  template <class Name>
  Name name(std::string_view key) {
    return Name(checked_name(text(key), key));
  }
  template <class Name>
  std::optional<Name> optional_name(std::string_view key) {
    auto value = optional_text(key);
    return value ? std::optional(Name(checked_name(*value, key))) : std::nullopt;
  }
  bool flag(std::string_view key);  // false when the key is missing
  std::vector<std::string> names(std::string_view key);
  std::vector<SeedReader> tables(std::string_view key);  // none when the key is missing
  void refuse(std::string_view key, std::string_view why);
  void refuse_unknown();

 private:
  std::string checked_name(std::string value, std::string_view key);

  const toml::table& table_;
  std::string place_;
  foundation::Done& first_error_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace api::tenancy::store
