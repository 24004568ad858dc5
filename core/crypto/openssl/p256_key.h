// SPDX-License-Identifier: Apache-2.0
// A P-256 key as OpenSSL has it, for the files of this folder.
#pragma once

#include "core/crypto/openssl/handles.h"
#include "core/crypto/p256.h"

namespace cardea::crypto::openssl {

// `point` is one that p256_point has accepted. Null when OpenSSL refuses.
Pkey p256_public_key(const P256Point& point);

}  // namespace cardea::crypto::openssl
