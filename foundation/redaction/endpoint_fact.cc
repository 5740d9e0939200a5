#include "foundation/redaction/endpoint_fact.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "foundation/base/ascii.h"
#include "foundation/redaction/patterns.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxSchemeBytes = 16;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_scheme(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSchemeBytes && is_lower(text[0]) && std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
         });
}

bool is_host(std::string_view text) {
  if (text.empty() || text.size() > kMaxHostBytes || holds_secret(text)) return false;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find('.', at), text.size());
    std::string_view label = text.substr(at, end - at);
    bool last = end == text.size();
    if ((label.empty() && !(last && at > 0)) || label.size() > kMaxLabelBytes) return false;
    if (!std::ranges::all_of(label, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '_'; }))
      return false;
    at = end + 1;
  }
  return true;
}

std::optional<std::int64_t> port_in(std::string_view text) {
  std::int64_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  bool ok = error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
  return ok ? std::optional(port) : std::nullopt;
}

std::string_view path_class(std::string_view path) {
  if (path.empty()) return "none";
  if (path == "/") return "root";
  return path.find('/', 1) == std::string_view::npos ? "name" : "path";
}

// "host", "host:port", "[::1]:port" into `out`; false when it is none.
bool add_address(std::string_view address, json::Object& out) {
  std::string text = lowered(address);
  std::string_view host = text, port;
  if (host.starts_with('[')) {
    std::size_t close = host.find(']');
    if (close == std::string_view::npos) return false;
    port = host.substr(close + 1);
    host = host.substr(1, close - 1);
    if (!is_ipv6(host) || (!port.empty() && !port.starts_with(':'))) return false;
    if (!port.empty()) port.remove_prefix(1);
  } else {
    std::size_t colon = host.find(':');
    if (colon != std::string_view::npos) port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (!is_host(host)) return false;
  }
  out["host"] = host;
  if (port.empty()) return true;
  auto number = port_in(port);
  if (number) out["port"] = *number;
  return number.has_value();
}

// "host:port/path" of what follows "://". A web client takes "@" before the path only; drivers of databases take the
// last one, so that a password may hold "/". Nothing where "?" leaves it open whether the user has ended.
std::optional<std::string_view> without_user(std::string_view scheme, std::string_view rest) {
  static constexpr std::array<std::string_view, 4> kWeb{"http", "https", "ws", "wss"};
  bool web = std::ranges::find(kWeb, scheme) != kWeb.end();
  std::string_view part = rest.substr(0, std::min(rest.find_first_of("?#;"), rest.size()));
  std::string_view holder = web ? part.substr(0, std::min(part.find('/'), part.size())) : part;
  std::size_t user = holder.rfind('@');
  if (user != std::string_view::npos) return part.substr(user + 1);
  bool open = !web && rest.find('@') != std::string_view::npos;
  return open ? std::nullopt : std::optional(part);
}

}  // namespace

std::optional<json::Object> url_fact(std::string_view value) {
  static constexpr std::string_view kJdbc = "jdbc:";
  if (value.starts_with(kJdbc)) value.remove_prefix(kJdbc.size());
  std::size_t colon = value.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  std::string scheme = lowered(value.substr(0, colon));
  if (!is_scheme(scheme)) return std::nullopt;
  std::string_view rest = value.substr(colon + 3);
  auto address = without_user(scheme, rest);
  if (!address) return std::nullopt;
  rest = *address;
  std::size_t slash = std::min(rest.find('/'), rest.size());
  json::Object out{{"type", "endpoint"}, {"scheme", scheme}};
  if (!add_address(rest.substr(0, slash), out)) return std::nullopt;
  out["path_class"] = path_class(rest.substr(slash));
  return out;
}

std::optional<json::Object> host_port_fact(std::string_view value) {
  bool has_letter = std::ranges::any_of(value, [](char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); });
  bool dotted = std::ranges::count(value, '.') == 3;
  bool bracketed = value.starts_with('[');
  std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || !(has_letter || dotted || bracketed)) return std::nullopt;
  json::Object out{{"type", "endpoint"}};
  if (!add_address(value, out) || !out.contains("port")) return std::nullopt;
  out["path_class"] = "none";
  return out;
}

}  // namespace foundation::redaction
