// SPDX-License-Identifier: Apache-2.0
// Speaks docs/spec/server-protocol.md over a Transport: JSON, request signatures, Idempotency-Key, problems.
// The typed requests are in the *_calls.h files. Used by recoveryd (with the device key) and cli (with
// session keys). One thread at a time.
#pragma once

#include <optional>

#include "core/api/http_signature.h"
#include "core/api/identifiers.h"
#include "core/api/json_fields.h"
#include "core/base/clock.h"
#include "upstream/transport.h"

namespace cardea::upstream {

// Who signs a request.
struct RequestKey {
  std::string keyid;
  api::SignatureAlgorithm algorithm = api::SignatureAlgorithm::ed25519;
  api::Signer signer;
};
// Each key outlives what is returned.
RequestKey device_key(const api::ComputerId& computer, const crypto::Ed25519KeyPair& key);
RequestKey session_key(const api::SessionId& session, const crypto::Ed25519KeyPair& key);
RequestKey session_key(const api::SessionId& session, const SecretKey32& hmac_key);

// May the same request be sent again after its connection was lost?
enum class Repeat {
  never,     // it spends something: a guess, a challenge, a login, a record's version
  harmless,  // GET, PUT of a holder: the second one changes nothing more
  once,      // POST with an Idempotency-Key
};

struct Call {
  std::string method = {};
  std::string path = {};
  std::string query = {};
  std::optional<api::Json> body = {};
  const RequestKey* key = nullptr;  // null: not signed
  Headers headers = {};             // If-Match, If-None-Match
  Repeat repeat = Repeat::harmless;
  std::string idempotency_key = {};  // for Repeat::once; empty: a fresh one
  std::string only_at = {};          // the authority that a proof in the body names
};

struct Answer {
  int status = 0;
  api::Json body;  // null for 204
  std::string etag;
};

class ServerClient {
 public:
  // All outlive the client.
  ServerClient(Transport& transport, const Clock& clock, Random& random)
      : transport_(transport), clock_(clock), random_(random) {}

  // A 2xx answer; else the failures of problem.h and Transport::send().
  Result<Answer> call(const Call& call);
  // Where the user is, if the last call() failed because he is not at home there any more: as it came,
  // for open_forward() (upstream/forward.h).
  [[nodiscard]] const std::optional<api::Json>& forward() const noexcept { return forward_; }
  [[nodiscard]] std::string authority() const { return transport_.authority(); }
  [[nodiscard]] Random& random() noexcept { return random_; }

 private:
  Transport& transport_;
  const Clock& clock_;
  Random& random_;
  std::optional<api::Json> forward_;
};

// For a change that must survive a crash of this program: draw the key, store it, then call.
std::string new_idempotency_key(Random& random);

// The answer's fields: new ones are ignored, so that answers may grow.
inline api::JsonFields answer_fields(const api::Json& json) {
  return api::JsonFields(json, api::JsonFields::Unknown::ignore);
}
// Error::server_misbehaved instead of what the reader says: it is the server's fault.
Status complete_answer(api::JsonFields& fields, std::string_view what);

// "?user_id=<32 hex digits>", for requests by the device key.
std::string user_query(const std::optional<api::UserId>& user);

}  // namespace cardea::upstream
