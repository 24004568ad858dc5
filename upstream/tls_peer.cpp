// SPDX-License-Identifier: Apache-2.0
#include "upstream/tls_peer.h"

#include <array>
#include <cstdio>

#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/base/text.h"

namespace cardea::upstream {
namespace {

using Poco::Net::Context;

int verify_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

// Only remembers why; what OpenSSL has found stays the verdict.
extern "C" int remember_verify_error(int ok, X509_STORE_CTX* store) {
  if (ok != 0) return ok;
  const auto* ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* error = static_cast<int*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), verify_slot()));
  if (error != nullptr) *error = X509_STORE_CTX_get_error(store);
  return 0;
}

std::string reason(int verify_error) {
  switch (verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired, or the clock of this computer is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet, or the clock of this computer is wrong";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is for another name";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its certificate is signed by nobody who is trusted here";
    default:
      return std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(verify_error);
  }
}

bool set_expected_name(SSL_CTX* context, const ServerUrl& server) {
  X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(context);
  if (server.is_address) return X509_VERIFY_PARAM_set1_ip_asc(parameters, server.host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(parameters, server.host.c_str(), server.host.size()) == 1;
}

// Whether the connection ended in the middle of the handshake, as that of a server that is going down.
// OpenSSL calls an end without a word an error of TLS, and Poco keeps of it nothing but the text.
bool is_lost(const Poco::Exception& e) {
  if (dynamic_cast<const Poco::Net::SSLConnectionUnexpectedlyClosedException*>(&e) != nullptr) return true;
  std::array<char, 16> code{};
  std::snprintf(code.data(), code.size(), "%08lX",
                ERR_PACK(ERR_LIB_SSL, 0, SSL_R_UNEXPECTED_EOF_WHILE_READING));
  return e.displayText().find(std::string("error:") + code.data()) != std::string::npos;
}

}  // namespace

Result<std::unique_ptr<TlsPeer>> TlsPeer::create(const ServerUrl& server, const std::string& ca_file) {
  try {
    Context::Params parameters;
    parameters.caLocation = ca_file;
    parameters.loadDefaultCAs = ca_file.empty();
    parameters.verificationMode = Context::VERIFY_STRICT;
    parameters.cipherList = "DEFAULT";
    Context::Ptr context(new Context(Context::TLS_CLIENT_USE, parameters));
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(false);
    if (!set_expected_name(context->sslContext(), server)) {
      return fail(Error::config_invalid, "server " + server.authority + ": not a name that can be verified");
    }
    std::unique_ptr<TlsPeer> peer(new TlsPeer(server, context));
    SSL_CTX_set_ex_data(context->sslContext(), verify_slot(), &peer->verify_error_);
    SSL_CTX_set_verify(context->sslContext(), SSL_VERIFY_PEER, remember_verify_error);
    return peer;
  } catch (const Poco::Exception& e) {
    ERR_clear_error();
    return fail(Error::config_invalid,
                "ca_file " + escape_for_log(ca_file) + ": " + escape_for_log(e.displayText()));
  }
}

Result<Poco::Net::SecureStreamSocket> TlsPeer::handshake(const Poco::Net::StreamSocket& connected) {
  verify_error_ = X509_V_OK;
  ERR_clear_error();
  try {
    // An address is no name to ask for (RFC 6066 section 3).
    if (server_.is_address) return Poco::Net::SecureStreamSocket::attach(connected, context_);
    return Poco::Net::SecureStreamSocket::attach(connected, server_.host, context_);
  } catch (const Poco::Exception& e) {
    ERR_clear_error();
    if (verify_error_ != X509_V_OK) {
      return fail(Error::server_untrusted, server_.authority + ": " + reason(verify_error_));
    }
    const bool tls_failed = dynamic_cast<const Poco::Net::SSLException*>(&e) != nullptr && !is_lost(e);
    return fail(tls_failed ? Error::server_untrusted : Error::server_unreachable,
                server_.authority + ": no secure connection: " + escape_for_log(e.displayText()));
  }
}

}  // namespace cardea::upstream
