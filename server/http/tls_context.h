// SPDX-License-Identifier: Apache-2.0
// The server's TLS settings and identity. TLS 1.2 and 1.3, ECDHE and AEAD only; the certificate can be
// replaced while the server runs. Made by server/main, used by listener.
#pragma once

#include <memory>
#include <mutex>

#include <Poco/Net/Context.h>
#include <openssl/ssl.h>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/base/unique_handle.h"

namespace cardea::server::http {

class TlsContext {
 public:
  // `certificate` is PEM: the server's certificate, then those between it and the root. `private_key` is PEM.
  // key_invalid with the reason, also when the two do not belong together.
  static Result<std::unique_ptr<TlsContext>> make(ByteView certificate, const SecretBytes& private_key);
  // New connections get the new identity; when it is not good, the old one stays.
  Status replace_identity(ByteView certificate, const SecretBytes& private_key);
  // The end of the server's own certificate, in UTC seconds.
  [[nodiscard]] UnixSeconds expires_at() const;
  [[nodiscard]] Poco::Net::Context::Ptr context() const { return context_; }

 private:
  using Certificate = UniqueHandle<X509, X509_free>;
  using Key = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
  struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
  };
  struct Identity {
    Certificate certificate;
    UnixSeconds expires_at = 0;
    Key key;
    std::unique_ptr<STACK_OF(X509), FreeStack> chain;
  };
  static Result<std::shared_ptr<const Identity>> read_identity(ByteView certificate,
                                                               const SecretBytes& private_key);
  static int choose_identity(SSL* ssl, void* self);

  TlsContext() = default;
  Poco::Net::Context::Ptr context_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Identity> identity_;
};

}  // namespace cardea::server::http
