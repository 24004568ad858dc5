// SPDX-License-Identifier: Apache-2.0
// The oblivious pseudorandom function of RFC 9497, ristretto255-SHA512, mode 0 (OPRF): the client learns
// F(key, input), the server learns neither. Called by OPAQUE only. Each evaluation is one guess at a
// password: who calls oprf_evaluate has charged the guess budget before.
#pragma once

#include "core/crypto/ristretto255.h"

namespace cardea::crypto {

struct OprfBlinded {
  RistrettoScalar blind;
  RistrettoElement element{};
};

// `input` is at most 65,535 bytes (Error::limit_exceeded). Draws 64 bytes for the blind.
Result<OprfBlinded> oprf_blind(ByteView input, Random& random);
// Server. Error::key_invalid for an element that is not valid or is the identity.
Result<RistrettoElement> oprf_evaluate(const RistrettoScalar& key, ByteView blinded_element);
// Client: takes the blind off and hashes.
Result<SecretArray<64>> oprf_finalize(ByteView input, const RistrettoScalar& blind,
                                      ByteView evaluated_element);
// RFC 9497 section 3.2.1 DeriveKeyPair, the private half; `seed` is 32 bytes.
Result<RistrettoScalar> oprf_derive_key(ByteView seed, ByteView info);

}  // namespace cardea::crypto
