// SHA-256, random bytes, constant-time equality.
#pragma once
#include <string>
#include <string_view>

namespace foundation::crypto {

std::string sha256(std::string_view bytes);                        // 32 bytes
std::string sha256_text(std::string_view bytes);                   // "sha256:" + 64 hex digits
std::string random_bytes(std::size_t count);                       // from the operating system; aborts if it has none
bool constant_time_equal(std::string_view a, std::string_view b);  // lengths may differ; that much is told

}  // namespace foundation::crypto
