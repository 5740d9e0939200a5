// What tests of the commands share: the whole program but its main, against a fake control plane.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands/fake_control_plane.h"
#include "cli/commands/program.h"

namespace cli::commands {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

inline constexpr const char* kTurn =
    R"({"seq":1,"turn_id":"019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a10","conversation_id":"019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10"})";

inline std::string frame(std::string name, std::string data) {
  return "id: 1\nevent: " + name + "\ndata: " + data + "\n\n";
}
inline FakeControlPlane::Answer ends_with(std::string name, std::string data) {
  return {{frame("turn", kTurn), frame(std::move(name), std::move(data))}};
}
inline FakeControlPlane::Answer outcome(const std::string& word) {
  return ends_with("done", R"({"outcome":")" + word + "\"}");
}

struct Ran {
  int exit;
  std::string out, err;
};

struct Commands : testing::Test {
  Commands() {
    std::string name = "/tmp/hks-commands-XXXXXX";
    folder = ::mkdtemp(name.data());
    file = folder / "session.json";
    for (const char* variable : {"HKS_SERVER", "HKS_WORKSPACE", "HKS_SESSION_FILE"}) ::unsetenv(variable);
  }
  ~Commands() override { fs::remove_all(folder); }

  Ran run_at(std::string server, Arguments arguments, std::string input = {}, Terminal terminal = {}) {
    std::istringstream in(input);
    std::ostringstream out, err;
    Shell shell{in, out, err, terminal};
    arguments.insert(arguments.begin(), {"--session-file", file.string()});
    if (!server.empty()) arguments.insert(arguments.begin(), {"--server", server});
    int exit = run_program(std::move(arguments), shell);
    return {exit, out.str(), err.str()};
  }
  Ran run(Arguments arguments, std::string input = {}, Terminal terminal = {}) {
    return run_at(fake.url(), std::move(arguments), std::move(input), terminal);
  }
  void sign_in() {
    auto ran = run({"login", "--user", "erin", "--password-stdin"}, "only-an-example\n");
    ASSERT_EQ(ran.exit, 0) << ran.err;
  }

  fs::path folder, file;
  FakeControlPlane fake;
};

}  // namespace cli::commands
