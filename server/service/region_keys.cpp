// SPDX-License-Identifier: Apache-2.0
#include "server/service/region_keys.h"

#include <algorithm>

#include "core/crypto/kdf.h"

namespace cardea::server {
namespace {

constexpr std::size_t kSpkiSize = 44;

}  // namespace

std::string RegionPublicKey::text() const {
  Bytes both = sign_spki;
  both.insert(both.end(), seal_point.begin(), seal_point.end());
  return to_base64url(both);
}

Result<RegionPublicKey> RegionPublicKey::parse(std::string_view text) {
  const auto both = from_base64url(text);
  RegionPublicKey out;
  if (!both.ok() || both->size() != kSpkiSize + out.seal_point.size())
    return fail(Error::key_invalid, "not a relocation key");
  out.sign_spki = to_bytes(ByteView(*both).first(kSpkiSize));
  TRY_ASSIGN(const auto sign, crypto::PublicKey::from_spki(out.sign_spki));
  if (sign.kind() != crypto::KeyKind::ed25519) return fail(Error::key_invalid, "not a relocation key");
  TRY_ASSIGN(out.seal_point, crypto::p256_point(ByteView(*both).subspan(kSpkiSize)));
  return out;
}

Result<RegionKeys> RegionKeys::make(const SecretKey32& secret) {
  const SecretKey32 sign = crypto::derive_key(secret.expose(), "cardea/v1/relocation-sign", {});
  const SecretKey32 seal = crypto::derive_key(secret.expose(), "cardea/v1/relocation-seal", {});
  TRY_ASSIGN(auto pair, crypto::P256KeyPair::derive_key_pair(seal.expose()));
  return RegionKeys(crypto::Ed25519KeyPair::from_seed(sign), std::move(pair));
}

}  // namespace cardea::server
