// A bundle on disk: its files one after another into the reader. Blocking.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>

#include "ai-ops/bundle/bundle.h"
#include "foundation/base/error.h"

namespace ai_ops::diagnose {

inline constexpr std::size_t kMaxFiles = 50'000;                 // folders and links count too
inline constexpr int kMaxFolders = 16;                           // within one another
inline constexpr std::size_t kMaxFileBytes = 1UL << 30;          // of a longer one only the end is read, as of a log
inline constexpr std::size_t kMaxBundleBytes = 4UL << 30;        // what comes after is skipped
inline constexpr foundation::Milliseconds kBundleTime{600'000};  // the same of what is not read by then

// `at`: when the bundle was taken; none: what its texts and files say. Only regular files, no links. Code::not_found,
// Code::io: there is nothing of that name, or it may not be read; of what is in a folder that is skipped and said.
foundation::Result<bundle::Bundle> read_path(const std::string& path, std::optional<foundation::WallTime> at,
                                             foundation::Milliseconds time = kBundleTime);
// The first kMaxFileBytes.
foundation::Result<bundle::Bundle> read_stream(std::istream& in, std::optional<foundation::WallTime> at,
                                               foundation::Milliseconds time = kBundleTime);

}  // namespace ai_ops::diagnose
