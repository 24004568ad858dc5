// SPDX-License-Identifier: Apache-2.0
// Using Cardea's keys: signing with the auth key, opening with the wrap key. Called by the worker with a
// session that is logged in. Mechanisms are those that every module offers; hashing and padding checks happen
// here.
#pragma once

#include "core/base/secret.h"
#include "core/card/token_session.h"

namespace cardea::card {

// Over SHA-256(message): raw r || s (64 bytes), or PKCS#1 v1.5 as long as the modulus.
Result<Bytes> sign(TokenSession& session, ByteView message);

// The x coordinate (32 bytes) of the wrap key times `peer_point` (SEC 1, 65 bytes), for crypto::hpke_open.
Result<SecretBytes> wrap_dh(TokenSession& session, ByteView peer_point);
// RSA-OAEP with SHA-1 and MGF1-SHA-1, for crypto::rsa_open.
Result<SecretBytes> wrap_rsa_decrypt(TokenSession& session, ByteView ciphertext);

}  // namespace cardea::card
