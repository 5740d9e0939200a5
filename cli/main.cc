// hks, the command line: a client of the public API and of nothing else.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

#include "cli/commands/program.h"
#include "cli/terminal/lines.h"

namespace {

constexpr std::size_t kUsualColumns = 80, kFewestColumns = 20;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

cli::commands::Terminal look_around() {
  cli::commands::Terminal terminal{.reads = ::isatty(STDIN_FILENO) == 1, .writes = ::isatty(STDOUT_FILENO) == 1};
  if (!terminal.writes || variable("TERM") == "dumb") return terminal;
  winsize size{};
  bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= kFewestColumns;
  terminal.look = {.color = variable("NO_COLOR").empty(), .columns = known ? size.ws_col : kUsualColumns};
  return terminal;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write
  cli::commands::Shell shell{std::cin, std::cout, std::cerr, look_around()};
  if (shell.terminal.look.columns > 0)
    shell.edited_lines = [](cli::terminal::Editing editing) {
      return cli::terminal::edited_lines(stdin, stdout, std::move(editing));
    };
  return cli::commands::run_program({argv + 1, argv + argc}, shell);
}
