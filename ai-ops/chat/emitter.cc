#include "ai-ops/chat/emitter.h"

#include <utility>

namespace ai_ops::chat {

async::Task<void> Emitter::emit(std::string name, json::Object members) {
  json::Object data{{"seq", ++seq_}, {"turn_id", turn_}, {"at", foundation::to_rfc3339(clock_.wall())}};
  for (auto& [member, value] : members) data[member] = std::move(value);
  writing_ = true;
  auto written = co_await writer_.write(seq_, std::move(name), std::move(data));
  if (written) writing_ = false;
  co_return written;
}

std::string_view first_bytes(std::string_view text, std::size_t most) {
  constexpr int kContinuations = 3;  // of the longest character
  if (text.size() <= most) return text;
  std::size_t end = most;
  for (int i = 0; i < kContinuations && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++i) --end;
  return text.substr(0, end);
}

}  // namespace ai_ops::chat
