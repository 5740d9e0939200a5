// Text into lines: what may be shown, how wide it is, where a line breaks, which colour it has. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace cli::render {

// What the output can show. A pipe has neither colours nor columns: its text is plain and never broken.
struct Look {
  bool color = false;
  std::size_t columns = 0;  // of a terminal; 0: none
};

enum class Ink { plain, strong, dim, good, warning, bad };

// Text of the server for one line: only visible characters, line breaks and tabs as spaces.
std::string one_line(std::string_view text);
std::size_t width(std::string_view text);  // in terminal columns; at least what it takes
// As much of it as fits, with an ellipsis in place of the rest.
std::string shortened(std::string_view text, std::size_t columns);

// Takes text in pieces and gives lines. On a terminal a line breaks between words and goes on behind the margin, so
// that no text of a server ever reaches the columns left of it, where the marks of the control plane stand.
class Flow {
 public:
  // `first` begins the first line, `rest` every other one.
  Flow(const Look& look, std::string first, std::string rest);

  Flow& add(std::string_view text, Ink ink = Ink::plain);  // visible_text applies; a line feed begins a new line
  std::string take();                                      // what is complete; the last word is held back
  std::string end();                                       // the rest, with its line feed

 private:
  void add_character(std::string_view character, std::size_t columns);
  void end_word();
  void begin_line();
  void paint(Ink ink);
  void break_line();

  Look look_;
  std::string first_, rest_, out_, word_;
  std::size_t column_ = 0;      // 0: the line is not begun
  std::size_t word_width_ = 0;  // of word_
  std::size_t spaces_ = 0;      // before word_
  Ink ink_ = Ink::plain;        // of word_
  Ink painted_ = Ink::plain;    // of what was last put out
  bool is_first_ = true;
  bool has_words_ = false;  // in this line
};

}  // namespace cli::render
