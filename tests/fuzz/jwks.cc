// The key set: what is taken is bounded, unambiguous and public, and is written so that it reads the same.
#include "foundation/jwt/jwks.h"

#include "foundation/jwt/jws.h"
#include "tests/fuzz/laws.h"
#include "tests/fuzz/targets.h"

namespace fuzz {

void jwks(std::string_view input) {
  namespace jwt = foundation::jwt;
  auto set = jwt::KeySet::parse(input);
  if (!set) return;
  must(set->keys().size() <= jwt::kMaxKeys, "a key set is bounded");
  auto again = jwt::KeySet::parse(set->to_text());
  must(again && again->to_text() == set->to_text(), "a key set is written so that it reads the same", set->to_text());
  for (const auto& key : set->keys()) {
    must(!key.kid.empty() && key.kid.size() <= jwt::kMaxKidBytes, "a key's id is bounded", key.kid);
    must(set->find(key.kid) == &key, "an id names one key", key.kid);
    must(key.key.fits(key.algorithm), "a key is good for its algorithm", key.kid);
    must(!key.key.verify(key.algorithm, input, std::string(64, '\0')), "zeros are no signature");
  }
}

}  // namespace fuzz
