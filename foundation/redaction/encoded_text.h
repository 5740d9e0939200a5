// A text as it reads once its encodings are taken off: where a credential hides in base64, in percent signs or behind
// backslashes, the view shows it, and each of its bytes knows where in the source it stood. Own of redaction; pure.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foundation::redaction {

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A view in the making, and then the map back.
class DecodedText {
 public:
  void add_as_it_stands(std::size_t at, std::string_view bytes);  // `bytes` stand at `at` in the source, unencoded
  void add_decoded(Range source, std::string_view bytes);         // all of `bytes` come of that part of the source

  const std::string& text() const { return text_; }
  // What of the source made that part of the view, which is not empty. Of an encoded piece always the whole piece.
  Range source_of(Range part) const;

 private:
  struct Piece {
    std::size_t at;  // in the view; it goes on to the next piece
    Range source;
    bool is_encoded;
  };
  const Piece& piece_at(std::size_t at) const;

  std::string text_;
  std::vector<Piece> pieces_;  // by `at`
};

// Nothing shorter is looked into as base64: it holds twelve bytes.
inline constexpr std::size_t kMinBase64Bytes = 16;
// The bytes of a view are at most so many times those of its text: base64 is read at four alignments, each three
// quarters as long and in lines of its own; the others only get shorter.
inline constexpr std::size_t kMaxDecodedPerByte = 4;

// Each takes one encoding off and answers false when the text shows none of it. One pass over the text each.
//   percent      "%3D" as URLs and forms write it. "+" stays: in base64 it is a digit
//   backslashes  those of JSON, and "\x41" of many programming languages
//   base64       both alphabets, padded or not, folded over lines; the readable parts of each run, a line each
using Decoder = bool (*)(std::string_view text, DecodedText& view);
std::span<const Decoder> decoders();

}  // namespace foundation::redaction
