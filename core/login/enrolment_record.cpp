// SPDX-License-Identifier: Apache-2.0
#include "core/login/enrolment_record.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"

namespace cardea::login {
namespace {

constexpr std::uint8_t kBodyVersion = 4;
constexpr std::uint8_t kBodyWithoutRetirement = 3;
constexpr std::uint8_t kBodyWithoutGuests = 2;
constexpr std::uint8_t kBodyWithoutCheckpointKey = 1;
constexpr std::size_t kMaxCheckpointKey = 128;

void put_verifier(ByteBuilder& out, const std::optional<access_key::AccessKeyVerifier>& verifier) {
  out.u8(verifier.has_value() ? 1 : 0);
  if (!verifier.has_value()) return;
  out.u32(verifier->generation).u16(verifier->last_used).raw(verifier->check_last).raw(verifier->check_root);
}

template <std::size_t N>
void take(ByteReader& in, std::array<std::uint8_t, N>& out) {
  const auto bytes = in.bytes(N);
  if (in.good()) std::copy(bytes.begin(), bytes.end(), out.begin());
}

// False when the flag byte or a value is out of range.
bool take_verifier(ByteReader& in, std::optional<access_key::AccessKeyVerifier>& out) {
  const std::uint8_t present = in.u8();
  if (present > 1) return false;
  if (present == 0) return true;
  access_key::AccessKeyVerifier verifier;
  verifier.generation = in.u32();
  verifier.last_used = in.u16();
  take(in, verifier.check_last);
  take(in, verifier.check_root);
  out = verifier;
  return verifier.generation > 0 && verifier.last_used <= access_key::kChainLength;
}

bool take_card(ByteReader& in, EnrolledCard& card) {
  take(in, card.card_id);
  card.auth_spki = to_bytes(in.lp());
  card.wrap_spki = to_bytes(in.lp());
  card.label = std::string(in.text());
  card.serial = std::string(in.text());
  const std::uint8_t state = in.u8();
  card.state = static_cast<CardState>(state);
  // The pinned key and its id stand for each other: a record in which they differ was tampered with.
  return in.good() && state >= 1 && state <= 4 && crypto::card_id(card.auth_spki) == card.card_id &&
         is_printable_text(card.label) && is_printable_text(card.serial);
}

UnixSeconds take_time(ByteReader& in) { return static_cast<UnixSeconds>(in.u64()); }
std::uint64_t time_bits(UnixSeconds time) { return static_cast<std::uint64_t>(time); }

}  // namespace

EnrolmentRecord EnrolmentRecord::clone() const {
  EnrolmentRecord copy;
  copy.local_user = local_user;
  copy.user_id = user_id;
  copy.account = account;
  copy.servers = servers;
  copy.epoch = epoch;
  copy.cards = cards;
  copy.current = current;
  copy.pending = pending;
  copy.device_share = device_share.clone();
  copy.revocation_checked_at = revocation_checked_at;
  copy.latest_time_seen = latest_time_seen;
  copy.rotate_wanted = rotate_wanted;
  copy.rehearsals = rehearsals;
  copy.audit_length = audit_length;
  copy.audit_head = audit_head;
  copy.checkpoint_key = checkpoint_key;
  copy.server_doubted = server_doubted;
  copy.guest_until = guest_until;
  copy.retired_at = retired_at;
  return copy;
}

const EnrolledCard* EnrolmentRecord::find_card(const crypto::CardId& id) const noexcept {
  for (const EnrolledCard& card : cards) {
    if (card.card_id == id) return &card;
  }
  return nullptr;
}

SecretBytes encode(const EnrolmentRecord& record) {
  ByteBuilder out;
  out.u8(kBodyVersion).lp(record.local_user).raw(record.user_id).lp(record.account);
  out.u8(static_cast<std::uint8_t>(record.servers.size()));
  for (const std::string& server : record.servers)
    out.lp(server);
  out.u32(record.epoch).u8(static_cast<std::uint8_t>(record.cards.size()));
  for (const EnrolledCard& card : record.cards) {
    out.raw(card.card_id).lp(card.auth_spki).lp(card.wrap_spki).lp(card.label).lp(card.serial);
    out.u8(static_cast<std::uint8_t>(card.state));
  }
  put_verifier(out, record.current);
  put_verifier(out, record.pending);
  out.raw(record.device_share.expose());
  out.u64(time_bits(record.revocation_checked_at))
      .u64(time_bits(record.latest_time_seen))
      .u8(record.rotate_wanted ? 1 : 0);
  out.u64(time_bits(record.rehearsals.card)).u64(time_bits(record.rehearsals.access_key));
  out.u64(time_bits(record.rehearsals.break_glass)).u64(record.audit_length).raw(record.audit_head);
  out.lp(record.checkpoint_key).u8(record.server_doubted ? 1 : 0).u64(time_bits(record.guest_until));
  out.u64(time_bits(record.retired_at));
  Bytes plain = out.take();
  SecretBytes body{ByteView(plain)};
  wipe(plain);
  return body;
}

Result<EnrolmentRecord> decode_enrolment(ByteView body) {
  ByteReader in(body);
  const std::uint8_t version = in.u8();
  if (version == 0 || version > kBodyVersion)
    return fail(Error::unknown_format, "enrolment record of an unknown version");
  EnrolmentRecord record;
  record.local_user = std::string(in.text());
  take(in, record.user_id);
  record.account = std::string(in.text());
  const std::size_t servers = in.u8();
  if (servers > kMaxServersPerUser) return fail(Error::corrupted, "too many servers");
  for (std::size_t i = 0; i < servers; ++i)
    record.servers.emplace_back(in.text());
  record.epoch = in.u32();
  const std::size_t cards = in.u8();
  if (cards > kMaxCardsPerUser) return fail(Error::corrupted, "too many cards");
  for (std::size_t i = 0; i < cards; ++i) {
    EnrolledCard card;
    if (!take_card(in, card)) return fail(Error::corrupted, "bad card entry");
    record.cards.push_back(std::move(card));
  }
  if (!take_verifier(in, record.current) || !take_verifier(in, record.pending)) {
    return fail(Error::corrupted, "bad access-key verifier");
  }
  const auto share = in.bytes(32);
  if (in.good()) record.device_share = SecretKey32(std::span<const std::uint8_t, 32>(share.data(), 32));
  record.revocation_checked_at = take_time(in);
  record.latest_time_seen = take_time(in);
  const std::uint8_t rotate = in.u8();
  record.rotate_wanted = rotate == 1;
  record.rehearsals = {take_time(in), take_time(in), take_time(in)};
  record.audit_length = in.u64();
  take(in, record.audit_head);
  std::uint8_t doubted = 0;
  if (version != kBodyWithoutCheckpointKey) {
    record.checkpoint_key = to_bytes(in.lp());
    doubted = in.u8();
    record.server_doubted = doubted == 1;
  }
  if (version > kBodyWithoutGuests) record.guest_until = take_time(in);
  if (version > kBodyWithoutRetirement) record.retired_at = take_time(in);
  if (!in.complete() || rotate > 1 || doubted > 1 || record.checkpoint_key.size() > kMaxCheckpointKey)
    return fail(Error::corrupted, "enrolment record cut short or too long");
  if (!is_account_name(record.local_user) || (!record.account.empty() && !is_account_name(record.account))) {
    return fail(Error::corrupted, "bad name in enrolment record");
  }
  return record;
}

}  // namespace cardea::login
