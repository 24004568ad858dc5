// SPDX-License-Identifier: Apache-2.0
// The exact bytes under every signature between a server and its clients (docs/spec/server-protocol.md,
// "Proofs"). One function per row, used by the side that signs and by the side that checks, so that they
// can't drift apart.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/api/identifiers.h"

namespace cardea::api {

// Signed by the card auth key at registration and replacement. It also is the card's signature on the
// recovery key.
Bytes card_proof(const UserId& user, ByteView auth_spki, ByteView wrap_spki, ByteView recovery_public);

// Signed by the card auth key to open a session for `session_spki` until `expires_at` (Unix seconds).
Bytes card_session_proof(std::string_view authority, ByteView challenge, ByteView session_spki,
                         std::uint64_t expires_at);

// The same for a help-desk officer: his card may be a user's as well, and one signature must not do for both.
Bytes officer_session_proof(std::string_view authority, ByteView challenge, ByteView session_spki,
                            std::uint64_t expires_at);

// Signed by the Ed25519 key of an access-key generation.
Bytes access_key_session_proof(std::string_view authority, ByteView challenge, const ComputerId& computer,
                               const UserId& user, std::uint32_t generation);

// Signed by the device key of a computer that a session adds to its user.
Bytes computer_proof(const UserId& user, ByteView device_spki);

// Signed by the device key of the computer a new card is enrolled on.
Bytes replace_proof(const UserId& user, const CardId& new_card, std::uint32_t new_epoch);

// Signed by the key of a recovery sheet. `purpose`: "suspend" or "reopen". The account counts in lower case.
Bytes sheet_proof(std::string_view authority, ByteView challenge, std::string_view account,
                  std::string_view purpose);

// Signed by the server's checkpoint key over a user's audit chain of `length` events ending in `head`.
Bytes checkpoint_proof(std::uint64_t length, ByteView head, std::uint64_t time);
// The same over the administration's chain: neither is ever good for the other.
Bytes administration_checkpoint_proof(std::uint64_t length, ByteView head, std::uint64_t time);

}  // namespace cardea::api
