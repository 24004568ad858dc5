// SPDX-License-Identifier: Apache-2.0
#include "server/http/tls_context.h"

#include <Poco/Net/NetException.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace cardea::server::http {
namespace {

using Bio = UniqueHandle<BIO, BIO_free_all>;

Failure tls_failure(const char* what) {
  char reason[256] = "";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return fail(Error::key_invalid, std::string(what) + (reason[0] != '\0' ? std::string(": ") + reason : ""));
}

Bio memory(ByteView bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))); }

// Never asks at the terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return 0; }

Status configure(SSL_CTX* context) {
  // AEAD ciphers with ephemeral elliptic-curve keys only: no static RSA, no CBC, no finite-field DH.
  constexpr char kTls12Ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
  constexpr char kGroups[] = "X25519:P-256";
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, kTls12Ciphers) != 1 ||
      SSL_CTX_set1_groups_list(context, kGroups) != 1) {
    return tls_failure("TLS settings");
  }
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Tickets instead of a session cache in this process: faster, and nothing to share between threads. One
  // ticket is enough and saves work in each handshake.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  // 32 KiB less for each idle connection.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext::Identity>> TlsContext::read_identity(
    ByteView certificate, const SecretBytes& private_key) {
  auto identity = std::make_shared<Identity>();
  const Bio certificates = memory(certificate);
  identity->certificate.reset(PEM_read_bio_X509(certificates.get(), nullptr, no_passphrase, nullptr));
  if (!identity->certificate) return tls_failure("certificate");
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(identity->certificate.get()), &end) != 1)
    return tls_failure("certificate");
  identity->expires_at = ::timegm(&end);
  identity->chain.reset(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(certificates.get(), nullptr, no_passphrase, nullptr)) {
    if (sk_X509_push(identity->chain.get(), next) == 0) {
      X509_free(next);
      return tls_failure("certificate chain");
    }
  }
  ERR_clear_error();  // the end of the file is an error to OpenSSL
  const Bio key = memory(private_key.expose());
  identity->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, no_passphrase, nullptr));
  if (!identity->key) return tls_failure("private key");
  if (X509_check_private_key(identity->certificate.get(), identity->key.get()) != 1) {
    return tls_failure("certificate and private key do not belong together");
  }
  return std::shared_ptr<const Identity>(std::move(identity));
}

UnixSeconds TlsContext::expires_at() const {
  const std::lock_guard lock(mutex_);
  return identity_->expires_at;
}

int TlsContext::choose_identity(SSL* ssl, void* self) {
  const auto* tls = static_cast<const TlsContext*>(self);
  std::shared_ptr<const Identity> identity;
  {
    const std::lock_guard lock(tls->mutex_);
    identity = tls->identity_;
  }
  // OpenSSL takes its own references, so the identity may be replaced during the handshake.
  return SSL_use_cert_and_key(ssl, identity->certificate.get(), identity->key.get(), identity->chain.get(),
                              1);
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(ByteView certificate, const SecretBytes& private_key) {
  std::unique_ptr<TlsContext> tls(new TlsContext);
  TRY_ASSIGN(tls->identity_, read_identity(certificate, private_key));
  try {
    Poco::Net::Context::Params params;
    params.verificationMode = Poco::Net::Context::VERIFY_NONE;  // clients sign their requests
    params.loadDefaultCAs = false;
    params.cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20";
    tls->context_ = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params);
  } catch (const Poco::Exception& failure) {
    return fail(Error::crypto_failed, "TLS context: " + failure.displayText());
  }
  TRY(configure(tls->context_->sslContext()));
  SSL_CTX_set_cert_cb(tls->context_->sslContext(), choose_identity, tls.get());
  return tls;
}

Status TlsContext::replace_identity(ByteView certificate, const SecretBytes& private_key) {
  TRY_ASSIGN(auto identity, read_identity(certificate, private_key));
  const std::lock_guard lock(mutex_);
  identity_ = std::move(identity);
  return {};
}

}  // namespace cardea::server::http
