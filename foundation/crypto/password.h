// Argon2id (libsodium, its interactive limits: 64 MiB, 2 passes). About 60 ms of CPU: call it on a worker pool.
#pragma once
#include <string>

#include "foundation/base/secret.h"

namespace foundation::crypto {

std::string hash_password(const Secret& password);  // PHC string
bool verify_password(const std::string& phc_hash, const Secret& password);

}  // namespace foundation::crypto
