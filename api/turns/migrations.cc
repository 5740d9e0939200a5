#include "api/turns/migrations.h"

extern const char k_api_turns_0001_turns_sql[];
extern const char k_api_turns_0002_turns_open_of_user_sql[];

namespace api::turns {

std::span<const foundation::database::Migration> migrations() {
  static const foundation::database::Migration kMigrations[] = {
      {"api/turns", 1, k_api_turns_0001_turns_sql}, {"api/turns", 2, k_api_turns_0002_turns_open_of_user_sql}};
  return kMigrations;
}

}  // namespace api::turns
