// For tests: a text against its golden file. HKS_WRITE_GOLDEN=1 writes the files anew, to be read before they are kept.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace ai_ops::agents {

inline void expect_golden(const std::string& name, const std::string& text) {
  std::string path = "ai-ops/agents/golden/" + name + ".txt";  // tests run from the repository's root
  if (std::getenv("HKS_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(text, golden.str()) << path;
}

}  // namespace ai_ops::agents
