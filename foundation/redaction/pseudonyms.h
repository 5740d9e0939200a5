// Stable names for what was taken out of a text: "<secret:aws#1>". One object a conversation (or a cluster's cache),
// owned by it; numbers count within the type, in order of first sight. Not for several threads at once.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace foundation::redaction {

inline constexpr std::size_t kMaxPseudonyms = 10'000;

class Pseudonyms {
 public:
  // The same secret of the same type has the same name. Beyond kMaxPseudonyms new secrets share "<secret:aws>".
  std::string name_of(std::string_view type, std::string_view secret);

 private:
  std::map<std::string, std::string> names_;  // by type and SHA-256 of the secret, which is not kept
  std::map<std::string, int, std::less<>> counts_;
};

}  // namespace foundation::redaction
