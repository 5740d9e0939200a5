// Which words are harmless to show. Own of redaction; pure.
#pragma once
#include <string_view>

namespace foundation::redaction {

// At most kMaxWordBytes of parts joined by "-", "_", ".": a speakable word ("production", "RollingUpdate"), a number of
// up to four digits, or up to four letters and digits ("v1", "utf8"). Random strings and most passwords are none.
bool is_plain_word(std::string_view text);

}  // namespace foundation::redaction
