// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/upstream/test_certificates.h"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/unique_handle.h"

namespace cardea::upstream {
namespace {

using Key = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = UniqueHandle<X509, X509_free>;
using File = UniqueHandle<FILE, fclose>;

void check(bool done) {
  if (!done) throw std::runtime_error("making a test certificate failed");
}

File open_file(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  check(file != nullptr);
  return file;
}

void write(const CertificateFiles& files, X509* certificate, EVP_PKEY* key) {
  check(PEM_write_X509(open_file(files.certificate, "w").get(), certificate) == 1);
  check(PEM_write_PrivateKey(open_file(files.key, "w").get(), key, nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const UniqueHandle<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate make(const std::string& name, EVP_PKEY* key, const LeafOptions& options, bool is_authority) {
  static long serial = 1;
  Certificate certificate(X509_new());
  check(X509_set_version(certificate.get(), 2) == 1);
  check(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial) == 1);
  check(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.begins) != nullptr);
  check(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.ends) != nullptr);
  check(X509_set_pubkey(certificate.get(), key) == 1);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1);
  add_extension(certificate.get(), NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!is_authority) add_extension(certificate.get(), NID_subject_alt_name, options.subject_alt_name);
  return certificate;
}

CertificateFiles files_of(const std::string& directory, const std::string& name) {
  return {directory + "/" + name + ".pem", directory + "/" + name + ".key"};
}

}  // namespace

TestAuthority::TestAuthority(const std::string& directory, const std::string& name)
    : directory_(directory), files_(files_of(directory, name)) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make(name, key.get(), {}, true);
  check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  write(files_, certificate.get(), key.get());
}

CertificateFiles TestAuthority::issue(const std::string& name, const LeafOptions& options) const {
  const Certificate authority(
      PEM_read_X509(open_file(files_.certificate, "r").get(), nullptr, nullptr, nullptr));
  const Key authority_key(PEM_read_PrivateKey(open_file(files_.key, "r").get(), nullptr, nullptr, nullptr));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make(name, key.get(), options, false);
  check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get())) == 1);
  check(X509_sign(certificate.get(), authority_key.get(), EVP_sha256()) > 0);
  const CertificateFiles files = files_of(directory_, name);
  write(files, certificate.get(), key.get());
  return files;
}

CertificateFiles make_self_signed(const std::string& directory, const std::string& name) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make(name, key.get(), {}, false);
  check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  const CertificateFiles files = files_of(directory, name);
  write(files, certificate.get(), key.get());
  return files;
}

}  // namespace cardea::upstream
