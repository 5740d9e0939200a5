// What text may pass: well-formed UTF-8, and without the characters that change what a person sees.
#pragma once
#include <string>
#include <string_view>

namespace foundation {

bool is_utf8(std::string_view text);  // well-formed by RFC 3629: no surrogates, no overlong forms

// In UTF-8; U+FFFD for what is no character: half of a surrogate pair, or beyond U+10FFFF.
std::string to_utf8(char32_t c);

// True for characters that are never shown: C0/C1 controls (but tab and line feed), bidi controls and marks,
// zero-width and invisible operators, variation selectors, interlinear and tag characters, BOM.
bool is_invisible(char32_t c);

// `text` without invisible characters and with malformed bytes replaced by U+FFFD. Escape sequences (ESC [ ... m) lose
// their ESC and so their effect. This is the one cleaning that ingest and output use.
std::string visible_text(std::string_view text);

}  // namespace foundation
