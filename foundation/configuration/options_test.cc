#include "foundation/configuration/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace foundation::configuration {
namespace {

class Options : public ::testing::Test {
 protected:
  Options() { ::unsetenv("HKS_TEST_DATA"); }
  ~Options() override {
    ::unsetenv("HKS_TEST_DATA");
    std::filesystem::remove(file_);
  }
  std::optional<int> read(std::vector<const char*> arguments) {
    CLI::App app("a program");
    data_ = "default";
    loud_ = false;
    app.add_option("--data", data_)->envname("HKS_TEST_DATA");
    app.add_flag("--loud", loud_)->envname("HKS_TEST_LOUD");
    many_.clear();
    app.add_option("--many", many_)->allow_extra_args(false)->delimiter(',')->envname("HKS_TEST_MANY");
    arguments.insert(arguments.begin(), "program");
    return read_options(app, int(arguments.size()), arguments.data());
  }
  const char* with_file(const char* text) {
    std::ofstream(file_) << text;
    return file_.c_str();
  }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("hks-options-" + std::to_string(::getpid()) + ".toml");
  std::string data_;
  std::vector<std::string> many_;
  bool loud_ = false;
};

TEST_F(Options, FlagOverEnvironmentOverFileOverDefault) {
  EXPECT_FALSE(read({}));
  EXPECT_EQ(data_, "default");
  const char* file = with_file("data = \"file\"\n");
  EXPECT_FALSE(read({"--config", file}));
  EXPECT_EQ(data_, "file");
  ::setenv("HKS_TEST_DATA", "environment", 1);
  EXPECT_FALSE(read({"--config", file}));
  EXPECT_EQ(data_, "environment");
  EXPECT_FALSE(read({"--config", file, "--data", "flag"}));
  EXPECT_EQ(data_, "flag");
}

TEST_F(Options, AFlagFromTheFileOrTheEnvironment) {
  EXPECT_FALSE(read({"--config", with_file("loud = true\n")}));
  EXPECT_TRUE(loud_);
  ::setenv("HKS_TEST_LOUD", "true", 1);
  EXPECT_FALSE(read({}));
  ::unsetenv("HKS_TEST_LOUD");
  EXPECT_TRUE(loud_);
}

TEST_F(Options, ManyOfOneAreAllFromTheFlagsOrAllFromTheEnvironmentOrAllFromTheFile) {
  using Many = std::vector<std::string>;
  const char* file = with_file("many = [\"x\", \"y\"]\n");
  EXPECT_FALSE(read({"--config", file}));
  EXPECT_EQ(many_, (Many{"x", "y"}));
  ::setenv("HKS_TEST_MANY", "a,b", 1);
  EXPECT_FALSE(read({"--config", file}));
  EXPECT_EQ(many_, (Many{"a", "b"}));
  EXPECT_FALSE(read({"--config", file, "--many", "c", "--many=d"}));
  EXPECT_EQ(many_, (Many{"c", "d"}));
  ::unsetenv("HKS_TEST_MANY");
}

TEST_F(Options, OptionsMayStandBehindASubcommand) {
  CLI::App app("a program");
  std::string data;
  app.add_option("--data", data);
  app.add_subcommand("certificates");
  const char* arguments[] = {"program", "certificates", "--data", "there"};
  EXPECT_FALSE(read_options(app, 4, arguments));
  EXPECT_EQ(data, "there");
}

TEST_F(Options, WhatIsUnknownIsAUsageError) {
  EXPECT_EQ(read({"--config", with_file("other = 1\n")}), 2);
  EXPECT_EQ(read({"--other"}), 2);
  EXPECT_EQ(read({"--config", "/no/such/file"}), 2);
  EXPECT_EQ(read({"--help"}), 0);
}

}  // namespace
}  // namespace foundation::configuration
