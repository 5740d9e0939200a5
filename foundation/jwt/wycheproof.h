// For tests: Google's Wycheproof vectors, which lie beside the repository and are not part of it.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "foundation/json/value.h"
#include "foundation/json/view.h"

namespace foundation::jwt::wycheproof {

inline const std::filesystem::path kFolder = "../shared/data/wycheproof";  // from the repository's root

inline std::optional<json::Value> read(const char* name) {
  std::ifstream file(kFolder / name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = json::parse_tolerant(text);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

}  // namespace foundation::jwt::wycheproof

// Absent is a skip with its reason; present but unreadable is a failure of the test that finds too few vectors.
#define WYCHEPROOF_OR_SKIP(name)                                                                \
  if (!std::filesystem::exists(foundation::jwt::wycheproof::kFolder / (name)))                  \
  GTEST_SKIP() << "no " << (foundation::jwt::wycheproof::kFolder / (name)).string() << " from " \
               << std::filesystem::current_path().string()
