// SPDX-License-Identifier: Apache-2.0
#include "server/init_certificate.h"

#include <ctime>

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "core/base/secure_file.h"
#include "core/base/unique_handle.h"

namespace cardea::server {
namespace {

using Certificate = UniqueHandle<X509, X509_free>;
using Key = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
using Bio = UniqueHandle<BIO, BIO_free_all>;
using Extension = UniqueHandle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr char kAuthorityName[] = "Cardea private authority";
constexpr long kValiditySeconds = 10L * 365 * 24 * 3600;

Failure openssl_failure(const char* what) {
  return fail(Error::crypto_failed, std::string("certificate: ") + what);
}

Status add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return openssl_failure("extension");
  return {};
}

Result<Certificate> begin_certificate(const std::string& name, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  unsigned char serial[16];
  if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return openssl_failure("serial number");
  serial[0] &= 0x7f;  // positive
  const UniqueHandle<BIGNUM, BN_free> number(BN_bin2bn(serial, sizeof serial, nullptr));
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const bool good = number &&
                    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                    X509_set_version(certificate.get(), 2) == 1 &&
                    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValiditySeconds) != nullptr &&
                    X509_set_pubkey(certificate.get(), key) == 1 &&
                    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
  if (!good) return openssl_failure("content");
  return certificate;
}

Result<Certificate> make_authority(EVP_PKEY* key) {
  TRY_ASSIGN(Certificate authority, begin_certificate(kAuthorityName, key));
  X509* raw = authority.get();
  if (X509_set_issuer_name(raw, X509_get_subject_name(raw)) != 1) return openssl_failure("issuer");
  TRY(add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  TRY(add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign"));
  TRY(add_extension(raw, raw, NID_subject_key_identifier, "hash"));
  if (X509_sign(raw, key, EVP_sha256()) == 0) return openssl_failure("signature");
  return authority;
}

Result<Certificate> make_server(const std::string& host, EVP_PKEY* key, X509* authority,
                                EVP_PKEY* authority_key) {
  unsigned char address[16];
  const bool numeric =
      ::inet_pton(AF_INET, host.c_str(), address) == 1 || ::inet_pton(AF_INET6, host.c_str(), address) == 1;
  TRY_ASSIGN(Certificate server, begin_certificate(host, key));
  X509* raw = server.get();
  if (X509_set_issuer_name(raw, X509_get_subject_name(authority)) != 1) return openssl_failure("issuer");
  TRY(add_extension(raw, authority, NID_basic_constraints, "critical,CA:FALSE"));
  TRY(add_extension(raw, authority, NID_key_usage, "critical,digitalSignature"));
  TRY(add_extension(raw, authority, NID_ext_key_usage, "serverAuth"));
  TRY(add_extension(raw, authority, NID_subject_key_identifier, "hash"));
  TRY(add_extension(raw, authority, NID_authority_key_identifier, "keyid:always"));
  TRY(add_extension(raw, authority, NID_subject_alt_name, (numeric ? "IP:" : "DNS:") + host));
  if (X509_sign(raw, authority_key, EVP_sha256()) == 0) return openssl_failure("signature");
  return server;
}

Result<std::string> certificate_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return openssl_failure("PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Status write_key(const std::string& path, EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return openssl_failure("private key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return create_file_atomically(path, as_bytes(std::string_view(data, static_cast<std::size_t>(size))), 0400);
}

std::string common_name(const X509_NAME* name) {
  char text[256] = {};
  const int size = X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text);
  return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts = {};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(::timegm(&parts)) : 0;
}

bool is_host(const std::string& host) {
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-") ==
             std::string::npos;
}

}  // namespace

Result<CertificateFacts> read_certificate(ByteView pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return fail(Error::key_invalid, "this is no certificate");
  CertificateFacts facts;
  facts.name = common_name(X509_get_subject_name(certificate.get()));
  facts.issuer = common_name(X509_get_issuer_name(certificate.get()));
  facts.not_before = seconds_of(X509_get0_notBefore(certificate.get()));
  facts.not_after = seconds_of(X509_get0_notAfter(certificate.get()));
  facts.self_made = facts.issuer == kAuthorityName;
  return facts;
}

Status init_certificate(const std::string& host, const std::string& certificate,
                        const std::string& private_key) {
  if (!is_host(host))
    return fail(Error::invalid_argument, "“" + host + "” is neither a DNS name nor an address");
  const std::string authority_path = certificate.substr(0, certificate.rfind('/') + 1) + "ca.pem";
  for (const std::string& path : {certificate, private_key, authority_path}) {
    if (::access(path.c_str(), F_OK) == 0) return fail(Error::already_exists, path + ": is there already");
  }
  const Key authority_key(EVP_EC_gen("P-256"));
  const Key server_key(EVP_EC_gen("P-256"));
  if (!authority_key || !server_key) return openssl_failure("keys");
  TRY_ASSIGN(const Certificate authority, make_authority(authority_key.get()));
  TRY_ASSIGN(const Certificate server,
             make_server(host, server_key.get(), authority.get(), authority_key.get()));
  TRY_ASSIGN(const std::string authority_pem, certificate_pem(authority.get()));
  TRY_ASSIGN(const std::string server_pem, certificate_pem(server.get()));
  TRY(write_key(private_key, server_key.get()));
  TRY(create_file_atomically(certificate, as_bytes(server_pem + authority_pem), 0644));
  return create_file_atomically(authority_path, as_bytes(authority_pem), 0644);
}

}  // namespace cardea::server
