#include "cli/render/flow.h"

#include <algorithm>
#include <array>
#include <utility>

#include "foundation/base/unicode.h"

namespace cli::render {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::array<std::string_view, 6> kInks{"", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};

// Blocks of wide characters (UAX 11), generously: what counts too wide breaks a line early, and that is all.
constexpr std::pair<char32_t, char32_t> kWide[] = {
    {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2ff}, {0x1f000, 0x1faff}, {0x20000, 0x3fffd}};

// The first character of well-formed UTF-8, and its columns.
std::pair<std::string_view, std::size_t> first_character(std::string_view text) {
  auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  length = std::min(length, text.size());
  char32_t c = length == 1 ? lead : lead & (0x7fu >> length);
  for (char byte : text.substr(1, length - 1)) c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3f);
  bool wide = std::ranges::any_of(kWide, [c](auto block) { return c >= block.first && c <= block.second; });
  return {text.substr(0, length), wide ? 2 : 1};
}

template <class Take>
void each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    auto [character, columns] = first_character(text);
    take(character, columns);
    text.remove_prefix(character.size());
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line = foundation::visible_text(text);
  std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::size_t width(std::string_view text) {
  std::size_t all = 0;
  each_character(text, [&](std::string_view, std::size_t columns) { all += columns; });
  return all;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text);
  std::string out;
  std::size_t used = 1;  // the ellipsis
  bool full = false;
  each_character(text, [&](std::string_view character, std::size_t wide) {
    full = full || used + wide > columns;
    if (full) return;
    out += character;
    used += wide;
  });
  return out + "…";
}

Flow::Flow(const Look& look, std::string first, std::string rest)
    : look_(look), first_(std::move(first)), rest_(std::move(rest)) {}

Flow& Flow::add(std::string_view text, Ink ink) {
  if (ink != ink_) {
    end_word();
    ink_ = ink;
  }
  each_character(foundation::visible_text(text),
                 [this](std::string_view c, std::size_t columns) { add_character(c, columns); });
  return *this;
}

void Flow::add_character(std::string_view character, std::size_t columns) {
  if (character == "\n") {
    end_word();
    break_line();
  } else if (character == " " || character == "\t") {
    end_word();
    ++spaces_;
  } else {
    word_ += character;
    word_width_ += columns;
  }
}

void Flow::end_word() {
  if (word_.empty()) return;
  if (column_ == 0) begin_line();
  std::size_t margin = width(rest_);
  bool fits = look_.columns == 0 || column_ + spaces_ + word_width_ <= look_.columns;
  if (!fits && has_words_) {
    break_line();
    begin_line();
  }
  paint(ink_);
  out_.append(spaces_, ' ');
  column_ += std::exchange(spaces_, 0);
  each_character(std::exchange(word_, {}), [&](std::string_view character, std::size_t columns) {
    bool full = look_.columns > margin + 2 && column_ + columns > look_.columns;
    if (full) {  // a word that is longer than a line
      break_line();
      begin_line();
      paint(ink_);
    }
    out_ += character;
    column_ += columns;
  });
  word_width_ = 0;
  has_words_ = true;
}

void Flow::begin_line() {
  const std::string& margin = std::exchange(is_first_, false) ? first_ : rest_;
  out_ += margin;
  column_ = width(margin);
}

void Flow::break_line() {
  paint(Ink::plain);
  out_ += '\n';
  column_ = 0;
  spaces_ = 0;
  has_words_ = false;
}

void Flow::paint(Ink ink) {
  if (!look_.color || ink == painted_) return;
  if (painted_ != Ink::plain) out_ += kReset;
  out_ += kInks[static_cast<std::size_t>(ink)];
  painted_ = ink;
}

std::string Flow::take() {
  paint(Ink::plain);
  return std::exchange(out_, {});
}

std::string Flow::end() {
  end_word();
  if (column_ > 0) break_line();
  spaces_ = 0;
  return take();
}

}  // namespace cli::render
