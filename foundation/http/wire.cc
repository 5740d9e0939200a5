#include "foundation/http/wire.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>

#include "foundation/base/clock.h"

namespace foundation::http {
namespace {

constexpr std::array<std::string_view, 7> kReplyFraming{
    "Content-Length", "Transfer-Encoding",     "Connection", "Keep-Alive", "Date",
    "X-Request-Id",   "X-Content-Type-Options"};
constexpr std::array<std::string_view, 7> kRequestFraming{
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Host", "Expect", "Upgrade"};

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").contains(static_cast<char>(c));
  });
}

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](auto known) { return same_name(known, name); });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

std::string http_date() {
  auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(now));
}

}  // namespace

std::string reply_head(int status, const Headers& headers, const ReplyFrame& frame, std::size_t& dropped) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
  for (auto& [name, value] : headers.fields()) {
    if (among(kReplyFraming, name)) continue;
    if (is_token(name) && is_field_text(value)) {
      add(head, name, value);
    } else {
      ++dropped;
    }
  }
  if (frame.length) {
    add(head, "Content-Length", std::to_string(*frame.length));
  } else if (status != 204 && status != 304) {
    add(head, "Transfer-Encoding", "chunked");
  }
  if (!frame.keep_alive) add(head, "Connection", "close");
  add(head, "Date", http_date());
  add(head, "X-Content-Type-Options", "nosniff");
  if (!frame.request_id.empty()) add(head, "X-Request-Id", frame.request_id);
  return head += "\r\n";
}

std::string interim_continue() { return "HTTP/1.1 100 Continue\r\n\r\n"; }

std::string chunk(std::string_view bytes) {
  auto framed = fmt::format("{:x}\r\n", bytes.size());
  framed.reserve(framed.size() + bytes.size() + 2);
  return framed.append(bytes).append("\r\n");
}

std::string_view last_chunk() { return "0\r\n\r\n"; }

Result<std::string> request_head(const Request& request, std::string_view host, std::string_view target_prefix) {
  auto printable = [](unsigned char c) { return c > 0x20 && c < 0x7f; };
  if (!request.target.starts_with('/') || !std::ranges::all_of(request.target, printable)) {
    return fail(Code::invalid, "write request", "a target that cannot go on the wire");
  }
  auto head = fmt::format("{} {}{} HTTP/1.1\r\n", to_string(request.method), target_prefix, request.target);
  add(head, "Host", host);
  for (auto& [name, value] : request.headers.fields()) {
    if (among(kRequestFraming, name)) continue;
    if (!is_token(name) || !is_field_text(value)) return fail(Code::invalid, "write request", "a malformed header");
    add(head, name, value);
  }
  bool carries = request.method != Method::get && request.method != Method::head;
  if (carries || !request.body.empty()) add(head, "Content-Length", std::to_string(request.body.size()));
  return head += "\r\n";
}

}  // namespace foundation::http
