// Request targets: one strict reading, so that no two parts of the house can see two different paths in one target.
#include <algorithm>
#include <charconv>

#include "foundation/base/unicode.h"
#include "foundation/http/message.h"

namespace foundation::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Code::invalid, "read target", "bad percent escape");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return fail(Code::invalid, "read target", "NUL");
    plain += c;
  }
  if (!is_utf8(plain)) return fail(Code::invalid, "read target", "not UTF-8");
  return plain;
}

Result<std::string> read_path(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return fail(Code::invalid, "read target", "the path must begin with /");
  auto path = percent_decode(raw, false);
  if (!path) return path;
  // A decoded slash would make two segments of one: it shows as more slashes than the raw path has.
  if (std::ranges::count(*path, '/') != std::ranges::count(raw, '/')) {
    return fail(Code::invalid, "read target", "escaped slash in the path");
  }
  for (std::size_t at = 0; at < path->size();) {
    auto end = std::min(path->find('/', at + 1), path->size());
    auto segment = std::string_view(*path).substr(at + 1, end - at - 1);
    bool last = end == path->size();
    if (segment == "." || segment == ".." || (segment.empty() && !last)) {
      return fail(Code::invalid, "read target", "empty or dot segment in the path");
    }
    at = end;
  }
  if (path->find('\\') != std::string::npos || !is_field_text(*path)) {
    return fail(Code::invalid, "read target", "backslash or control character in the path");
  }
  return path;
}

Result<std::map<std::string, std::string, std::less<>>> read_query(std::string_view raw) {
  std::map<std::string, std::string, std::less<>> query;
  while (!raw.empty()) {
    auto end = std::min(raw.find('&'), raw.size());
    auto pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), true);
    if (!name) return std::unexpected(name.error());
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!value) return std::unexpected(value.error());
    if (!query.emplace(std::move(*name), std::move(*value)).second) {
      return fail(Code::invalid, "read target", "a query name is repeated");
    }
  }
  return query;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  auto plain = [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; };
  if (!std::ranges::all_of(target, plain)) return fail(Code::invalid, "read target", "a byte that must be escaped");
  auto question = std::min(target.find('?'), target.size());
  auto path = read_path(target.substr(0, question));
  if (!path) return std::unexpected(path.error());
  auto query = read_query(target.substr(std::min(question + 1, target.size())));
  if (!query) return std::unexpected(query.error());
  return Target{std::move(*path), std::move(*query)};
}

Result<std::int64_t> query_number(const Target& target, std::string_view name, NumberRange range) {
  auto at = target.query.find(name);
  if (at == target.query.end()) return range.otherwise;
  std::int64_t value = 0;
  const char* end = at->second.data() + at->second.size();
  auto [stop, error] = std::from_chars(at->second.data(), end, value);
  if (error != std::errc() || stop != end || value < range.min || value > range.max)
    return fail(Code::invalid, "query " + std::string(name),
                "must be a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max));
  return value;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (unsigned char c : text) {
    bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '.' || c == '_' || c == '~';
    if (unreserved) {
      escaped += static_cast<char>(c);
    } else {
      escaped += {'%', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  return escaped;
}

}  // namespace foundation::http
