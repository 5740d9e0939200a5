// The messages of earlier conversations: a file with one a line, readable by its owner only. What begins with a space
// is not kept, as in a shell: that is how a person says something that shall leave no trace. Owner: the lines of a
// command.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/error.h"

namespace cli::terminal {

inline constexpr std::size_t kMaxHistoryLines = 1'000;      // the newest are kept
inline constexpr std::size_t kMaxHistoryLineBytes = 8'192;  // the bound of a message

class History {
 public:
  explicit History(std::filesystem::path file) : file_(std::move(file)) {}
  // Oldest first; none when there is no file, or it cannot be read.
  std::vector<std::string> load() const;
  // False for what is not kept. The file is written anew with 0600; that of another conversation is kept in it.
  bool add(std::string_view line) const;

 private:
  std::filesystem::path file_;
};

bool is_kept(std::string_view line);

}  // namespace cli::terminal
