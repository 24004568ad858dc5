// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/opaque_messages.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/ristretto255.h"

namespace cardea::crypto {
namespace {

template <std::size_t N>
void take(ByteReader& reader, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = reader.bytes(N);
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

Status take_element(ByteReader& reader, OpaqueElement& out) {
  TRY_ASSIGN(out, ristretto_element(reader.bytes(out.size())));
  return {};
}

}  // namespace

Result<RegistrationRequest> RegistrationRequest::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  RegistrationRequest out;
  TRY(take_element(reader, out.blinded_element));
  return out;
}

Bytes RegistrationRequest::serialise() const { return to_bytes(blinded_element); }

Result<RegistrationResponse> RegistrationResponse::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  RegistrationResponse out;
  TRY(take_element(reader, out.evaluated_element));
  TRY(take_element(reader, out.server_public_key));
  return out;
}

Bytes RegistrationResponse::serialise() const {
  return ByteBuilder().raw(evaluated_element).raw(server_public_key).take();
}

Result<RegistrationRecord> RegistrationRecord::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  RegistrationRecord out;
  TRY(take_element(reader, out.client_public_key));
  TRY_ASSIGN(out.masking_key, SecretArray<64>::from(reader.bytes(64)));
  take(reader, out.envelope.nonce);
  take(reader, out.envelope.auth_tag);
  return out;
}

Bytes RegistrationRecord::serialise() const {
  return ByteBuilder()
      .raw(client_public_key)
      .raw(masking_key.expose())
      .raw(envelope.nonce)
      .raw(envelope.auth_tag)
      .take();
}

Result<Ke1> Ke1::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  Ke1 out;
  TRY(take_element(reader, out.blinded_element));
  take(reader, out.client_nonce);
  TRY(take_element(reader, out.client_keyshare));
  return out;
}

Bytes Ke1::serialise() const {
  return ByteBuilder().raw(blinded_element).raw(client_nonce).raw(client_keyshare).take();
}

Result<Ke2> Ke2::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  Ke2 out;
  TRY(take_element(reader, out.evaluated_element));
  take(reader, out.masking_nonce);
  take(reader, out.masked_response);
  take(reader, out.server_nonce);
  TRY(take_element(reader, out.server_keyshare));
  take(reader, out.server_mac);
  return out;
}

Bytes Ke2::serialise() const {
  return ByteBuilder()
      .raw(evaluated_element)
      .raw(masking_nonce)
      .raw(masked_response)
      .raw(server_nonce)
      .raw(server_keyshare)
      .raw(server_mac)
      .take();
}

Result<Ke3> Ke3::parse(ByteView message) {
  if (message.size() != kSize) return Error::invalid_argument;
  ByteReader reader(message);
  Ke3 out;
  take(reader, out.client_mac);
  return out;
}

Bytes Ke3::serialise() const { return to_bytes(client_mac); }

}  // namespace cardea::crypto
