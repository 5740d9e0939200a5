#include "foundation/http/request_parser.h"

#include <algorithm>
#include <boost/beast/http/parser.hpp>

#include "foundation/http/body_pump.h"

namespace foundation::http {
namespace {

std::unexpected<Refusal> refuse(int status, std::string code, std::string detail) {
  return std::unexpected(Refusal{status, std::move(code), std::move(detail)});
}
std::unexpected<Refusal> malformed(std::string detail) { return refuse(400, "malformed_request", std::move(detail)); }

bool is_decimal(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_authority(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-._~:[]%!$&'()*+,;=").contains(static_cast<char>(c));
  });
}

// Which bytes are the body, and for whom the request is: the fields over which two parsers could disagree.
std::expected<void, Refusal> check_fields(const Headers& headers) {
  auto hosts = headers.all("Host");
  if (hosts.size() != 1 || !is_authority(hosts.front())) return malformed("exactly one valid Host is needed");
  auto lengths = headers.all("Content-Length");
  auto encodings = headers.all("Transfer-Encoding");
  if (lengths.size() + encodings.size() > 1) return malformed("more than one statement of the body's length");
  if (!lengths.empty() && !is_decimal(lengths.front())) return malformed("bad Content-Length");
  if (!encodings.empty() && !same_name(encodings.front(), "chunked")) return malformed("unknown Transfer-Encoding");
  return {};
}

}  // namespace

struct RequestParser::Machine {
  boost::beast::http::request_parser<boost::beast::http::buffer_body> parser;
};

RequestParser::RequestParser(std::size_t head_bytes) : head_bytes_(head_bytes), machine_(std::make_unique<Machine>()) {
  machine_->parser.header_limit(static_cast<std::uint32_t>(head_bytes + 1));
  machine_->parser.body_limit(boost::none);  // the route's limit is enforced here: Beast's would be set too late
}
RequestParser::~RequestParser() = default;

// The end of the head, looked for once over each byte; refuses at once what no complete head could mend.
std::expected<std::optional<std::size_t>, Refusal> RequestParser::find_end(std::string_view buffer) {
  for (; scanned_ < buffer.size(); ++scanned_) {
    auto before = buffer.substr(0, scanned_);
    char c = buffer[scanned_];
    bool after_line = before.ends_with("\r\n");
    if (c == '\n' && !before.ends_with('\r')) return malformed("a line must end in CRLF");
    if (c != '\n' && before.ends_with('\r')) return malformed("a carriage return inside a line");
    if (c != '\n' && c != '\r' && !is_field_text({&c, 1})) return malformed("a control character in the head");
    if (after_line && (c == ' ' || c == '\t')) return malformed("a folded header line");
    if (c == '\n' && before.ends_with("\r\n\r")) return ++scanned_;
    if (scanned_ >= head_bytes_) {
      bool in_target = before.find('\n') == std::string_view::npos;
      return in_target ? refuse(414, "target_too_long", "the request line is over its limit")
                       : refuse(431, "head_too_large", "the head is over its limit");
    }
  }
  return std::nullopt;
}

std::expected<bool, Refusal> RequestParser::head(std::string& buffer) {
  auto end = find_end(buffer);
  if (!end) return std::unexpected(end.error());
  if (!*end) return false;
  boost::beast::error_code ec;
  auto used = machine_->parser.put(boost::asio::buffer(buffer.data(), **end), ec);
  if (ec || used != **end || !machine_->parser.is_header_done()) {
    return malformed(ec ? ec.message() : "the head is not one request");
  }
  buffer.erase(0, used);
  return take_head();
}

std::expected<bool, Refusal> RequestParser::take_head() {
  auto& message = machine_->parser.get();
  if (message.version() != 11) return malformed("this server speaks HTTP/1.1 only");
  for (auto& field : message) request_.headers.add(field.name_string(), field.value());
  if (auto checked = check_fields(request_.headers); !checked) return std::unexpected(checked.error());
  auto method = parse_method({message.method_string().data(), message.method_string().size()});
  if (!method) return refuse(501, "unknown_method", "a method that this server does not know");
  request_.method = *method;
  request_.target = std::string(message.target());
  auto target = parse_target(request_.target);
  if (!target) return malformed(target.error().cause);
  target_ = std::move(*target);
  for (auto expected : request_.headers.all("Expect")) {
    if (!same_name(expected, "100-continue")) return refuse(417, "expectation_failed", "unknown expectation");
    expects_continue_ = true;
  }
  keep_alive_ = machine_->parser.keep_alive();
  return true;
}

std::expected<bool, Refusal> RequestParser::body(std::string& buffer, std::size_t limit) {
  auto too_large = [] { return refuse(413, "too_large", "the body is over this route's limit"); };
  if (machine_->parser.content_length().value_or(0) > limit) return too_large();
  if (auto pumped = pump_body(machine_->parser, buffer, request_.body, limit + 1); !pumped) {
    return malformed(pumped.error().cause);
  }
  if (request_.body.size() > limit) return too_large();
  return machine_->parser.is_done();
}

bool RequestParser::body_pending() const { return !machine_->parser.is_done(); }

}  // namespace foundation::http
