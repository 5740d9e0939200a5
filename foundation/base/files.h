// Small files: read whole, replaced whole. For start and configuration; blocking.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/base/error.h"

namespace foundation {

enum class FileAccess { owner, everyone };  // who may read: 0600 or 0644

Result<std::string> read_file(const std::filesystem::path& file);
// Written beside, synced and renamed over, so that a reader sees the old or the new text, never a part.
Done replace_file(const std::filesystem::path& file, std::string_view text, FileAccess access = FileAccess::owner);
// A folder that only its owner may enter (0700).
Done make_private_folder(const std::filesystem::path& folder);

}  // namespace foundation
