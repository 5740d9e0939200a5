#include "api/app/demo_users.h"

#include <map>
#include <sstream>

#include "api/identity/identity.h"
#include "foundation/base/files.h"
#include "foundation/crypto/digest.h"
#include "foundation/crypto/encoding.h"
#include "foundation/crypto/password.h"

namespace api::app {

using foundation::Done;
using foundation::Secret;
using foundation::async::Task;
using foundation::database::Durability;
using foundation::database::Session;

namespace {

std::map<std::string, std::string> read_passwords(const std::filesystem::path& file) {
  std::map<std::string, std::string> passwords;
  auto text = foundation::read_file(file);
  std::istringstream lines(text ? *text : std::string());
  for (std::string user, password; lines >> user >> password;) passwords[user] = password;
  return passwords;
}

Done ensure_manager(Session& session, const tenancy::store::SeedUser& seed) {
  auto managed = identity::has_manager(session, seed.organization);
  if (!managed) return std::unexpected(managed.error());
  return *managed ? Done{} : identity::set_manager(session, seed.name, true);
}

std::string new_password() { return foundation::crypto::to_base64url(foundation::crypto::random_bytes(12)); }

}  // namespace

Task<void> ensure_users(foundation::database::Database& database, std::vector<tenancy::store::SeedUser> users,
                        std::filesystem::path passwords_to) {
  auto passwords = passwords_to.empty() ? std::map<std::string, std::string>() : read_passwords(passwords_to);
  for (const auto& seed : users) {
    identity::User user{
        .name = seed.name, .organization = seed.organization, .display = seed.display, .manager = seed.manager};
    auto known =
        co_await database.read([name = seed.name](Session& session) { return identity::find_user(session, name); });
    if (known) continue;
    std::string password = passwords_to.empty() ? "" : new_password();
    std::string hash = password.empty() ? "" : foundation::crypto::hash_password(Secret(password));
    auto added = co_await database.write(
        Durability::durable, [user, hash](Session& session) { return identity::add_user(session, user, hash); });
    if (!added) co_return std::unexpected(added.error());
    if (!password.empty()) passwords[seed.name.str()] = password;
  }
  for (const auto& seed : users) {
    if (!seed.manager) continue;
    auto managed = co_await database.write(Durability::durable,
                                           [seed](Session& session) { return ensure_manager(session, seed); });
    if (!managed) co_return managed;
  }
  if (passwords_to.empty()) co_return Done{};
  std::string text;
  for (const auto& [user, password] : passwords) text += user + " " + password + "\n";
  co_return foundation::replace_file(passwords_to, text);
}

}  // namespace api::app
