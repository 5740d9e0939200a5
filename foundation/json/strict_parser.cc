// parse_strict: Boost.JSON's tokenizer under a handler of ours, because its own parser keeps the last of duplicate
// members, reads 1e400 as infinity and turns a long integer into a rounded double.
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foundation/json/refusal.h"
#include "foundation/json/value.h"

namespace foundation::json {
namespace {

using boost::json::error_code;
using boost::json::string_view;

class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = Object::max_size();
  static constexpr std::size_t max_array_size = Array::max_size();
  static constexpr std::size_t max_key_size = boost::json::string::max_size();
  static constexpr std::size_t max_string_size = boost::json::string::max_size();

  bool on_document_begin(error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t members, error_code&) {
    names_.pop_back();
    stack_.push_object(members);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t items, error_code&) {
    stack_.push_array(items);
    return true;
  }

  bool on_key_part(string_view part, std::size_t, error_code&) {
    name_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code& ec) {
    name_.append(part.data(), part.size());
    if (name_.find('\0') != std::string::npos) return refuse(ec, "NUL in a member's name");
    if (!names_.back().insert(std::move(name_)).second) return refuse(ec, "duplicate member");
    name_.clear();
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    stack_.push_string(part);
    return true;
  }

  bool on_number_part(string_view part, error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, string_view, error_code&) {
    number_.clear();
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t, string_view, error_code& ec) { return refuse(ec, kTooLarge); }
  bool on_double(double, string_view part, error_code& ec) {
    number_.append(part.data(), part.size());
    std::string literal = std::exchange(number_, {});
    if (literal.find_first_of(".eE") == std::string::npos) return refuse(ec, kTooLarge);
    double value = 0;
    // Read again: Boost's own conversion may be off by an ulp, and tells neither overflow nor underflow.
    auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
    if (error != std::errc()) return refuse(ec, "a number that a double cannot hold");
    stack_.push_double(value);
    return true;
  }

  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  Value release() { return stack_.release(); }
  const char* why() const { return why_; }  // null: the tokenizer's own error tells

 private:
  static constexpr const char* kTooLarge = "an integer that 64 bits cannot hold";

  bool refuse(error_code& ec, const char* why) {
    why_ = why;
    ec = boost::json::error::syntax;
    return false;
  }

  boost::json::value_stack stack_;
  // The names seen in each open object. Ordered sets: hashing would give an attacker collisions to choose.
  std::vector<std::set<std::string>> names_;
  std::string name_;    // the parts of the current name, unescaped
  std::string number_;  // the parts of the current number
  const char* why_ = nullptr;
};

}  // namespace

Result<Value> parse_strict(std::string_view text, ParseLimits limits) {
  if (text.size() > limits.bytes) return over_bytes(limits.bytes);
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<StrictHandler> parser(options);
  error_code ec;
  std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (ec && parser.handler().why()) return refused_at(read, parser.handler().why());
  if (ec) return refused_at(read, ec);
  if (read < text.size()) return refused_at(read, boost::json::error::extra_data);
  return parser.handler().release();
}

}  // namespace foundation::json
