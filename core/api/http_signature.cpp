// SPDX-License-Identifier: Apache-2.0
#include "core/api/http_signature.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace cardea::api {
namespace {

constexpr std::string_view kSignatureLabel = "sig1=";
constexpr std::string_view kComponents = R"(("@method" "@authority" "@path" "@query" "content-digest"))";
constexpr std::string_view kDigestPrefix = "sha-256=:";
constexpr std::size_t kMaxKeyId = 160;

Failure refuse(std::string_view why) {
  return fail(Error::invalid_argument, "signature: " + std::string(why));
}

std::string_view algorithm_name(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::ed25519 ? "ed25519" : "hmac-sha256";
}

bool is_key_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyId && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '.' || c == '_' || c == '-';
  });
}

// The text of a quoted string that needs no escapes; empty when it is not one.
std::string_view unquote(std::string_view value) {
  if (value.size() < 3 || value.front() != '"' || value.back() != '"') return {};
  const std::string_view inner = value.substr(1, value.size() - 2);
  return inner.find_first_of("\"\\") == std::string_view::npos ? inner : std::string_view{};
}

// One parameter after the component list; `seen` has a bit per known name, so that none occurs twice.
Status read_parameter(std::string_view name, std::string_view value, unsigned& seen, ParsedSignature& out) {
  constexpr std::string_view kNames[] = {"created", "nonce", "keyid", "alg"};
  const auto index = static_cast<unsigned>(std::find(std::begin(kNames), std::end(kNames), name) - kNames);
  if (index == std::size(kNames)) return refuse("unknown parameter");
  if ((seen & (1u << index)) != 0) return refuse("a parameter occurs twice");
  seen |= 1u << index;
  if (index == 0) {
    const auto created = parse_decimal(value);
    if (!created || value.size() > 12) return refuse("created is not a time");
    out.created = static_cast<std::int64_t>(*created);
    return {};
  }
  const std::string_view text = unquote(value);
  if (index == 1) {
    auto nonce = from_base64url(text);
    if (!nonce.ok() || nonce->size() != kNonceSize) return refuse("nonce is not 16 bytes in base64url");
    out.nonce = std::move(nonce).value();
  } else if (index == 2) {
    if (!is_key_id(text)) return refuse("keyid is not acceptable");
    out.keyid = text;
  } else if (text == "ed25519") {
    out.algorithm = SignatureAlgorithm::ed25519;
  } else if (text == "hmac-sha256") {
    out.algorithm = SignatureAlgorithm::hmac_sha256;
  } else {
    return refuse("unknown algorithm");
  }
  return {};
}

Status read_parameters(std::string_view text, ParsedSignature& out) {
  unsigned seen = 0;
  while (!text.empty()) {
    if (text.front() != ';') return refuse("expected a parameter");
    text.remove_prefix(1);
    // No value of the profile holds a semicolon, so the next one ends this parameter.
    const auto end = std::min(text.find(';'), text.size());
    const std::string_view parameter = text.substr(0, end);
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos) return refuse("a parameter without value");
    TRY(read_parameter(parameter.substr(0, equals), parameter.substr(equals + 1), seen, out));
    text.remove_prefix(end);
  }
  if (seen != 0xf) return refuse("created, nonce, keyid and alg are required");
  return {};
}

Result<Bytes> read_byte_sequence(std::string_view value) {
  if (value.size() < 2 || value.front() != ':' || value.back() != ':') return refuse("not a byte sequence");
  return from_base64(value.substr(1, value.size() - 2));
}

}  // namespace

std::string content_digest(ByteView body) {
  return std::string(kDigestPrefix) + to_base64(crypto::sha256({body})) + ":";
}

Status check_content_digest(std::string_view header, ByteView body) {
  if (header != content_digest(body))
    return fail(Error::signature_invalid, "Content-Digest does not fit the body");
  return {};
}

