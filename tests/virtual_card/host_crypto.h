// SPDX-License-Identifier: Apache-2.0
// The other side of the card's keys, done by OpenSSL: tests check with it what the card has signed, encrypt
// for the card, and agree on a secret with it.
#pragma once

#include <openssl/evp.h>

#include "core/base/bytes.h"
#include "core/base/unique_handle.h"

namespace cardea::virtual_card {

class HostKey {
 public:
  static HostKey rsa(ByteView modulus, ByteView exponent);
  static HostKey p256(ByteView point);  // 04 || X || Y
  static HostKey ephemeral_p256();

  [[nodiscard]] Bytes point() const;
  [[nodiscard]] bool verifies_rsa_sha256(ByteView message, ByteView signature) const;
  [[nodiscard]] bool verifies_ecdsa(ByteView digest,
                                    ByteView r_and_s) const;  // fixed length, as PKCS#11 has it
  [[nodiscard]] Bytes encrypt_oaep_sha1(ByteView plain) const;
  [[nodiscard]] Bytes agree(const HostKey& other) const;  // the X coordinate

 private:
  using Handle = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
  explicit HostKey(Handle key) : key_(std::move(key)) {}
  Handle key_;
};

Bytes sha256(ByteView data);

}  // namespace cardea::virtual_card
