// SPDX-License-Identifier: Apache-2.0
// OpenSSL objects as owners, and what all files of this back end share. No header outside of this folder
// includes OpenSSL.
#pragma once

#include <array>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "core/base/bytes.h"
#include "core/base/unique_handle.h"

namespace cardea::crypto::openssl {

using Bignum = UniqueHandle<BIGNUM, BN_clear_free>;
using Cipher = UniqueHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Digest = UniqueHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Kdf = UniqueHandle<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using Mac = UniqueHandle<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using Pkey = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContext = UniqueHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Point = UniqueHandle<EC_POINT, EC_POINT_clear_free>;

// Takes the errors of its scope off the thread's queue again: what we report as a value must not be found
// later by the TLS code of the same thread.
class ErrorScope {
 public:
  ErrorScope() noexcept { (void)ERR_set_mark(); }
  ~ErrorScope() { (void)ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// Some calls take a null pointer for "not given" where we mean "empty".
inline const std::uint8_t* data_or_empty(ByteView view) noexcept {
  static constexpr std::uint8_t kNothing = 0;
  return view.empty() ? &kNothing : view.data();
}

}  // namespace cardea::crypto::openssl
