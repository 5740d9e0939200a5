#include "foundation/configuration/options.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace foundation::configuration {
namespace {

bool is_given(const std::string& flag, int argc, const char* const* argv) {
  return std::any_of(argv + 1, argv + argc, [&](std::string_view argument) {
    return argument == flag || (argument.starts_with(flag) && argument[flag.size()] == '=');
  });
}

// CLI11 itself lets a file win over the environment. As arguments before the real ones, of which the last counts, the
// environment stands between the file and the flags. An option that takes many takes them all from one of the three.
std::vector<std::string> arguments_of(CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> all;
  for (CLI::Option* option : app.get_options()) {
    if (option->get_envname().empty()) continue;
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    auto flag = "--" + option->get_lnames().front();
    if (option->get_items_expected_max() > 1 && is_given(flag, argc, argv)) continue;
    if (const char* value = std::getenv(option->get_envname().c_str())) all.push_back(flag + "=" + value);
  }
  all.insert(all.end(), argv + 1, argv + argc);
  return all;
}

}  // namespace

std::optional<int> read_options(CLI::App& app, int argc, const char* const* argv) {
  app.set_config("--config", "", "TOML file with these options as keys");
  app.allow_config_extras(CLI::config_extras_mode::error);
  for (CLI::App* command : app.get_subcommands({})) command->fallthrough();  // options may stand behind it
  try {
    auto arguments = arguments_of(app, argc, argv);
    std::reverse(arguments.begin(), arguments.end());  // the order in which CLI11 wants a vector
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
}

}  // namespace foundation::configuration
