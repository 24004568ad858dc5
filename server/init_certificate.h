// SPDX-License-Identifier: Apache-2.0
// A private certificate authority for one server: for tests, the quickstart and a first try. Its key signs
// one certificate and is forgotten.
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace cardea::server {

// Writes the server's certificate with the authority's after it to `certificate`, the key (0400) to
// `private_key`, and the authority alone to "ca.pem" beside the certificate. `host` is a DNS name or a
// numeric address. already_exists when any of them is there. Valid for ten years.
Status init_certificate(const std::string& host, const std::string& certificate,
                        const std::string& private_key);

struct CertificateFacts {
  std::string name;    // its subject's
  std::string issuer;  // its authority's
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  bool self_made = false;  // by init_certificate()
};
// Of the first certificate in a PEM text. key_invalid when there is none.
Result<CertificateFacts> read_certificate(ByteView pem);

}  // namespace cardea::server
