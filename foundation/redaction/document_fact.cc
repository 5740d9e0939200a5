#include "foundation/redaction/document_fact.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "foundation/base/ascii.h"
#include "foundation/redaction/plain_word.h"
#include "foundation/redaction/typed_fact.h"

namespace foundation::redaction {
namespace {

constexpr std::size_t kMaxSegments = 16;
constexpr std::string_view kSpace = " \t\r\"'";

std::string_view trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(kSpace);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// "lb://${SHOP_HOST:shop}:80" -> "lb://shop:80"; nothing of a variable whose name says that it is a secret.
std::string resolved(std::string_view value) {
  std::string out;
  while (true) {
    std::size_t open = value.find("${");
    out += value.substr(0, open);
    if (open == value.npos) return out;
    value.remove_prefix(open + 2);
    std::size_t close = std::min(value.find('}'), value.size());
    std::string_view inner = value.substr(0, close);
    std::size_t colon = inner.find(':');
    if (colon != inner.npos && !names_a_secret(inner.substr(0, colon))) out += inner.substr(colon + 1);
    value.remove_prefix(std::min(close + 1, value.size()));
  }
}

bool is_wildcard(std::string_view segment) { return segment == "*" || segment == "**"; }

std::optional<json::Object> path_fact(std::string_view value) {
  if (!value.starts_with('/')) return std::nullopt;
  json::Array segments;
  for (std::size_t at = 1; at <= value.size();) {
    std::size_t end = std::min(value.find('/', at), value.size());
    std::string_view segment = value.substr(at, end - at);
    bool may_pass = segment.empty() || is_wildcard(segment) || is_plain_word(segment);
    if (!may_pass || segments.size() == kMaxSegments) return std::nullopt;
    if (!segment.empty()) segments.emplace_back(segment);
    at = end + 1;
  }
  return json::Object{{"type", "path"}, {"segments", std::move(segments)}};
}

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with("//"); }

struct Pair {
  std::string_view key, value;
};

// "- uri: lb://shop", "server.port=80", "- Path=/shop/**"
std::optional<Pair> pair_in(std::string_view line) {
  line = trimmed(line);
  if (is_comment(line)) return std::nullopt;
  if (line.starts_with("- ")) line = trimmed(line.substr(2));
  std::size_t sign = line.find_first_of(":=");
  if (sign == line.npos || sign == 0) return std::nullopt;
  Pair pair{trimmed(line.substr(0, sign)), line.substr(sign + 1)};
  if (std::size_t comment = pair.value.find(" #"); comment != pair.value.npos)
    pair.value = pair.value.substr(0, comment);
  pair.value = trimmed(pair.value);
  if (pair.value.empty() || pair.key.empty() || !is_plain_word(pair.key)) return std::nullopt;
  return pair;
}

// Whether a line belongs to a name that says that what follows is a secret: below "password:" and indented more, within
// the braces that its line opens, after a backslash at its end, or in an INI section "[tokens]".
class SecretScope {
 public:
  bool hides(std::string_view line) {
    std::size_t column = std::min(line.find_first_not_of(kIndent), line.size());
    std::string_view text = trimmed(line.substr(column));
    if (is_continued_ || open_ > 0) {
      take_ends(text);
      return true;
    }
    if (text.empty() || is_comment(text)) return false;
    if (below_ && column > *below_) return true;
    below_.reset();
    if (text.starts_with('[') && text.ends_with(']')) in_section_ = names_a_secret(text);
    std::size_t sign = text.find_first_of(":=");
    if (sign != text.npos && names_a_secret(text.substr(0, sign))) {
      below_ = column;
      take_ends(text.substr(sign + 1));
    }
    return in_section_;
  }

 private:
  static constexpr std::string_view kIndent = " \t-";  // an item's dash too: its members stand in the column after it

  void take_ends(std::string_view text) {
    is_continued_ = text.ends_with('\\');
    auto count = [&](char a, char b) { return std::ranges::count(text, a) + std::ranges::count(text, b); };
    open_ = std::max<std::ptrdiff_t>(0, open_ + count('{', '[') - count('}', ']'));
  }

  std::optional<std::size_t> below_;  // the column of the secret's name
  std::ptrdiff_t open_ = 0;           // braces
  bool is_continued_ = false;
  bool in_section_ = false;
};

// "- name: DB_PASSWORD", "  value: ...": what these hold another line names, before or after them.
constexpr std::array<std::string_view, 6> kNamedElsewhere{"value", "val", "default", "defaultvalue", "content", "data"};

bool is_named_elsewhere(std::string_view key) {
  std::size_t dot = key.find_last_of('.');
  if (dot != key.npos) key.remove_prefix(dot + 1);
  return std::ranges::find(kNamedElsewhere, lowered(key)) != kNamedElsewhere.end();
}

json::Object fact_of(const Pair& pair, bool is_below_a_secret) {
  std::string value = resolved(pair.value);
  if (is_below_a_secret || is_named_elsewhere(pair.key)) return typed_fact("secret", value);
  if (!names_a_secret(pair.key))
    if (auto path = path_fact(value)) return *path;
  return typed_fact(pair.key, value);
}

}  // namespace

json::Object config_fact(std::string_view key, std::string_view value) {
  if (value.find('\n') == value.npos) return typed_fact(key, value);
  json::Array lines;
  std::size_t number = 0;
  SecretScope scope;
  if (names_a_secret(key) || value.size() > kMaxDocumentBytes) return {{"type", "opaque"}, {"length", value.size()}};
  for (std::size_t at = 0; at < value.size() && lines.size() < kMaxDocumentLines;) {
    std::size_t end = std::min(value.find('\n', at), value.size());
    std::string_view line = value.substr(at, end - at);
    bool is_hidden = scope.hides(line);
    auto pair = pair_in(line);
    ++number;
    at = end + 1;
    if (!pair) continue;
    json::Object fact = fact_of(*pair, is_hidden);
    if (fact.at("type") == "opaque") continue;
    lines.push_back(json::Object{{"line", number}, {"key", pair->key}, {"fact", std::move(fact)}});
  }
  if (lines.empty()) return {{"type", "opaque"}, {"length", value.size()}};
  return {{"type", "document"}, {"length", value.size()}, {"lines", std::move(lines)}};
}

}  // namespace foundation::redaction
