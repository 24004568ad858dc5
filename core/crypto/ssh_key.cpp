// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ssh_key.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

constexpr std::string_view kP256 = "ecdsa-sha2-nistp256", kRsa = "ssh-rsa", kEd25519 = "ssh-ed25519";
constexpr std::size_t kP256Point = 65, kEd25519Point = 32;  // the ends of their SubjectPublicKeyInfo
constexpr std::uint8_t kSequence = 0x30, kBitString = 0x03, kInteger = 0x02;

// The contents of the next element, which is of this type. Its encoding is DER: PublicKey takes nothing else.
ByteView element(ByteReader& reader, std::uint8_t tag) {
  require(reader.u8() == tag);
  std::size_t size = reader.u8();
  if (size == 0x81) {
    size = reader.u8();
  } else if (size == 0x82) {
    size = reader.u16();
  } else {
    require(size < 0x80);
  }
  const ByteView content = reader.bytes(size);
  require(reader.good());
  return content;
}

// SubjectPublicKeyInfo { algorithm, BIT STRING { RSAPublicKey { n, e } } } (RFC 8017 appendix A.1.1). A DER
// INTEGER and SSH's mpint are the same bytes: big-endian, two's complement, as short as can be.
Bytes rsa_blob(ByteView spki) {
  ByteReader outer(spki);
  ByteReader info(element(outer, kSequence));
  (void)element(info, kSequence);
  ByteReader bits(element(info, kBitString));
  require(bits.u8() == 0);
  ByteReader key(element(bits, kSequence));
  const ByteView modulus = element(key, kInteger);
  const ByteView exponent = element(key, kInteger);
  require(key.complete() && bits.complete());
  return ByteBuilder().lp32(as_bytes(kRsa)).lp32(exponent).lp32(modulus).take();
}

constexpr std::size_t kP256Number = 32, kEd25519Signature = 64;

// Positive, in the shortest form (RFC 4251 section 5), put in front of which come zeros up to `size`.
bool append_number(Bytes& out, ByteView mpint, std::size_t size) {
  if (mpint.empty() || (mpint[0] & 0x80) != 0) return false;
  if (mpint[0] == 0) {
    if (mpint.size() < 2 || (mpint[1] & 0x80) == 0) return false;
    mpint = mpint.subspan(1);
  }
  if (mpint.size() > size) return false;
  out.insert(out.end(), size - mpint.size(), 0);
  out.insert(out.end(), mpint.begin(), mpint.end());
  return true;
}

std::string_view signature_type(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256:
      return kP256;
    case KeyKind::ed25519:
      return kEd25519;
    case KeyKind::rsa:
      break;
  }
  return "rsa-sha2-256";
}

}  // namespace

SshPublicKey ssh_public_key(const PublicKey& key) {
  const ByteView spki = key.spki();
  switch (key.kind()) {
    case KeyKind::p256:
      return {kP256, ByteBuilder()
                         .lp32(as_bytes(kP256))
                         .lp32(as_bytes(std::string_view("nistp256")))
                         .lp32(spki.last(kP256Point))
                         .take()};
    case KeyKind::ed25519:
      return {kEd25519, ByteBuilder().lp32(as_bytes(kEd25519)).lp32(spki.last(kEd25519Point)).take()};
    case KeyKind::rsa:
      break;
  }
  return {kRsa, rsa_blob(spki)};
}

std::string authorized_keys_line(const SshPublicKey& key) {
  return std::string(key.type) + " " + to_base64(key.blob);
}

bool is_authorized_keys_line(std::string_view line) {
  for (const std::string_view type : {kP256, kRsa, kEd25519}) {
    if (!line.starts_with(type) || line.size() <= type.size() || line[type.size()] != ' ') continue;
    const auto blob = from_base64(line.substr(type.size() + 1));
    if (!blob.ok()) return false;
    ByteReader reader(*blob);
    return std::ranges::equal(reader.lp32(), as_bytes(type)) && reader.good() && !reader.rest().empty();
  }
  return false;
}

Result<Bytes> signature_from_ssh(const PublicKey& key, ByteView signature) {
  ByteReader reader(signature);
  const bool named = std::ranges::equal(reader.lp32(), as_bytes(signature_type(key.kind())));
  const ByteView blob = reader.lp32();
  if (!named || !reader.complete()) return Error::frame_malformed;
  if (key.kind() != KeyKind::p256) {
    const std::size_t size = key.kind() == KeyKind::rsa ? (key.bits() + 7) / 8 : kEd25519Signature;
    if (blob.size() != size) return Error::frame_malformed;
    return to_bytes(blob);
  }
  ByteReader numbers(blob);
  const ByteView r = numbers.lp32();
  const ByteView s = numbers.lp32();
  Bytes raw;
  if (!numbers.complete() || !append_number(raw, r, kP256Number) || !append_number(raw, s, kP256Number))
    return Error::frame_malformed;
  return raw;
}

}  // namespace cardea::crypto
