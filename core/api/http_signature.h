// SPDX-License-Identifier: Apache-2.0
// Request signatures: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), in the one profile
// of docs/spec/server-protocol.md "Request signatures". The clients build the three header values with
// sign_request; the server reads them with parse_signature, finds the key that `keyid` names, and calls
// verify_request. Freshness (created, nonce) is the server's business. Everything outside the profile is
// refused: there is no negotiation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret.h"
#include "core/crypto/signature.h"

namespace cardea::api {

// Longest accepted values; what we make ourselves is below 350 and 110 bytes.
inline constexpr std::size_t kMaxSignatureInput = 1024;
inline constexpr std::size_t kMaxSignatureHeader = 256;
inline constexpr std::size_t kNonceSize = 16;

enum class SignatureAlgorithm : std::uint8_t { ed25519, hmac_sha256 };

// What is signed. `authority` is the Host value in lower case, without the port when it is 443. `query`
// begins with '?' or is empty.
struct SignedTarget {
  std::string_view method;
  std::string_view authority;
  std::string_view path;
  std::string_view query;
};

struct SignatureHeaders {
  std::string content_digest;
  std::string signature_input;
  std::string signature;
};

// What the two signature headers say, before anything is checked.
struct ParsedSignature {
  std::string parameters;  // the text after "sig1=", exactly as received: it is part of what is signed
  std::int64_t created = 0;
  Bytes nonce;        // kNonceSize bytes
  std::string keyid;  // 1 to 160 characters of [A-Za-z0-9:._-]
  SignatureAlgorithm algorithm = SignatureAlgorithm::ed25519;
  Bytes signature;  // 64 (ed25519) or 32 (hmac-sha256) bytes
};

std::string content_digest(ByteView body);
// signature_invalid unless the header is exactly the SHA-256 digest of this body.
Status check_content_digest(std::string_view header, ByteView body);

// invalid_argument with what is wrong, when the headers are not exactly in the profile.
Result<ParsedSignature> parse_signature(std::string_view signature_input, std::string_view signature);

// The signature base of RFC 9421 section 2.5.
std::string signature_base(const SignedTarget& target, std::string_view digest_header,
                           std::string_view parameters);

// Signs with whatever the caller has: returns the raw signature over the base.
using Signer = std::function<Result<Bytes>(ByteView base)>;
Result<SignatureHeaders> sign_request(const SignedTarget& target, ByteView body, std::string_view keyid,
                                      SignatureAlgorithm algorithm, std::int64_t created, Random& random,
                                      const Signer& signer);
Signer ed25519_signer(const crypto::Ed25519KeyPair& key);  // `key` outlives the signer
Signer hmac_signer(const SecretKey32& key);                // `key` outlives the signer

// signature_invalid when the signature does not fit target, digest header and key. The caller has checked the
// digest header against the body.
Status verify_ed25519(const ParsedSignature& parsed, const SignedTarget& target,
                      std::string_view digest_header, const crypto::PublicKey& key);
Status verify_hmac(const ParsedSignature& parsed, const SignedTarget& target, std::string_view digest_header,
                   const SecretKey32& key);

// The key of hmac-sha256 signatures: HKDF-SHA256(OPAQUE session key, info "cardea/v1/request-signature").
SecretKey32 request_key(ByteView opaque_session_key);

}  // namespace cardea::api
