// Text forms of bytes. Decoders are canonical: one byte string has exactly one accepted text.
#pragma once
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation::crypto {

std::string to_hex(std::string_view bytes);
std::string to_base64url(std::string_view bytes);           // RFC 4648 section 5, no padding
Result<std::string> from_base64url(std::string_view text);  // refuses padding, white space, non-zero trailing bits
Result<std::string> from_base64(std::string_view text);     // RFC 4648 section 4 with padding, as kubeconfigs carry

}  // namespace foundation::crypto
