// SPDX-License-Identifier: Apache-2.0
// What a browser sends for a WebAuthn key (W3C WebAuthn level 2, sections 5.8.1, 6.1, 7.1, 7.2), as far as it
// is looked at: docs/spec/officers.md, "Sessions". Attestation is not, so there is no CBOR here. Called by
// officer_sessions; the bytes come from anybody.
#pragma once

#include "core/crypto/signature.h"
#include "server/store/types.h"

namespace cardea::server {

inline constexpr std::size_t kMaxClientData = 2048;
inline constexpr std::size_t kMaxAuthenticatorData = 2048;
inline constexpr std::size_t kMinCredential = 16;
inline constexpr std::size_t kMaxCredential = 1023;

// For whom a key is made: host of the authority without its port, and what the browser calls the page.
struct RelyingParty {
  explicit RelyingParty(std::string_view authority);
  std::string origin;
  Digest id_hash{};
};

struct ClientData {
  std::string type;
  Bytes challenge;
  std::string origin;
  bool cross_origin = false;
};

struct AuthenticatorData {
  Digest rp_id_hash{};
  bool user_present = false;
  bool user_verified = false;
  std::uint32_t sign_count = 0;
  std::optional<Bytes> credential;  // with a new key
};

// invalid_argument.
Result<ClientData> parse_client_data(ByteView json);
Result<AuthenticatorData> parse_authenticator_data(ByteView bytes);

// A browser's message for one challenge. The views outlive the call.
struct WebAuthnMessage {
  ByteView client_data;
  ByteView authenticator_data;
  ByteView signature;  // of an assertion
};

// The counter of a key that was just made; identity_not_accepted whatever is wrong.
Result<std::uint32_t> check_new_key(const WebAuthnMessage& message, const RelyingParty& party,
                                    ByteView challenge, ByteView credential);
// The counter of a key that has signed; identity_not_accepted whatever is wrong.
Result<std::uint32_t> check_assertion(const WebAuthnMessage& message, const RelyingParty& party,
                                      ByteView challenge, const crypto::PublicKey& key);

}  // namespace cardea::server
