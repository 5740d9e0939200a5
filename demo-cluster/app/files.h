// Whole small files, read and written by rename.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace demo_cluster::app {

foundation::Result<std::string> read_file(const std::filesystem::path& path);
// Only its owner may read it (0600); a reader sees the old text or the new one, never a part.
foundation::Done write_file(const std::filesystem::path& path, std::string_view text);
foundation::Done make_folder(const std::filesystem::path& path);  // 0700

}  // namespace demo_cluster::app
