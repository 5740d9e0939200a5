// Requests, replies and RFC 9457 problems as values.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/json/value.h"

namespace foundation::http {

enum class Method { get, head, post, put, patch, delete_, options };
std::string_view to_string(Method method);  // "GET"
std::optional<Method> parse_method(std::string_view name);

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces all of that name
  void remove(std::string_view name);
  std::optional<std::string_view> find(std::string_view name) const;  // the first; names are case-insensitive
  std::vector<std::string_view> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

bool same_name(std::string_view a, std::string_view b);  // ASCII case does not count
// No byte of it could end a header line or a head: what goes on the wire must pass this.
bool is_field_text(std::string_view text);
std::string_view reason_phrase(int status);

struct Request {
  Method method = Method::get;
  std::string target = "/";  // as on the wire: path and query
  Headers headers = {};
  std::string body = {};
};

struct Reply {
  int status = 200;
  Headers headers = {};
  std::string body = {};
  bool streamed = false;  // the handler has written its answer itself (Exchange::begin_stream)
};

// Percent-decoded path and query of a target. A path with "." or ".." segments, "//", a backslash, NUL, "%2F" or bad
// escapes is Code::invalid, as is a repeated query name.
struct Target {
  std::string path = {};
  std::map<std::string, std::string, std::less<>> query = {};
};
Result<Target> parse_target(std::string_view target);
// A whole number of the query, within the range; `otherwise` when its name is absent. Code::invalid says the range.
struct NumberRange {
  std::int64_t otherwise, min, max;
};
Result<std::int64_t> query_number(const Target& target, std::string_view name, NumberRange range);
std::string percent_encode(std::string_view text);  // all but RFC 3986 unreserved

Reply json_reply(int status, const json::Value& body);
Reply text_reply(int status, std::string body, std::string content_type = "text/plain; charset=utf-8");

// application/problem+json. `code` is from a small enum of the domain; `detail` is safe for users. A 429 and a 503 say
// when to come back (Retry-After).
struct Problem {
  int status = 500;
  std::string code = {};
  std::string detail = {};
  json::Object more = {};  // members besides the standard ones ("reason")
};
Reply problem_reply(const Problem& problem, std::string_view request_id);
// The problem of an expected failure: 400 invalid_argument, 401 invalid_token, 403 denied, 404 not_found, 409 conflict,
// 413 too_large, 429 rate_limited, 503 unavailable, 504 deadline; all else is 500 internal, whose cause is not shown.
Problem problem_of(const Error& error);

}  // namespace foundation::http
