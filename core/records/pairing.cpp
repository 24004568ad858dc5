// SPDX-License-Identifier: Apache-2.0
#include "core/records/pairing.h"

#include <algorithm>

#include "core/access_key/grouped_code.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/hash.h"
#include "core/crypto/signature.h"

namespace cardea::records {
namespace {

constexpr crypto::Label kCoverLabel = "cardea/v1/pairing-cover";
constexpr crypto::Label kAnswerLabel = "cardea/v1/pairing-answer";
constexpr std::string_view kCodeLabel = "cardea/v1/pairing-code";
constexpr std::uint8_t kAnswerVersion = 1;
constexpr std::size_t kBindSize = 10;
constexpr std::size_t kMaxAuthority = 300;
constexpr std::size_t kMaxText = 256;
constexpr std::size_t kKeyEntry = 4 + 32;
constexpr std::size_t kRecordEntry = 16 + 4 + 4;

Bytes keys_of(const PairingOffer& offer, std::string_view authority) {
  return ByteBuilder().lp(authority).lp(offer.session_spki).lp(offer.seal_key).take();
}

// Of the code: what it commits to.
std::array<std::uint8_t, 32> commitment(const PairingId& id, ByteView keys, ByteView blind) {
  return crypto::sha256({ByteBuilder().lp(kCodeLabel).view(), id, keys, ByteBuilder().lp(blind).view()});
}

Status check_grant(const PairingGrant& grant, const std::vector<const UserKey*>& keys) {
  const bool sizes = grant.account.size() <= kMaxText && grant.card_label.size() <= kMaxText &&
                     grant.on_card.size() <= kMaxPairingRecords && keys.size() <= kMaxPairingKeys;
  if (!sizes || (grant.with_records && keys.empty())) return fail(Error::invalid_argument, "pairing answer");
  const auto not_newer = [](const UserKey* a, const UserKey* b) { return a->epoch() <= b->epoch(); };
  if (std::ranges::adjacent_find(keys, not_newer) != keys.end())
    return fail(Error::invalid_argument, "keys are sealed newest first");
  return {};
}

SecretBytes encode(const UserId& user, const PairingGrant& grant, const std::vector<const UserKey*>& keys) {
  const std::size_t head = 1 + 16 + 16 + 8 + 2 + grant.account.size() + 2 + grant.card_label.size() + 1;
  const std::size_t lists = 2 + keys.size() * kKeyEntry + 2 + grant.on_card.size() * kRecordEntry;
  SecretBytes out(head + (grant.with_records ? lists : 0));
  ByteWriter writer(out.expose_mutable());
  writer.u8(kAnswerVersion);
  writer.bytes(user);
  writer.bytes(grant.session);
  writer.u64(grant.expires_at);
  writer.text(grant.account);
  writer.text(grant.card_label);
  writer.u8(grant.with_records ? 1 : 0);
  if (!grant.with_records) return out;
  writer.u16(static_cast<std::uint16_t>(keys.size()));
  for (const UserKey* key : keys) {
    writer.u32(key->epoch());
    writer.bytes(records_key(*key, user).expose());
  }
  writer.u16(static_cast<std::uint16_t>(grant.on_card.size()));
  for (const PairingGrant::OnCard& record : grant.on_card) {
    writer.bytes(record.name.id);
    writer.u32(record.name.version);
    writer.u32(record.epoch);
  }
  return out;
}

}  // namespace

Result<PairingCode> parse_pairing_code(ByteView typed) {
  TRY_ASSIGN(const SecretBytes code, access_key::parse_groups(typed, kPairingCodeGroups));
  return PairingCode::from(code.expose());
}

PairingId pairing_id(const PairingCode& code) {
  PairingId id{};
  std::ranges::copy(code.expose().first<id.size()>(), id.begin());
  return id;
}

Result<PairedBrowser> check_pairing(const PairingCode& code, const PairingOffer& offer,
                                    std::string_view authority) {
  if (authority.size() > kMaxAuthority) return fail(Error::invalid_argument, "authority");
  TRY_ASSIGN(const auto session, crypto::PublicKey::from_spki(offer.session_spki));
  if (session.kind() != crypto::KeyKind::ed25519) return fail(Error::key_invalid, "session key");
  PairedBrowser browser;
  TRY_ASSIGN(browser.seal_key, crypto::p256_point(offer.seal_key));
  browser.session_spki = offer.session_spki;
  const Bytes keys = keys_of(offer, authority);
  // The cover opens for nobody who does not know the code, so a server can't have made it ...
  TRY_ASSIGN(const SecretKey32 blind, crypto::open_key(code.expose(), kCoverLabel, keys, offer.cover));
  // ... and the code is a hash of the keys, so that who has seen the code has no others that fit.
  const auto hash = commitment(pairing_id(code), keys, blind.expose());
  if (!equal_constant_time(ByteView(hash).first(kBindSize), code.expose().last<kBindSize>()))
    return fail(Error::decrypt_failed, "the code belongs to other keys");
  browser.context = ByteBuilder().lp(code.expose()).raw(keys).lp(blind.expose()).take();
  return browser;
}

Result<PairedPage> check_pairing_at(const std::vector<std::string>& authorities, const PairingCode& code,
                                    const PairingOffer& offer) {
  Failure failure = fail(Error::decrypt_failed, "no server that it could belong to");
  for (const std::string& authority : authorities) {
    auto browser = check_pairing(code, offer, authority);
    if (browser.ok()) return PairedPage{std::move(*browser), authority};
    failure = browser.failure();
  }
  return failure;
}

Result<Bytes> seal_pairing_answer(const PairedBrowser& browser, const UserId& user, const PairingGrant& grant,
                                  const std::vector<const UserKey*>& keys, Random& random) {
  TRY(check_grant(grant, keys));
  return crypto::hpke_seal(browser.seal_key, kAnswerLabel, browser.context,
                           encode(user, grant, keys).expose(), random);
}

}  // namespace cardea::records
