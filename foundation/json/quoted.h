// A JSON string with the escapes of RFC 8785 section 3.2.2.2, the least that JSON allows. Private to the room.
#pragma once
#include <string>
#include <string_view>

namespace foundation::json {

void append_quoted(std::string& out, std::string_view text);

}  // namespace foundation::json
