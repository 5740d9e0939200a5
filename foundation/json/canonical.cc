#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "foundation/base/unicode.h"
#include "foundation/json/quoted.h"
#include "foundation/json/value.h"

namespace foundation::json {
namespace {

constexpr std::int64_t kMaxExactInteger = (std::int64_t{1} << 53) - 1;

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

// UTF-8 bytes order like UTF-16 code units but for one swap: surrogates (lead bytes F0 to F4) come before U+E000 to
// U+FFFF (lead bytes EE and EF).
int utf16_rank(char c) {
  int byte = static_cast<unsigned char>(c);
  if (byte >= 0xf0) return byte - 2;
  return byte >= 0xee ? byte + 5 : byte;
}

bool less_by_utf16(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, utf16_rank, utf16_rank);
}

std::unexpected<Error> refused(std::string why) { return fail(Code::invalid, "write canonical JSON", std::move(why)); }

class CanonicalWriter {
 public:
  Done write(const Value& value) {
    switch (value.kind()) {
      case boost::json::kind::null: out_ += "null"; return {};
      case boost::json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; return {};
      case boost::json::kind::string: return write(view(value.get_string()));
      case boost::json::kind::array: return write(value.get_array());
      case boost::json::kind::object: return write(value.get_object());
      case boost::json::kind::double_: return refused("a number that is not an integer");
      case boost::json::kind::int64:
      case boost::json::kind::uint64: return write_integer(value);
    }
    return refused("not a JSON value");
  }
  std::string take() { return std::move(out_); }

 private:
  Done write_integer(const Value& value) {
    boost::json::error_code ec;
    auto integer = value.to_number<std::int64_t>(ec);
    if (ec || integer > kMaxExactInteger || integer < -kMaxExactInteger)
      return refused("an integer outside of +-(2^53-1)");
    fmt::format_to(std::back_inserter(out_), "{}", integer);
    return {};
  }

  Done write(std::string_view text) {
    if (!is_utf8(text)) return refused("a string that is not UTF-8");
    append_quoted(out_, text);
    return {};
  }

  Done write(const Array& array) {
    out_ += '[';
    for (const Value& item : array) {
      if (&item != array.begin()) out_ += ',';
      if (auto done = write(item); !done) return done;
    }
    out_ += ']';
    return {};
  }

  Done write(const Object& object) {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::ranges::sort(members, less_by_utf16, [](const auto* member) { return view(member->key()); });
    out_ += '{';
    for (const auto* member : members) {
      if (member != members.front()) out_ += ',';
      if (auto done = write(view(member->key())); !done) return done;
      out_ += ':';
      if (auto done = write(member->value()); !done) return done;
    }
    out_ += '}';
    return {};
  }

  std::string out_;
};

}  // namespace

Result<std::string> canonical(const Value& value) {
  CanonicalWriter writer;
  if (auto done = writer.write(value); !done) return std::unexpected(done.error());
  return writer.take();
}

}  // namespace foundation::json
