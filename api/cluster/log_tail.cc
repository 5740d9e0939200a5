#include "api/cluster/log_tail.h"

namespace api::cluster {
namespace {

std::size_t excess(std::string_view text) { return text.size() > kMaxLogBytes ? text.size() - kMaxLogBytes : 0; }

}  // namespace

void LogTail::take(std::string_view piece) {
  kept_ += piece;
  if (kept_.size() < 2 * kMaxLogBytes) return;  // so that a byte is moved once, not with every piece
  kept_.erase(0, excess(kept_));
  is_shortened_ = true;
}

std::string_view LogTail::text() const { return std::string_view(kept_).substr(excess(kept_)); }

}  // namespace api::cluster
