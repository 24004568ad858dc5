// SPDX-License-Identifier: Apache-2.0
// A user on his way, as bytes (docs/spec/relocation.md, "Bundle"), and the proofs that go with him. Made by
// relocation_mover, read by relocation_inbox.
#pragma once

#include "core/crypto/p256.h"
#include "core/crypto/signature.h"
#include "server/service/moved_keys.h"
#include "server/store/regions.h"

namespace cardea::server {

inline constexpr std::size_t kMaxBundle = 160 * 1024 * 1024;
inline constexpr std::size_t kBundlePart = 40 * 1024;
inline constexpr std::uint32_t kMaxBundleParts = kMaxBundle / kBundlePart;
// Of all tables together: a byte of a bundle can stand for a value that takes 40 in memory.
inline constexpr std::size_t kMaxCells = std::size_t{1} << 22;

struct Bundle {
  std::string source;
  std::string destination;
  UserId user;
  std::uint32_t epoch = 1;
  UnixSeconds made = 0;
  Bytes opaque_public;  // of the source, and the destination's, too
  Bytes oprf_keys;      // seal_oprf_keys()
  bool records_days = false;
  AuditPoint audit;
  UserRows rows;
};

// limit_exceeded.
Result<Bytes> encode(const Bundle& bundle, const crypto::Ed25519KeyPair& source_key);
// Whether `source_key` signed exactly these bytes is asked first: signature_invalid. Then unknown_format for
// another version, corrupted for what encode() would not have made, limit_exceeded.
Result<Bundle> open_bundle(ByteView bytes, ByteView source_key);
// The form alone; for the fuzz target.
Result<Bundle> decode_bundle(ByteView bytes);

// What must be true of the rows whatever the region they come from: they are this user's, guesses included;
// his account has an account's name; his chain can be computed up to the head from events in their one
// spelling; ids are the hashes of their keys, and each card's key has signed that it is his. corrupted.
Status check_rows(const Bundle& bundle);

Result<Bytes> seal_oprf_keys(const OprfKeys& keys, const Bundle& bundle, ByteView recipient_point,
                             Random& random);
Result<OprfKeys> open_oprf_keys(const Bundle& bundle, const crypto::P256KeyPair& recipient);

// What the parts of one move are kept under.
Digest move_id(std::string_view source, const UserId& user, std::uint32_t epoch);
// Signed by the destination's relocation key: it has this bundle, durably.
Bytes receipt_proof(const Bundle& bundle, const Digest& bundle_hash, ByteView checkpoint_spki);

}  // namespace cardea::server
