// Writing. Not boost::json::serialize: that writes 0.9 as 9E-1 and infinity as 1e99999.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "foundation/json/quoted.h"
#include "foundation/json/value.h"

namespace foundation::json {
namespace {

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

// The shortest text that reads back as the same double, and as a double.
void append_double(std::string& out, double value) {
  if (!std::isfinite(value)) {  // JSON has no word for it
    out += "null";
    return;
  }
  std::size_t begin = out.size();
  fmt::format_to(std::back_inserter(out), "{}", value);
  if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case boost::json::kind::null: out_ += "null"; break;
      case boost::json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
      case boost::json::kind::int64: fmt::format_to(std::back_inserter(out_), "{}", value.get_int64()); break;
      case boost::json::kind::uint64: fmt::format_to(std::back_inserter(out_), "{}", value.get_uint64()); break;
      case boost::json::kind::double_: append_double(out_, value.get_double()); break;
      case boost::json::kind::string: append_quoted(out_, view(value.get_string())); break;
      case boost::json::kind::array:
        write_all('[', ']', value.get_array(), [this](const Value& item) { write(item); });
        break;
      case boost::json::kind::object:
        write_all('{', '}', value.get_object(), [this](const auto& member) {
          append_quoted(out_, view(member.key()));
          out_ += pretty_ ? ": " : ":";
          write(member.value());
        });
        break;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  template <class Items, class WriteItem>
  void write_all(char open, char close, const Items& items, WriteItem write_item) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      write_item(item);
    }
    --depth_;
    if (!first) new_line();
    out_ += close;
  }
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  bool pretty_;
  std::size_t depth_ = 0;
  std::string out_;
};

std::string written(const Value& value, bool pretty) {
  Writer writer(pretty);
  writer.write(value);
  return writer.take();
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view kShort = "btn?fr";  // U+0008 to U+000D; U+000B has no short form
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20) {
      out += c;
    } else if (byte >= 0x08 && byte <= 0x0d && byte != 0x0b) {
      out += '\\';
      out += kShort[byte - 0x08];
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(byte));
    }
  }
  out += '"';
}

std::string to_text(const Value& value) { return written(value, false); }
std::string to_pretty(const Value& value) { return written(value, true); }

}  // namespace foundation::json
