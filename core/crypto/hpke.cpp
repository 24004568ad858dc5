// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hpke.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/aes_gcm.h"
#include "core/crypto/hpke_kdf.h"

namespace cardea::crypto {
namespace {

constexpr std::uint8_t kModeBase = 0;
constexpr std::uint16_t kKemP256 = 0x0010;
constexpr std::uint16_t kKdfSha256 = 0x0001;
constexpr std::uint8_t kHpkeSuite = static_cast<std::uint8_t>(Suite::hpke);

constexpr std::size_t key_size(HpkeAead aead) { return aead == HpkeAead::aes_128_gcm ? 16 : 32; }

Bytes suite_id(HpkeAead aead) {
  return ByteBuilder().raw("HPKE").u16(kKemP256).u16(kKdfSha256).u16(static_cast<std::uint16_t>(aead)).take();
}

// ExtractAndExpand of RFC 9180 section 4.1.
Result<SecretKey32> kem_shared_secret(const SecretBytes& dh, ByteView enc, ByteView recipient_point) {
  if (dh.size() != 32) return Error::crypto_failed;
  const auto key = hpke_labeled_extract(hpke_kem_suite_id(), {}, "eae_prk", dh.expose());
  SecretKey32 out;
  TRY(hpke_labeled_expand(hpke_kem_suite_id(), key, "shared_secret",
                          ByteBuilder().raw(enc).raw(recipient_point).view(), out.expose_mutable()));
  return out;
}

Bytes info_of(Label label, ByteView context) { return ByteBuilder().raw(label.bytes()).raw(context).take(); }

}  // namespace

// RFC 9180 section 5.1, mode_base: no pre-shared key, so psk and psk_id are empty.
Result<HpkeContext> hpke_key_schedule(HpkeAead aead, ByteView shared_secret, ByteView info) {
  const Bytes suite = suite_id(aead);
  const Bytes schedule = ByteBuilder()
                             .u8(kModeBase)
                             .raw(hpke_labeled_extract(suite, {}, "psk_id_hash", {}).expose())
                             .raw(hpke_labeled_extract(suite, {}, "info_hash", info).expose())
                             .take();
  const auto secret = hpke_labeled_extract(suite, shared_secret, "secret", {});
  HpkeContext out;
  out.aead_ = aead;
  TRY(hpke_labeled_expand(suite, secret, "key", schedule, out.key_.expose_mutable().first(key_size(aead))));
  TRY(hpke_labeled_expand(suite, secret, "base_nonce", schedule, out.base_nonce_));
  TRY(hpke_labeled_expand(suite, secret, "exp", schedule, out.exporter_secret_.expose_mutable()));
  return out;
}

Result<HpkeSender> hpke_setup_sender(HpkeAead aead, ByteView recipient_point, ByteView info,
                                     const P256KeyPair& ephemeral) {
  TRY_ASSIGN(const SecretBytes dh, ephemeral.dh(recipient_point));
  TRY_ASSIGN(const SecretKey32 shared, kem_shared_secret(dh, ephemeral.point(), recipient_point));
  TRY_ASSIGN(HpkeContext context, hpke_key_schedule(aead, shared.expose(), info));
  return HpkeSender{ephemeral.point(), std::move(context)};
}

Result<HpkeContext> hpke_setup_recipient(HpkeAead aead, const DhFunction& dh, ByteView recipient_point,
                                         ByteView enc, ByteView info) {
  // Checked here and not left to the card: not every card validates the point (invalid curve attack).
  TRY_ASSIGN(const P256Point peer, p256_point(enc));
  TRY_ASSIGN(const SecretBytes secret, dh(peer));
  TRY_ASSIGN(const SecretKey32 shared, kem_shared_secret(secret, peer, recipient_point));
  return hpke_key_schedule(aead, shared.expose(), info);
}

// ComputeNonce: the sequence number, big-endian, over the last bytes of the base nonce.
std::array<std::uint8_t, 12> HpkeContext::nonce() const noexcept {
  auto out = base_nonce_;
  for (std::size_t i = 0; i < 8; ++i)
    out[11 - i] = static_cast<std::uint8_t>(out[11 - i] ^ (sequence_ >> (8 * i)));
  return out;
}

Result<Bytes> HpkeContext::seal(ByteView associated_data, ByteView plaintext) {
  if (sequence_ == UINT64_MAX) return Error::limit_exceeded;
  TRY_ASSIGN(Bytes sealed,
             aes_gcm_seal(key_.expose().first(key_size(aead_)), nonce(), associated_data, plaintext));
  ++sequence_;
  return sealed;
}

Result<SecretBytes> HpkeContext::open(ByteView associated_data, ByteView sealed) {
  if (sequence_ == UINT64_MAX) return Error::limit_exceeded;
  TRY_ASSIGN(SecretBytes opened,
             aes_gcm_open(key_.expose().first(key_size(aead_)), nonce(), associated_data, sealed));
  ++sequence_;
  return opened;
}

Result<SecretBytes> HpkeContext::export_secret(ByteView exporter_context, std::size_t size) const {
  if (size > std::size_t{255} * 32) return Error::limit_exceeded;
  SecretBytes out(size);
  TRY(hpke_labeled_expand(suite_id(aead_), exporter_secret_, "sec", exporter_context, out.expose_mutable()));
  return out;
}

Result<Bytes> hpke_seal(ByteView recipient_point, Label label, ByteView context, ByteView plaintext,
                        Random& random) {
  if (context.size() > kMaxSealContext || plaintext.size() > kMaxPlaintext) return Error::limit_exceeded;
  const P256KeyPair ephemeral = P256KeyPair::generate(random);
  TRY_ASSIGN(HpkeSender sender,
             hpke_setup_sender(HpkeAead::aes_256_gcm, recipient_point, info_of(label, context), ephemeral));
  TRY_ASSIGN(const Bytes sealed, sender.context.seal(context, plaintext));
  return ByteBuilder().u8(kEnvelopeVersion).u8(kHpkeSuite).raw(sender.enc).raw(sealed).take();
}

Result<SecretBytes> hpke_open(const DhFunction& dh, ByteView recipient_point, Label label, ByteView context,
                              ByteView envelope) {
  if (context.size() > kMaxSealContext) return Error::limit_exceeded;
  ByteReader reader(envelope);
  if (reader.u8() != kEnvelopeVersion || reader.u8() != kHpkeSuite) return Error::unknown_format;
  const ByteView enc = reader.bytes(P256Point{}.size());
  const ByteView sealed = reader.rest();
  if (!reader.good() || sealed.size() < kAesGcmTagSize || sealed.size() > kMaxPlaintext + kAesGcmTagSize ||
      !p256_point(enc).ok()) {
    return Error::decrypt_failed;
  }
  TRY_ASSIGN(HpkeContext opener,
             hpke_setup_recipient(HpkeAead::aes_256_gcm, dh, recipient_point, enc, info_of(label, context)));
  return opener.open(context, sealed);
}

Result<SecretBytes> hpke_open(const P256KeyPair& recipient, Label label, ByteView context,
                              ByteView envelope) {
  const DhFunction dh = [&recipient](ByteView peer) { return recipient.dh(peer); };
  return hpke_open(dh, recipient.point(), label, context, envelope);
}

}  // namespace cardea::crypto
