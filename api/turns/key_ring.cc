#include "api/turns/key_ring.h"

#include <algorithm>

#include "foundation/jwt/jwks.h"

namespace api::turns {
namespace {

using foundation::database::Blob;
using foundation::database::Durability;
using foundation::database::Session;

std::int64_t ms(WallTime at) { return at.time_since_epoch().count(); }
WallTime time_of(std::int64_t at) { return WallTime(Milliseconds(at)); }

RingKey fresh_key(WallTime published, WallTime signs_from) {
  auto key = foundation::crypto::PrivateKey::generate();
  auto kid = foundation::jwt::thumbprint(key.public_key());
  WallTime until = signs_from + kSigningTime;
  return {kid, std::move(key), published, signs_from, until, until + kKeepAfterSigning};
}

Result<std::vector<RingKey>> load(Session& session, const foundation::crypto::SealingKey& sealing) {
  auto rows =
      session.query("SELECT kid, sealed_pem, published_at, signs_from, signs_until, retires_at FROM signing_keys");
  if (!rows) return std::unexpected(rows.error());
  std::vector<RingKey> keys;
  for (const auto& row : *rows) {
    auto pem = sealing.unseal(row.text(0), row.blob(1));
    if (!pem) return fail_with("open signing key", pem.error());
    auto key = foundation::crypto::PrivateKey::from_pem(*pem);
    if (!key) return fail_with("open signing key", key.error());
    keys.push_back({row.text(0), std::move(*key), time_of(row.integer(2)), time_of(row.integer(3)),
                    time_of(row.integer(4)), time_of(row.integer(5))});
  }
  return keys;
}

foundation::Done store(Session& session, const foundation::crypto::SealingKey& sealing,
                       const std::vector<RingKey>& keys) {
  auto cleared = session.execute("DELETE FROM signing_keys");
  if (!cleared) return std::unexpected(cleared.error());
  for (const auto& key : keys) {
    auto added = session.execute(
        "INSERT INTO signing_keys (kid, sealed_pem, published_at, signs_from, signs_until, retires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        {key.kid, Blob{sealing.seal(key.kid, key.key.to_pem())}, ms(key.published_at), ms(key.signs_from),
         ms(key.signs_until), ms(key.retires_at)});
    if (!added) return std::unexpected(added.error());
  }
  return foundation::Done{};
}

RingKey& newest_of(std::vector<RingKey>& keys) { return *std::ranges::max_element(keys, {}, &RingKey::signs_until); }

// refresh() never comes to the millisecond: what the next key is published late by, the one before it signs longer.
void publish_next(std::vector<RingKey>& keys, WallTime now) {
  RingKey& newest = newest_of(keys);
  newest.signs_until = now + kPublishBeforeSigning;
  newest.retires_at = newest.signs_until + kKeepAfterSigning;
  RingKey next = fresh_key(now, newest.signs_until);
  keys.push_back(std::move(next));
}

}  // namespace

std::vector<RingKey> rotate(std::vector<RingKey> keys, WallTime now) {
  std::erase_if(keys, [&](const RingKey& key) { return key.retires_at <= now; });
  if (!signing_key(keys, now))
    keys.push_back(fresh_key(now, now));
  else if (now >= newest_of(keys).signs_until - kPublishBeforeSigning)
    publish_next(keys, now);
  return keys;
}

std::vector<RingKey> rotate_early(std::vector<RingKey> keys, WallTime now) {
  keys = rotate(std::move(keys), now);
  if (newest_of(keys).signs_from <= now) publish_next(keys, now);
  return keys;
}

std::vector<RingKey> revoke(std::vector<RingKey>, WallTime now) { return rotate({}, now); }

const RingKey* signing_key(const std::vector<RingKey>& keys, WallTime now) {
  const RingKey* chosen = nullptr;
  for (const auto& key : keys)
    if (key.signs_from <= now && now < key.signs_until && (!chosen || key.signs_from > chosen->signs_from))
      chosen = &key;
  return chosen;
}

KeyRing::KeyRing(foundation::database::Database& database, foundation::crypto::SealingKey sealing)
    : database_(database), sealing_(std::move(sealing)) {}

async::Task<void> KeyRing::refresh(Rotation by) {
  auto rotated = co_await database_.write(
      Durability::durable, [sealing = sealing_, by](Session& session) -> Result<std::vector<RingKey>> {
        auto keys = load(session, sealing);
        if (!keys) return keys;
        auto kept = by(*keys, session.now());
        auto same = [](const RingKey& a, const RingKey& b) { return a.kid == b.kid; };
        if (!std::equal(kept.begin(), kept.end(), keys->begin(), keys->end(), same))
          if (auto stored = store(session, sealing, kept); !stored) return std::unexpected(stored.error());
        return kept;
      });
  if (!rotated) co_return std::unexpected(rotated.error());
  keys_ = std::move(*rotated);
  std::vector<foundation::jwt::NamedKey> published;
  for (const auto& key : keys_)
    published.push_back({key.kid, foundation::crypto::Algorithm::es256, key.key.public_key()});
  published_ = foundation::jwt::KeySet(std::move(published));
  co_return foundation::Done{};
}

Result<foundation::Secret> KeyRing::mint(const foundation::jwt::InternalClaims& claims, WallTime now) const {
  const RingKey* key = signing_key(keys_, now);
  if (!key) return foundation::fail(foundation::Code::unavailable, "mint token", "no key signs now");
  return foundation::jwt::mint_internal(claims, key->key, key->kid);
}

}  // namespace api::turns
