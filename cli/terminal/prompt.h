// Reading from a person: lines at a prompt, and passwords without an echo.
#pragma once
#include <csignal>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

namespace cli::terminal {

// While it lives, Ctrl-C ends a read on the terminal instead of the program. At most one at a time.
class PromptInterrupt {
 public:
  PromptInterrupt();
  ~PromptInterrupt();
  PromptInterrupt(const PromptInterrupt&) = delete;
  PromptInterrupt& operator=(const PromptInterrupt&) = delete;
  bool happened() const;

 private:
  struct sigaction before_;
};

// None at the end of the input and after Ctrl-C.
std::optional<std::string> read_line(std::istream& in);
// From the terminal on standard input; what is typed is not shown.
std::optional<std::string> read_hidden_line(std::istream& in, std::ostream& prompt_on, const std::string& prompt);

}  // namespace cli::terminal
