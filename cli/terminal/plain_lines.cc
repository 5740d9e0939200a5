#include "cli/terminal/lines.h"
#include "cli/terminal/prompt.h"

namespace cli::terminal {
namespace {

class PlainLines final : public Lines {
 public:
  PlainLines(std::istream& in, std::ostream& out, bool prompts) : in_(in), out_(out), prompts_(prompts) {}
  std::optional<std::string> message(const std::string& prompt) override { return read(prompt); }
  std::optional<std::string> answer(const std::string& question) override { return read(question); }

 private:
  std::optional<std::string> read(const std::string& prompt) {
    if (prompts_) out_ << prompt << std::flush;
    auto line = read_line(in_);
    if (!line && prompts_) out_ << '\n';
    return line;
  }

  std::istream& in_;
  std::ostream& out_;
  bool prompts_;
};

}  // namespace

std::unique_ptr<Lines> plain_lines(std::istream& in, std::ostream& out, bool prompts) {
  return std::make_unique<PlainLines>(in, out, prompts);
}

}  // namespace cli::terminal
