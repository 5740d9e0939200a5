// The end of a log that comes in pieces. Pure; holds less than two kMaxLogBytes and a piece.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace api::cluster {

inline constexpr std::size_t kMaxLogBytes = 256 << 10;

class LogTail {
 public:
  void take(std::string_view piece);
  // The last kMaxLogBytes of what came. Where it is cut it begins anywhere, in a credential too, of which the part
  // would not be known: who shows it leaves out what that could reach to (api/reads/log_text.cc).
  std::string_view text() const;
  bool is_cut() const { return is_shortened_ || kept_.size() > kMaxLogBytes; }

 private:
  std::string kept_;
  bool is_shortened_ = false;
};

}  // namespace api::cluster
