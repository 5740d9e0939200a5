// Golden files for tests: run from the repository's root; HKS_WRITE_GOLDEN=1 writes them anew.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cli::render {

namespace fs = std::filesystem;

inline std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path << ": run from the repository's root";
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void expect_golden(const fs::path& golden, const std::string& text) {
  if (std::getenv("HKS_WRITE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << text;
  EXPECT_EQ(text, read(golden)) << golden;
}

}  // namespace cli::render
