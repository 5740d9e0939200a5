// Whether what stands where a secret would stand is one. Own of redaction; pure.
#pragma once
#include <string_view>

namespace foundation::redaction {

bool always(std::string_view value);
// Letters and digits in a mix that nobody writes by hand.
bool looks_random(std::string_view value);
// After "password=": anything but a word that messages about passwords have there, a mask, a path or a variable.
bool is_assigned_secret(std::string_view value);
bool is_random_secret(std::string_view value);  // both of these
// After "the password is": more than a word of the language.
bool is_spelled_secret(std::string_view value);
// After "-u erin:"; "-u 1000:1000" names a user and a group.
bool is_login_secret(std::string_view value);

}  // namespace foundation::redaction
