#include "foundation/kubernetes/quantity.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

namespace foundation::kubernetes {
namespace {

struct Suffix {
  std::string_view text;
  int tens;  // the unit is 10^tens * 2^twos
  int twos;
};
constexpr Suffix kSuffixes[] = {{"", 0, 0},    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0}, {"k", 3, 0},   {"M", 6, 0},
                                {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0}, {"Ki", 0, 10}, {"Mi", 0, 20},
                                {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60}};
constexpr std::size_t kMaxDigits = 19;  // so that the digits fit 64 bits, and times 2^60 fit 128
constexpr int kMaxExponent = 40;

__extension__ using Wide = unsigned __int128;

// digits * 10^tens
struct Decimal {
  std::uint64_t digits = 0;
  int tens = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes "1", "1.5", "1." or ".5" off the front.
std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal out;
  std::size_t seen = 0, significant = 0;
  bool in_fraction = false;
  for (; !text.empty() && (is_digit(text[0]) || (text[0] == '.' && !in_fraction)); text.remove_prefix(1)) {
    if (text[0] == '.') {
      in_fraction = true;
      continue;
    }
    ++seen;
    if (out.digits != 0 || text[0] != '0') ++significant;
    if (significant > kMaxDigits) return std::nullopt;
    out.digits = out.digits * 10 + static_cast<std::uint64_t>(text[0] - '0');
    if (in_fraction) --out.tens;
  }
  if (seen == 0) return std::nullopt;
  return out;
}

// What follows the number: a suffix of the table or an exponent. "1E" is exa, "1E3" an exponent.
std::optional<Suffix> read_suffix(std::string_view text) {
  for (const Suffix& suffix : kSuffixes)
    if (suffix.text == text) return suffix;
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  if (text[0] == '+' && text.size() > 1 && is_digit(text[1])) text.remove_prefix(1);
  Suffix out{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.tens);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (out.tens > kMaxExponent || out.tens < -kMaxExponent) return std::nullopt;
  return out;
}

// Thousandths, rounded up; empty when over `limit`.
std::optional<std::uint64_t> to_milli(Decimal number, Suffix suffix, std::uint64_t limit) {
  if (number.digits == 0) return 0;
  Wide value = static_cast<Wide>(number.digits) << suffix.twos;
  int tens = number.tens + suffix.tens + 3;
  for (; tens > 0 && value <= limit; --tens) value *= 10;
  bool has_rest = false;
  for (; tens < 0 && value != 0; ++tens) {
    has_rest |= value % 10 != 0;
    value /= 10;
  }
  value += has_rest ? 1 : 0;
  if (value > limit) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::unexpected<Error> refused(std::string_view text, std::string_view why) {
  constexpr std::size_t kMaxShownBytes = 32;
  return fail(Code::invalid, fmt::format("read the quantity '{}'", text.substr(0, kMaxShownBytes)), std::string(why));
}

}  // namespace

Result<std::int64_t> parse_quantity_milli(std::string_view text) {
  std::string_view rest = text;
  bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  std::optional<Decimal> number = take_decimal(rest);
  if (!number) return refused(text, "must start with a number of at most 19 digits");
  std::optional<Suffix> suffix = read_suffix(rest);
  if (!suffix) return refused(text, "ends in no known unit");
  std::optional<std::uint64_t> milli = to_milli(*number, *suffix, std::numeric_limits<std::int64_t>::max());
  if (!milli) return refused(text, "is too large");
  auto magnitude = static_cast<std::int64_t>(*milli);
  return negative ? -magnitude : magnitude;
}

std::string cpu_text(std::int64_t milli) {
  return milli % 1000 == 0 ? fmt::format("{}", milli / 1000) : fmt::format("{}m", milli);
}

std::string memory_text(std::int64_t bytes) {
  struct Unit {
    std::string_view text;
    std::int64_t bytes;
  };
  static constexpr Unit kUnits[] = {{"Ei", std::int64_t{1} << 60},
                                    {"Pi", std::int64_t{1} << 50},
                                    {"Ti", std::int64_t{1} << 40},
                                    {"Gi", 1 << 30},
                                    {"Mi", 1 << 20},
                                    {"Ki", 1 << 10},
                                    {"T", 1'000'000'000'000},
                                    {"G", 1'000'000'000},
                                    {"M", 1'000'000},
                                    {"k", 1'000}};
  for (const Unit& unit : kUnits)
    if (bytes != 0 && bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.text);
  return std::to_string(bytes);
}

}  // namespace foundation::kubernetes
