// Lines that a person types: plainly from a stream, or on a terminal with editing, history and completion. Owner: one
// command. Threads: the caller's.
#pragma once
#include <cstdio>
#include <filesystem>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cli::terminal {

class Lines {
 public:
  virtual ~Lines() = default;
  // None at the end of the input, and after Ctrl-C on an empty line: on another it begins the line anew.
  virtual std::optional<std::string> message(const std::string& prompt) = 0;
  // The same for the answer to a question, which is not remembered.
  virtual std::optional<std::string> answer(const std::string& question) = 0;
};

// What the word at the cursor may become; `before` is the line up to that word. It may use the loop of the command.
using Completer = std::function<std::vector<std::string>(std::string_view before, std::string_view word)>;

struct Editing {
  std::filesystem::path history_file;  // empty: nothing is kept
  Completer complete;
};

// Without editing; `prompts` says whether somebody sees them.
std::unique_ptr<Lines> plain_lines(std::istream& in, std::ostream& out, bool prompts);
// With editing; none on a terminal that cannot. A prompt may have colours (ESC [ ... m). Borrows the files. At most one
// in the program.
std::unique_ptr<Lines> edited_lines(std::FILE* in, std::FILE* out, Editing editing);

}  // namespace cli::terminal
