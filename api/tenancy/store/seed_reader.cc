#include "api/tenancy/store/seed_reader.h"

#include <fmt/format.h>

namespace api::tenancy::store {

using foundation::Code;
using foundation::fail;

void SeedReader::refuse(std::string_view key, std::string_view why) {
  if (first_error_) first_error_ = fail(Code::invalid, "read seed", fmt::format("{}{}: {}", place_, key, why));
}

std::optional<std::string> SeedReader::optional_text(std::string_view key) {
  known_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return std::nullopt;
  if (auto value = node->value_exact<std::string>()) return value;
  refuse(key, "not a string");
  return std::nullopt;
}

bool SeedReader::flag(std::string_view key) {
  known_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return false;
  auto value = node->value_exact<bool>();
  if (!value) refuse(key, "not true or false");
  return value.value_or(false);
}

std::string SeedReader::text(std::string_view key) {
  auto value = optional_text(key);
  if (!value) refuse(key, "missing");
  return value.value_or("");
}

std::string SeedReader::checked_name(std::string value, std::string_view key) {
  if (!is_name(value)) refuse(key, "not a name by RFC 1123");
  return value;
}

std::vector<std::string> SeedReader::names(std::string_view key) {
  known_.emplace(key);
  std::vector<std::string> found;
  const toml::node* node = table_.get(key);
  const toml::array* array = node != nullptr ? node->as_array() : nullptr;
  if (array == nullptr) {
    refuse(key, node != nullptr ? "not an array" : "missing");
    return found;
  }
  for (const auto& item : *array) {
    auto value = item.value_exact<std::string>();
    if (!value) refuse(key, "not an array of strings");
    found.push_back(checked_name(value.value_or(""), key));
  }
  return found;
}

std::vector<SeedReader> SeedReader::tables(std::string_view key) {
  known_.emplace(key);
  std::vector<SeedReader> found;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return found;
  const toml::array* array = node->as_array();
  if (array == nullptr) refuse(key, "not an array of tables");
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    const toml::table* table = array->get(i)->as_table();
    if (table == nullptr) {
      refuse(key, "not an array of tables");
    } else {
      found.emplace_back(*table, fmt::format("{}{}[{}].", place_, key, i), first_error_);
    }
  }
  return found;
}

void SeedReader::refuse_unknown() {
  for (const auto& [key, node] : table_)
    if (!known_.contains(key.str())) refuse(key.str(), "unknown key");
}

}  // namespace api::tenancy::store
