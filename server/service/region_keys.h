// SPDX-License-Identifier: Apache-2.0
// The relocation keys of this region, and what it knows of the others (docs/spec/relocation.md, "What regions
// share"). Read once at start (server/secret_files, server/config).
#pragma once

#include <map>

#include "core/crypto/p256.h"
#include "core/crypto/signature.h"
#include "server/store/types.h"

namespace cardea::server {

// What one region shows to the others, as text in their server.conf: base64url of the Ed25519
// SubjectPublicKeyInfo (44 bytes) and the P-256 point (65).
struct RegionPublicKey {
  Bytes sign_spki;
  crypto::P256Point seal_point{};
  [[nodiscard]] std::string text() const;
  // key_invalid.
  static Result<RegionPublicKey> parse(std::string_view text);
};

class RegionKeys {
 public:
  static Result<RegionKeys> make(const SecretKey32& secret);
  [[nodiscard]] const crypto::Ed25519KeyPair& sign() const noexcept { return sign_; }
  [[nodiscard]] const crypto::P256KeyPair& seal() const noexcept { return seal_; }
  [[nodiscard]] RegionPublicKey public_key() const { return {sign_.spki(), seal_.point()}; }

 private:
  RegionKeys(crypto::Ed25519KeyPair sign, crypto::P256KeyPair seal)
      : sign_(std::move(sign)), seal_(std::move(seal)) {}
  crypto::Ed25519KeyPair sign_;
  crypto::P256KeyPair seal_;
};

struct OtherRegion {
  std::string url;
  RegionPublicKey key;
};

// [regions] of server.conf. Without any other region there is nothing to move to. Whether users are moved is
// the policy `relocation` (policy.h).
struct RegionPolicy {
  std::string here;
  std::map<std::string, OtherRegion, std::less<>> others;
};

}  // namespace cardea::server
