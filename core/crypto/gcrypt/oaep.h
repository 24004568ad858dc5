// SPDX-License-Identifier: Apache-2.0
// EME-OAEP decoding (RFC 8017 section 7.1.2 step 3), because that of libgcrypt 1.10 passes over whatever
// stands between the hash and the 01 byte: a changed text would open.
#pragma once

#include "core/crypto/rsa.h"

namespace cardea::crypto::gcrypt {

// `encoded` is as long as the modulus. Error::decrypt_failed for everything else than an encoded message, in
// time that does not tell what is wrong with it.
Result<SecretBytes> oaep_decode(OaepHash hash, ByteView label, const SecretBytes& encoded);

}  // namespace cardea::crypto::gcrypt
