#include "cli/terminal/prompt.h"

#include <termios.h>
#include <unistd.h>

namespace cli::terminal {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // written by the handler below, which can reach nothing else

void note_interrupt(int) { interrupted = 1; }

class HiddenEcho {
 public:
  HiddenEcho() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenEcho() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  HiddenEcho(const HiddenEcho&) = delete;
  HiddenEcho& operator=(const HiddenEcho&) = delete;

 private:
  termios before_{};
  bool is_terminal_;
};

}  // namespace

PromptInterrupt::PromptInterrupt() {
  interrupted = 0;
  struct sigaction action{};
  action.sa_handler = note_interrupt;  // without SA_RESTART: the read ends
  ::sigaction(SIGINT, &action, &before_);
}

PromptInterrupt::~PromptInterrupt() { ::sigaction(SIGINT, &before_, nullptr); }

bool PromptInterrupt::happened() const { return interrupted != 0; }

std::optional<std::string> read_line(std::istream& in) {
  PromptInterrupt interrupt;
  std::string line;
  if (!std::getline(in, line) || interrupt.happened()) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<std::string> read_hidden_line(std::istream& in, std::ostream& prompt_on, const std::string& prompt) {
  HiddenEcho hidden;
  prompt_on << prompt << std::flush;
  auto line = read_line(in);
  prompt_on << '\n';
  return line;
}

}  // namespace cli::terminal
