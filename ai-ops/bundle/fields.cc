#include "ai-ops/bundle/fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>

#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/table.h"

namespace ai_ops::bundle {
namespace {

bool says_nothing(const json::Value& value) {
  if (value.is_string()) return value.get_string().empty();
  if (value.is_array()) return value.get_array().empty();
  return value.is_null() || (value.is_object() && value.get_object().empty());
}

constexpr std::array<const char*, 3> kTimeForms{"%a, %d %b %Y %H:%M:%S %z", "%Y-%m-%d %H:%M:%S %z",
                                                "%a %b %d %H:%M:%S %Y"};

// kubectl writes one letter, systemd a word; a year of kubectl's has 365 days.
struct Unit {
  std::string_view name;
  std::chrono::seconds length;
};
constexpr std::array kUnits{
    Unit{"s", std::chrono::seconds(1)},     Unit{"m", std::chrono::minutes(1)},   Unit{"h", std::chrono::hours(1)},
    Unit{"d", std::chrono::days(1)},        Unit{"y", std::chrono::days(365)},    Unit{"ms", std::chrono::seconds(0)},
    Unit{"min", std::chrono::minutes(1)},   Unit{"day", std::chrono::days(1)},    Unit{"days", std::chrono::days(1)},
    Unit{"week", std::chrono::weeks(1)},    Unit{"weeks", std::chrono::weeks(1)}, Unit{"month", std::chrono::months(1)},
    Unit{"months", std::chrono::months(1)}, Unit{"year", std::chrono::years(1)},  Unit{"years", std::chrono::years(1)}};

constexpr std::string_view kDigits = "0123456789", kLetters = "abcdefghijklmnopqrstuvwxyz";

bool begins_with_digit(std::string_view text) { return !text.empty() && kDigits.contains(text.front()); }

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

}  // namespace

void put(json::Object& object, std::string_view path, json::Value value) {
  if (says_nothing(value)) return;
  std::size_t dot = path.find('.');
  if (dot == path.npos) {
    object[path] = std::move(value);
    return;
  }
  json::Value& inner = object[path.substr(0, dot)];
  if (!inner.is_object()) inner.emplace_object();
  put(inner.get_object(), path.substr(dot + 1), std::move(value));
}

std::optional<std::int64_t> leading_integer(std::string_view text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

json::Value integer(std::string_view text) {
  auto number = leading_integer(text);
  return number ? json::Value(*number) : json::Value();
}

json::Value amount(std::string_view text) {
  std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  if (end == 0) return {};
  if (text.substr(end) == "%") return json::Value(text);
  return end == text.size() ? integer(text) : json::Value();
}

json::Value truth(std::string_view text) {
  if (text == "True" || text == "true") return true;
  if (text == "False" || text == "false") return false;
  return {};
}

json::Value time(std::string_view text) {
  if (auto at = foundation::parse_rfc3339(text)) return json::Value(foundation::to_rfc3339(*at));
  for (const char* form : kTimeForms) {
    std::tm parts{};
    // libstdc++ 12 has no std::chrono::parse; strptime knows the names of days and months in the C locale.
    if (::strptime(std::string(text).c_str(), form, &parts) == nullptr) continue;
    long offset = parts.tm_gmtoff;  // timegm forgets it
    auto since_epoch = std::chrono::seconds(::timegm(&parts) - offset);
    return json::Value(foundation::to_rfc3339(WallTime(since_epoch)));
  }
  return {};
}

std::optional<WallTime> ago(std::string_view text, WallTime now) {
  if (!begins_with_digit(text)) return std::nullopt;
  std::chrono::seconds total(0);
  while (begins_with_digit(text)) {
    auto count = leading_integer(text);
    skip(text, "0123456789.");  // of "1.5s" the whole ones
    skip(text, " ");
    auto unit = std::ranges::find(kUnits, text.substr(0, text.find_first_not_of(kLetters)), &Unit::name);
    // Compared before they are multiplied: no count that passes overflows.
    if (!count || *count > kMaxAge.count() || unit == kUnits.end()) return std::nullopt;
    total += *count * unit->length;
    if (total > kMaxAge) return std::nullopt;
    text.remove_prefix(unit->name.size());
    skip(text, " ");
  }
  return now - total;
}

json::Object map_of(const Entry* entry) {
  json::Object out;
  if (entry == nullptr) return out;
  for (const Entry& each : entry->entries)
    if (!each.key.empty()) out[each.key] = each.value();
  return out;
}

json::Array conditions_of(const Entry* entry) {
  constexpr std::array<Field, 4> kWords{
      {{"Type", "type"}, {"Status", "status"}, {"Reason", "reason"}, {"Message", "message"}}};
  constexpr std::array<Field, 2> kTimes{
      {{"LastHeartbeatTime", "lastHeartbeatTime"}, {"LastTransitionTime", "lastTransitionTime"}}};
  json::Array out;
  if (entry == nullptr) return out;
  Table table(rows_of(entry->entries));
  for (std::size_t row = 0; row < table.size(); ++row) {
    json::Object condition;
    for (const Field& word : kWords) put(condition, word.path, json::Value(table.cell(row, word.key)));
    for (const Field& at : kTimes) put(condition, at.path, time(table.cell(row, at.key)));
    out.emplace_back(std::move(condition));
  }
  return out;
}

void put_default_class(json::Object& object, std::string_view annotation) {
  put(object, "metadata.annotations", json::Object{{annotation, "true"}});
}

json::Object pairs(const std::vector<std::string>& lines) {
  json::Object out;
  for (const std::string& line : lines) {
    std::string_view rest = line;
    while (!rest.empty()) {
      std::size_t comma = rest.find(',');
      std::string_view pair = trimmed(rest.substr(0, comma));
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
      std::size_t sign = std::min(pair.find('='), pair.find(": "));
      if (sign == pair.npos || sign == 0) continue;
      out[pair.substr(0, sign)] = trimmed(pair.substr(sign + 1));
    }
  }
  return out;
}

std::vector<std::string_view> words(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (true) {
    std::size_t begin = text.find_first_not_of(separators);
    if (begin == text.npos) return out;
    std::size_t end = text.find_first_of(separators, begin);
    out.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end == text.npos ? text.size() : end);
  }
}

json::Array texts(const std::vector<std::string_view>& words) {
  json::Array out;
  for (std::string_view word : words) out.emplace_back(word);
  return out;
}

}  // namespace ai_ops::bundle
