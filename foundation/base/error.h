// Expected failure as a value. Every fallible function returns Result<T>; a broken invariant crashes instead.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace foundation {

// What a caller may act on. The texts in Error are for people and logs only.
enum class Code {
  invalid,          // the caller's input is wrong; repeating it will not help
  unauthenticated,  // no valid credential
  denied,           // valid credential, no right
  not_found,
  conflict,      // the state moved since it was read
  too_large,     // over a named limit
  rate_limited,  // bounded queue or quota is full; retry later
  unavailable,   // a part that is needed does not answer
  deadline,
  cancelled,
  io,
  corrupt,  // stored or received bytes do not mean what they should
  internal,
};

std::string_view to_string(Code code);

struct Error {
  Code code{};
  std::string doing;  // what we were doing: "read kubeconfig"
  std::string cause;  // why it failed: "no such file"
  std::string text() const { return cause.empty() ? doing : doing + ": " + cause; }
};

template <class T>
using Result = std::expected<T, Error>;
using Done = Result<void>;

inline std::unexpected<Error> fail(Code code, std::string doing, std::string cause = {}) {
  return std::unexpected(Error{code, std::move(doing), std::move(cause)});
}
// Passes a failure on, with what the caller was doing put before it.
inline std::unexpected<Error> fail_with(std::string_view doing, Error error) {
  error.doing = std::string(doing) + ": " + error.doing;
  return std::unexpected(std::move(error));
}

}  // namespace foundation
