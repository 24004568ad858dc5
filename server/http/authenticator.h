// SPDX-License-Identifier: Apache-2.0
// Who has signed a request (docs/spec/server-protocol.md, "Request signatures"). Checks form, time, key,
// digest, signature and nonce, in this order, before any handler sees the request. Called by router.
#pragma once

#include "core/api/http_signature.h"
#include "server/http/message.h"
#include "server/http/nonce_cache.h"
#include "server/http/services.h"

namespace cardea::server::http {

class Authenticator {
 public:
  explicit Authenticator(Services& services) : services_(services) {}
  // Fills the cache with what was seen before this process began.
  Status load_nonces();

  // `body_key`: for requests in which a computer introduces itself, the device key their body names.
  // signature_invalid, clock_skewed, replayed, session_expired; invalid_argument when the headers are not in
  // the profile; peer_not_trusted when the request was meant for another server.
  Result<Caller> identify(const Request& request, const std::optional<Bytes>& body_key, UnixSeconds now);

 private:
  struct Signed {
    const Request& request;
    const std::string& digest_header;
    api::ParsedSignature signature;
    api::SignedTarget target;
  };
  Result<Signed> read(const Request& request, UnixSeconds now) const;
  Status check_device(const Signed& message, const ComputerId& id,
                      const std::optional<Bytes>& body_key) const;
  Status check_session(const Signed& message, const Session& session) const;
  Status check_region(const Signed& message, std::string_view region) const;
  static Status check_ed25519(const Signed& message, ByteView spki);
  Status check_nonce(const api::ParsedSignature& signature, UnixSeconds now);

  Services& services_;
  NonceCache nonces_;
};

// Host without the port when it is HTTPS's own.
std::string_view authority_of(std::string_view host);

}  // namespace cardea::server::http
