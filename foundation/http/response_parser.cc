#include "foundation/http/response_parser.h"

#include <boost/beast/http/parser.hpp>

#include "foundation/http/body_pump.h"

namespace foundation::http {

struct ResponseParser::Machine {
  Machine(std::size_t head_bytes, Method request_method) {
    parser.header_limit(static_cast<std::uint32_t>(head_bytes));
    parser.body_limit(boost::none);  // the default of 8 MB would end a long stream
    parser.skip(request_method == Method::head);
  }
  boost::beast::http::response_parser<boost::beast::http::buffer_body> parser;
};

ResponseParser::ResponseParser(std::size_t head_bytes, Method request_method)
    : head_bytes_(head_bytes),
      request_method_(request_method),
      machine_(std::make_unique<Machine>(head_bytes, request_method)) {}
ResponseParser::~ResponseParser() = default;

Result<bool> ResponseParser::head(std::string& buffer) {
  namespace beast_http = boost::beast::http;
  for (;;) {
    boost::beast::error_code ec;
    auto used = machine_->parser.put(boost::asio::buffer(buffer), ec);
    buffer.erase(0, used);
    if (ec == beast_http::error::need_more) return false;
    if (ec == beast_http::error::header_limit) return fail(Code::too_large, "read response head", ec.message());
    if (ec) return fail(Code::corrupt, "read response head", ec.message());
    if (!machine_->parser.is_header_done()) return false;
    status_ = machine_->parser.get().result_int();
    if (status_ >= 200) break;
    if (status_ == 101) return fail(Code::corrupt, "read response head", "a change of protocol nobody asked for");
    machine_ = std::make_unique<Machine>(head_bytes_, request_method_);
  }
  for (auto& field : machine_->parser.get()) headers_.add(field.name_string(), field.value());
  return true;
}

Result<bool> ResponseParser::body(std::string& buffer, std::string& into, std::size_t room) {
  if (auto pumped = pump_body(machine_->parser, buffer, into, room); !pumped) {
    return fail(Code::corrupt, "read response body", pumped.error().cause);
  }
  return machine_->parser.is_done();
}

Done ResponseParser::end() {
  boost::beast::error_code ec = boost::beast::http::error::partial_message;
  if (machine_->parser.is_header_done()) machine_->parser.put_eof(ec);
  if (ec) return fail(Code::io, "read response", "the connection was lost before its end");
  return {};
}

bool ResponseParser::keep_alive() const { return machine_->parser.keep_alive(); }
bool ResponseParser::done() const { return machine_->parser.is_done(); }

}  // namespace foundation::http
