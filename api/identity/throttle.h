// Counting failed logins per key, in the database. The keys are digests of user names and addresses.
// Functions run inside the caller's transaction. Private to identity.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/identity/identity.h"

namespace api::identity {

std::string name_key(std::string_view user);
std::string address_key(std::string_view address);  // an IPv6 address counts as its /64

// How long after the n-th failure in a row the next attempt must wait.
Milliseconds wait_after(std::int64_t failures);

// rate_limited while the key is blocked; else counts the attempt as a failure in advance.
Done count_attempt(Session& session, const std::string& key);
Done take_back_attempt(Session& session, const std::string& key);
Done forget_failures(Session& session, const std::string& key);

}  // namespace api::identity
