// A turn's events as Server-Sent Events of the reply.
#pragma once
#include <string>
#include <vector>

#include "api/app/services.h"
#include "foundation/http/server.h"

namespace api::app {

// Lives as long as its exchange's handler.
class SseSink final : public turns::EventSink {
 public:
  explicit SseSink(http::Exchange& exchange) : exchange_(exchange) {}
  async::Task<void> begin() override;
  async::Task<void> events(std::vector<turns::Event> events) override;
  async::Task<void> heartbeat() override;

 private:
  http::Exchange& exchange_;
  http::Stream* stream_ = nullptr;  // once begun
  std::string frames_;              // outlives the write
};

}  // namespace api::app
