// The user's session on this machine: one file, readable by its owner only.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "foundation/base/error.h"
#include "foundation/base/secret.h"

namespace cli::client {

using foundation::Done;
using foundation::Result;
using foundation::Secret;

struct SavedSession {
  std::string server;  // the token goes to no other
  std::string user;
  Secret token;
  std::string expires_at;  // RFC 3339
};

// $XDG_CONFIG_HOME/hks/session.json, by default ~/.config/hks/session.json. Empty without a home.
std::filesystem::path default_session_file();

// None when there is no file. Code::io when others may read it: whoever could has had the token.
Result<std::optional<SavedSession>> load_session(const std::filesystem::path& file);
// Written by rename with mode 0600; missing folders are made with 0700.
Done save_session(const std::filesystem::path& file, const SavedSession& session);
Done forget_session(const std::filesystem::path& file);

}  // namespace cli::client
