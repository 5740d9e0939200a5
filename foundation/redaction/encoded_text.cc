#include "foundation/redaction/encoded_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "foundation/base/unicode.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMinReadableBytes = 8;  // fewer in a row are chance
constexpr std::size_t kFoldedLineBytes = 60;  // PEM and MIME fold base64 at 64 and at 76

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// The number of so many hexadecimal digits at `at`.
std::optional<char32_t> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  char32_t out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    auto digit = hex_digit(text[at + i]);
    if (!digit) return std::nullopt;
    out = out * 16 + *digit;
  }
  return out;
}

// --- percent ---

bool take_off_percent(std::string_view text, DecodedText& view) {
  std::size_t copied = 0;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at)) {
    auto byte = hex_at(text, at + 1, 2);
    if (!byte) {
      ++at;
      continue;
    }
    char decoded = static_cast<char>(*byte);
    view.add_as_it_stands(copied, text.substr(copied, at - copied));
    view.add_decoded({at, at + 3}, {&decoded, 1});
    copied = at += 3;
  }
  view.add_as_it_stands(copied, text.substr(copied));
  return copied > 0;
}

// --- backslashes ---

struct Escape {
  std::size_t length;  // with its backslash
  std::string means;
};

std::optional<Escape> escape_at(std::string_view text, std::size_t at) {
  static constexpr std::string_view kNames = "\"\\/'ntrbf", kMeanings = "\"\\/'\n\t\r\b\f";
  if (at + 1 >= text.size()) return std::nullopt;
  char kind = text[at + 1];
  if (std::size_t known = kNames.find(kind); known != std::string_view::npos)
    return Escape{2, std::string(1, kMeanings[known])};
  std::size_t digits = kind == 'u' ? 4 : kind == 'x' ? 2 : 0;
  auto c = digits == 0 ? std::nullopt : hex_at(text, at + 2, digits);
  if (!c) return std::nullopt;
  // Invisible characters would split a credential here as they would in a text.
  return Escape{2 + digits, is_invisible(*c) ? std::string() : to_utf8(*c)};
}

bool take_off_backslashes(std::string_view text, DecodedText& view) {
  std::size_t copied = 0;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    auto escape = escape_at(text, at);
    if (!escape) {
      ++at;
      continue;
    }
    view.add_as_it_stands(copied, text.substr(copied, at - copied));
    view.add_decoded({at, at + escape->length}, escape->means);
    copied = at += escape->length;
  }
  view.add_as_it_stands(copied, text.substr(copied));
  return copied > 0;
}

// --- base64 ---

constexpr int kNoSextet = -1;

constexpr std::array<int, 256> make_sextets() {
  std::array<int, 256> out{};
  out.fill(kNoSextet);
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (std::size_t i = 0; i < kDigits.size(); ++i) out[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  out['+'] = out['-'] = 62;
  out['/'] = out['_'] = 63;
  return out;
}
constexpr std::array<int, 256> kSextets = make_sextets();

int sextet(char c) { return kSextets[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return sextet(c) != kNoSextet; }

bool is_readable(char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; }

// Of a line break at `at` and the indentation behind it; 0 when there is none.
std::size_t fold_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  if (end < text.size() && text[end] == '\r') ++end;
  if (end >= text.size() || text[end] != '\n') return 0;
  end = std::min(text.find_first_not_of(" \t", end + 1), text.size());
  return end - at;
}

struct Run {
  Range range;
  std::string digits;  // without what folds them
};

// The run of base64 digits at `at`, which is one. Lines go on where the one before was long enough to have been folded.
Run run_at(std::string_view text, std::size_t at) {
  Run run{{at, at}, {}};
  for (std::size_t begin = at;;) {
    at = static_cast<std::size_t>(std::find_if_not(text.begin() + at, text.end(), is_digit) - text.begin());
    run.digits += text.substr(begin, at - begin);
    run.range.end = at;
    std::size_t fold = at - begin < kFoldedLineBytes ? 0 : fold_at(text, at);
    begin = at += fold;
    if (fold == 0 || at == text.size() || !is_digit(text[at])) break;
  }
  while (run.range.end < text.size() && text[run.range.end] == '=') ++run.range.end;
  return run;
}

std::string decoded_at(std::string_view digits, std::size_t alignment) {
  std::string out;
  out.reserve(digits.size() * 3 / 4);
  unsigned bits = 0;
  int held = 0;
  for (char c : digits.substr(alignment)) {
    bits = (bits << 6) | static_cast<unsigned>(sextet(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xff);
  }
  return out;
}

// The readable parts of `bytes`, each a line of its own.
void add_readable(std::string_view bytes, Range source, DecodedText& view) {
  for (std::size_t at = 0; at < bytes.size();) {
    const char* end = std::find_if_not(bytes.begin() + at, bytes.end(), is_readable);
    std::size_t length = static_cast<std::size_t>(end - bytes.begin()) - at;
    if (length >= kMinReadableBytes) {
      view.add_decoded(source, bytes.substr(at, length));
      view.add_decoded(source, "\n");
    }
    at += length + 1;
  }
}

// A run may have begun before the base64 in it does ("/login/cGFz..."): every alignment is read.
bool take_off_base64(std::string_view text, DecodedText& view) {
  for (std::size_t at = 0;;) {
    at = static_cast<std::size_t>(std::find_if(text.begin() + at, text.end(), is_digit) - text.begin());
    if (at == text.size()) break;
    Run run = run_at(text, at);
    at = run.range.end;
    if (run.digits.size() < kMinBase64Bytes) continue;
    for (std::size_t alignment = 0; alignment < 4; ++alignment)
      add_readable(decoded_at(run.digits, alignment), run.range, view);
  }
  return !view.text().empty();
}

}  // namespace

void DecodedText::add_as_it_stands(std::size_t at, std::string_view bytes) {
  if (bytes.empty()) return;
  pieces_.push_back({text_.size(), {at, at + bytes.size()}, false});
  text_ += bytes;
}

void DecodedText::add_decoded(Range source, std::string_view bytes) {
  if (bytes.empty()) return;
  pieces_.push_back({text_.size(), source, true});
  text_ += bytes;
}

const DecodedText::Piece& DecodedText::piece_at(std::size_t at) const {
  return *std::prev(std::ranges::upper_bound(pieces_, at, {}, &Piece::at));
}

Range DecodedText::source_of(Range part) const {
  const Piece& first = piece_at(part.begin);
  const Piece& last = piece_at(part.end - 1);
  return {first.is_encoded ? first.source.begin : first.source.begin + (part.begin - first.at),
          last.is_encoded ? last.source.end : last.source.begin + (part.end - last.at)};
}

std::span<const Decoder> decoders() {
  static constexpr std::array<Decoder, 3> kDecoders{take_off_percent, take_off_backslashes, take_off_base64};
  return kDecoders;
}

}  // namespace foundation::redaction
