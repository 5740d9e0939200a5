#include "cli/commands/exit.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "foundation/json/view.h"

namespace cli::commands {
namespace {

using foundation::Code;

struct Ending {
  std::string_view outcome;
  Exit exit;
};
constexpr std::array kEndings{Ending{"answered", Exit::done}, Ending{"executed", Exit::done},
                              Ending{"refused", Exit::refused}, Ending{"waiting", Exit::waiting}};

}  // namespace

Exit exit_of(const events::Event& terminal) {
  const auto* outcome = terminal.name == "done" ? terminal.data.if_contains("outcome") : nullptr;
  auto row = std::ranges::find(kEndings, foundation::json::View(outcome).text(), &Ending::outcome);
  return row == kEndings.end() ? Exit::failed : row->exit;
}

Exit exit_of(const foundation::Error& error) {
  switch (error.code) {
    case Code::unauthenticated: return Exit::not_signed_in;
    case Code::denied: return Exit::refused;
    case Code::cancelled: return Exit::interrupted;
    default: return Exit::failed;
  }
}

}  // namespace cli::commands