Result<ParsedSignature> parse_signature(std::string_view signature_input, std::string_view signature) {
  if (signature_input.size() > kMaxSignatureInput || signature.size() > kMaxSignatureHeader) {
    return refuse("header too long");
  }
  if (!signature_input.starts_with(kSignatureLabel) || !signature.starts_with(kSignatureLabel))
    return refuse("label is not sig1");
  ParsedSignature out;
  out.parameters = signature_input.substr(kSignatureLabel.size());
  if (!out.parameters.starts_with(kComponents)) return refuse("other components than the profile's");
  TRY(read_parameters(std::string_view(out.parameters).substr(kComponents.size()), out));
  TRY_ASSIGN(out.signature, read_byte_sequence(signature.substr(kSignatureLabel.size())));
  const std::size_t expected = out.algorithm == SignatureAlgorithm::ed25519 ? 64 : 32;
  if (out.signature.size() != expected) return refuse("signature of wrong size");
  return out;
}

std::string signature_base(const SignedTarget& target, std::string_view digest_header,
                           std::string_view parameters) {
  std::string base;
  base.reserve(256 + target.path.size() + target.query.size() + parameters.size());
  base.append("\"@method\": ").append(target.method);
  base.append("\n\"@authority\": ").append(target.authority);
  base.append("\n\"@path\": ").append(target.path);
  // RFC 9421 section 2.2.7: an absent query is a lone question mark.
  base.append("\n\"@query\": ").append(target.query.empty() ? std::string_view("?") : target.query);
  base.append("\n\"content-digest\": ").append(digest_header);
  base.append("\n\"@signature-params\": ").append(parameters);
  return base;
}

Result<SignatureHeaders> sign_request(const SignedTarget& target, ByteView body, std::string_view keyid,
                                      SignatureAlgorithm algorithm, std::int64_t created, Random& random,
                                      const Signer& signer) {
  if (!is_key_id(keyid) || created < 0) return refuse("keyid or time is not acceptable");
  std::string parameters(kComponents);
  parameters.append(";created=").append(std::to_string(created));
  parameters.append(";nonce=\"").append(to_base64url(random.array<kNonceSize>()));
  parameters.append("\";keyid=\"").append(keyid);
  parameters.append("\";alg=\"").append(algorithm_name(algorithm)).append("\"");
  SignatureHeaders headers;
  headers.content_digest = content_digest(body);
  TRY_ASSIGN(const Bytes signature,
             signer(as_bytes(signature_base(target, headers.content_digest, parameters))));
  headers.signature_input = std::string(kSignatureLabel) + parameters;
  headers.signature = std::string(kSignatureLabel) + ":" + to_base64(signature) + ":";
  return headers;
}

Signer ed25519_signer(const crypto::Ed25519KeyPair& key) {
  return [&key](ByteView base) -> Result<Bytes> { return to_bytes(key.sign(base)); };
}

Signer hmac_signer(const SecretKey32& key) {
  return
      [&key](ByteView base) -> Result<Bytes> { return to_bytes(crypto::hmac_sha256(key.expose(), {base})); };
}

Status verify_ed25519(const ParsedSignature& parsed, const SignedTarget& target,
                      std::string_view digest_header, const crypto::PublicKey& key) {
  if (parsed.algorithm != SignatureAlgorithm::ed25519 || key.kind() != crypto::KeyKind::ed25519) {
    return fail(Error::signature_invalid, "algorithm does not fit the key");
  }
  return key.verify(as_bytes(signature_base(target, digest_header, parsed.parameters)), parsed.signature);
}

Status verify_hmac(const ParsedSignature& parsed, const SignedTarget& target, std::string_view digest_header,
                   const SecretKey32& key) {
  if (parsed.algorithm != SignatureAlgorithm::hmac_sha256) {
    return fail(Error::signature_invalid, "algorithm does not fit the key");
  }
  const std::string base = signature_base(target, digest_header, parsed.parameters);
  if (!equal_constant_time(crypto::hmac_sha256(key.expose(), {as_bytes(base)}), parsed.signature)) {
    return Error::signature_invalid;
  }
  return {};
}

SecretKey32 request_key(ByteView opaque_session_key) {
  return crypto::derive_key(opaque_session_key, "cardea/v1/request-signature", {});
}

}  // namespace cardea::api
