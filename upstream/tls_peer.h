// SPDX-License-Identifier: Apache-2.0
// TLS to one server: 1.2 or later, its certificate verified against the trusted authorities and its name,
// with no way to switch that off. Verification is OpenSSL's own, during the handshake: Poco's extended check
// passes every certificate for localhost. Called by poco_line.cpp.
#pragma once

#include <memory>
#include <string>

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>

#include "upstream/server_url.h"

namespace cardea::upstream {

class TlsPeer {
 public:
  // `ca_file`: PEM file of the only authorities that are trusted; empty: those of the system.
  // Error::config_invalid when it can't be read.
  static Result<std::unique_ptr<TlsPeer>> create(const ServerUrl& server, const std::string& ca_file);
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  // The handshake over a connected socket, which the caller ends when it takes too long.
  // Error::server_untrusted with what is wrong with the certificate, Error::server_unreachable when the
  // connection ends.
  Result<Poco::Net::SecureStreamSocket> handshake(const Poco::Net::StreamSocket& connected);

 private:
  TlsPeer(ServerUrl server, Poco::Net::Context::Ptr context)
      : server_(std::move(server)), context_(std::move(context)) {}
  ServerUrl server_;
  Poco::Net::Context::Ptr context_;
  int verify_error_ = 0;  // X509_V_ERR_*, of the last handshake; written by OpenSSL's callback
};

}  // namespace cardea::upstream
