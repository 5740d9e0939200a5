#include "foundation/http/exchange.h"

#include <utility>

#include "foundation/http/wire.h"

namespace foundation::http {

ServedExchange::ServedExchange(Parts parts, Request request, Target target, Match match)
    : parts_(parts), request_(std::move(request)), target_(std::move(target)), match_(std::move(match)) {}

std::string_view ServedExchange::path_value(std::string_view name) const {
  auto found = match_.values.find(name);
  return found == match_.values.end() ? std::string_view() : found->second;
}

async::Task<Stream*> ServedExchange::begin_stream(int status, Headers headers) {
  if (stream_status_ != 0) co_return fail(Code::internal, "begin stream", "a second time");
  stream_status_ = status;
  headers.set("Cache-Control", "no-store");
  bool bodiless = request_.method == Method::head;
  ReplyFrame frame{.keep_alive = parts_.keep_alive && !bodiless, .request_id = parts_.request_id};
  std::size_t dropped = 0;
  auto head = reply_head(status, headers, frame, dropped);
  if (dropped != 0) co_return fail(Code::internal, "begin stream", "a header that cannot go on the wire");
  parts_.connection.bound_buffers(parts_.stream_buffer_bytes);
  if (auto written = co_await parts_.connection.write(head); !written) co_return std::unexpected(written.error());
  // Its head was the whole reply; what would follow is not to be produced.
  if (bodiless) co_return fail(Code::cancelled, "begin stream", "a HEAD request wants no body");
  co_return static_cast<Stream*>(this);
}

async::Task<void> ServedExchange::write(std::string_view bytes) {
  if (bytes.empty()) co_return Done{};  // an empty chunk would end the stream
  auto framed = chunk(bytes);
  co_return co_await parts_.connection.write(framed);
}

async::Task<void> ServedExchange::end_stream() {
  return parts_.connection.write(request_.method == Method::head ? std::string_view() : last_chunk());
}

}  // namespace foundation::http
