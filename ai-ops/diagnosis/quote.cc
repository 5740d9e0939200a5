#include "ai-ops/diagnosis/quote.h"

#include <algorithm>

#include "foundation/base/untrusted.h"

namespace ai_ops::diagnosis {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

std::string quote(std::string_view foreign, std::size_t max_bytes) {
  // Cleaning may drop bytes, so some more than asked for are read; the rest of a huge text is never touched.
  bool was_cut = foreign.size() > 4 * max_bytes;
  foundation::Untrusted text(foreign.substr(0, 4 * max_bytes));
  std::string out;
  for (char c : text.cleaned()) {
    if (!is_space(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.size() <= max_bytes && !was_cut) return out;
  std::size_t end = std::min(out.size(), max_bytes - 3);
  while (end > 0 && end < out.size() && continues_a_character(out[end])) --end;
  out.resize(end);
  return out + "...";
}

}  // namespace ai_ops::diagnosis
