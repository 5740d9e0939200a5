// Small files, read and replaced whole.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace ai_ops::app {

foundation::Result<std::string> read_file(const std::filesystem::path& file);
// Written beside and renamed over, so that a reader sees the old or the new text.
foundation::Done replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace ai_ops::app
