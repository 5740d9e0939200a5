#include "api/app/sse_sink.h"

#include "foundation/http/sse.h"

namespace api::app {

using foundation::Done;

async::Task<void> SseSink::begin() {
  auto stream = co_await exchange_.begin_stream(200, {{"Content-Type", "text/event-stream"}});
  if (!stream) co_return std::unexpected(stream.error());
  stream_ = *stream;
  co_return Done{};
}

async::Task<void> SseSink::events(std::vector<turns::Event> events) {
  frames_.clear();
  for (const auto& event : events)
    frames_ += http::sse_frame(std::to_string(event.data.at("seq").as_int64()), event.name, json::to_text(event.data));
  return stream_->write(frames_);
}

async::Task<void> SseSink::heartbeat() {
  frames_ = http::sse_comment("still working");
  return stream_->write(frames_);
}

}  // namespace api::app
