// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/vault_link.h"

#include <algorithm>

namespace cardea::worker {
namespace {

// Long enough for the reset of the slowest card.
constexpr Timeout kCloseTimeout{5'000};

std::uint8_t number(auto value) { return static_cast<std::uint8_t>(value); }

// lp fields are at most 65,535 bytes; longer ones would be a bug here and a broken packet there.
Status check_lp(std::initializer_list<ByteView> fields) {
  for (const ByteView field : fields) {
    if (field.size() > 0x8000) return Error::limit_exceeded;
  }
  return {};
}

Failure bad_reply() { return fail(Error::worker_down, "malformed result"); }

}  // namespace

VaultLink::VaultLink(std::shared_ptr<Supervisor> supervisor, std::uint64_t instance) noexcept
    : supervisor_(std::move(supervisor)), instance_(instance) {}

VaultLink::~VaultLink() {
  (void)call(Verb::vault_close, {}, kCloseTimeout);
  supervisor_->release_vault();
}

Result<ReplyPacket> VaultLink::call(Verb verb, ByteBuilder payload, Timeout timeout, int fd) {
  Bytes bytes = payload.take();
  auto reply = supervisor_->call({verb, bytes, fd, instance_}, report_, timeout);
  wipe(bytes);
  return reply;
}

Status VaultLink::order(Verb verb, ByteBuilder payload, Timeout timeout, int fd) {
  TRY_ASSIGN(const ReplyPacket packet, call(verb, std::move(payload), timeout, fd));
  if (!packet.reply.result.empty()) return bad_reply();
  return {};
}

Result<Bytes> VaultLink::order_lp(Verb verb, ByteBuilder payload, Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(verb, std::move(payload), timeout));
  ByteReader in(packet.reply.result);
  Bytes out = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Result<bool> VaultLink::ask(Verb verb, ByteBuilder payload, Timeout timeout) {
  TRY_ASSIGN(auto packet, call(verb, std::move(payload), timeout));
  ByteReader in(packet.reply.result);
  const std::uint8_t answer = in.u8();
  if (!in.complete() || answer > 1) return bad_reply();
  return answer == 1;
}

Result<Bytes> VaultLink::order_lp32(Verb verb, ByteBuilder payload, Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(verb, std::move(payload), timeout));
  ByteReader in(packet.reply.result);
  Bytes out = to_bytes(in.lp32());
  if (!in.complete()) return bad_reply();
  return out;
}

Status VaultLink::set_identity(const UserId& user, const ComputerId& computer, Timeout timeout) {
  return order(Verb::set_identity, ByteBuilder().raw(user).raw(computer), timeout);
}

Status VaultLink::collect(Purpose purpose, UniqueFd channel, Timeout timeout) {
  return order(Verb::collect, ByteBuilder().u8(number(purpose)), timeout, channel.get());
}

Status VaultLink::reveal(Purpose purpose, UniqueFd channel, Timeout timeout) {
  return order(Verb::reveal, ByteBuilder().u8(number(purpose)), timeout, channel.get());
}

Result<OpaqueRequests> VaultLink::opaque_register_start(Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::opaque_register_start, {}, timeout));
  ByteReader in(packet.reply.result);
  OpaqueRequests out;
  out.request_a = to_bytes(in.lp());
  out.request_b = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Result<OpaqueRecords> VaultLink::opaque_register_finish(ByteView response_a, ByteView response_b,
                                                        Timeout timeout) {
  TRY(check_lp({response_a, response_b}));
  TRY_ASSIGN(const ReplyPacket packet,
             call(Verb::opaque_register_finish, ByteBuilder().lp(response_a).lp(response_b), timeout));
  ByteReader in(packet.reply.result);
  OpaqueRecords out;
  out.record_a = to_bytes(in.lp());
  out.record_b = to_bytes(in.lp());
  out.question_seal = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Result<Bytes> VaultLink::opaque_login_start(OpaqueRecordName which, Timeout timeout) {
  return order_lp(Verb::opaque_login_start, ByteBuilder().u8(number(which)), timeout);
}

Result<OpaqueSession> VaultLink::opaque_login_finish(OpaqueRecordName which, ByteView ke2, Timeout timeout) {
  TRY(check_lp({ke2}));
  TRY_ASSIGN(const ReplyPacket packet,
             call(Verb::opaque_login_finish, ByteBuilder().u8(number(which)).lp(ke2), timeout));
  ByteReader in(packet.reply.result);
  OpaqueSession out;
  out.ke3 = to_bytes(in.lp());
  out.session_key = SecretBytes(in.bytes(64));
  if (!in.complete()) return bad_reply();
  return out;
}

Result<std::string> VaultLink::open_question(ByteView question_seal, Timeout timeout) {
  TRY(check_lp({question_seal}));
  TRY_ASSIGN(const Bytes text, order_lp(Verb::open_question, ByteBuilder().lp(question_seal), timeout));
  return std::string(as_text(text));
}

Status VaultLink::card_login(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                             Timeout timeout) {
  Status done = order(Verb::card_login, ByteBuilder().u32(insertion).u8(last_try_consent), timeout);
  report = report_;
  return done;
}

Result<CardKeys> VaultLink::card_make_keys(card::KeyKind kind, std::string_view label, Timeout timeout) {
  TRY(check_lp({as_bytes(label)}));
  TRY_ASSIGN(const ReplyPacket packet,
             call(Verb::card_make_keys, ByteBuilder().u8(number(kind)).lp(label), timeout));
  ByteReader in(packet.reply.result);
  CardKeys out;
  out.auth_spki = to_bytes(in.lp());
  out.wrap_spki = to_bytes(in.lp());
  out.serial = std::string(in.text());
  if (!in.complete()) return bad_reply();
  return out;
}

Result<Bytes> VaultLink::card_sign(ByteView message, Timeout timeout) {
  TRY(check_lp({message}));
  return order_lp(Verb::card_sign, ByteBuilder().lp32(message), timeout);
}

Result<card::CardDirectory> VaultLink::card_storage_list(Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::storage_list, {}, timeout));
  ByteReader in(packet.reply.result);
  card::CardDirectory out;
  out.foreign = in.u8();
  const std::uint8_t count = in.u8();
  for (std::uint8_t i = 0; i < count; ++i) {
    card::CardObject object;
    object.index = in.u8();
    const std::uint8_t state = in.u8();
    object.size = in.u32();
    if (!in.good() || state > number(card::ObjectState::unreadable) ||
        object.index >= card::kMaxCardObjects) {
      return bad_reply();
    }
    object.state = static_cast<card::ObjectState>(state);
    out.objects.push_back(object);
  }
  if (!in.complete()) return bad_reply();
  return out;
}

Result<Bytes> VaultLink::card_storage_read(std::uint8_t index, Timeout timeout) {
  return order_lp32(Verb::storage_read, ByteBuilder().u8(index), timeout);
}

Status VaultLink::card_storage_write(std::uint8_t index, ByteView content, Timeout timeout) {
  if (content.size() > card::kMaxCardObjectBytes) return Error::record_too_large;
  return order(Verb::storage_write, ByteBuilder().u8(index).lp32(content), timeout);
}

Status VaultLink::card_storage_remove(std::uint8_t index, Timeout timeout) {
  return order(Verb::storage_remove, ByteBuilder().u8(index), timeout);
}

Result<Bytes> VaultLink::card_header_read(Timeout timeout) {
  return card_storage_read(card::kHeaderIndex, timeout);
}

Status VaultLink::card_header_write(ByteView header, Timeout timeout) {
  return card_storage_write(card::kHeaderIndex, header, timeout);
}

Status VaultLink::change_pin(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                             Timeout timeout) {
  Status done = order(Verb::change_pin, ByteBuilder().u32(insertion).u8(last_try_consent), timeout);
  report = report_;
  return done;
}

Status VaultLink::unblock_pin(std::uint32_t insertion, card::PinReport& report, Timeout timeout) {
  Status done = order(Verb::unblock_pin, ByteBuilder().u32(insertion), timeout);
  report = report_;
  return done;
}

Status VaultLink::root_create(Timeout timeout) { return order(Verb::root_create, {}, timeout); }

Status VaultLink::root_open(HolderKind kind, std::string_view ref, std::uint32_t epoch, ByteView envelope,
                            const HolderParameters& parameters, Timeout timeout) {
  TRY(check_lp(
      {as_bytes(ref), envelope, parameters.wrap_spki, parameters.device_share, parameters.chain_root}));
  ByteBuilder payload;
  payload.u8(number(kind)).lp(ref).u32(epoch).lp(envelope);
  put_parameters(payload, parameters);
  return order(Verb::root_open, std::move(payload), timeout);
}

Result<Bytes> VaultLink::holder_seal(HolderKind kind, std::string_view ref,
                                     const HolderParameters& parameters, Timeout timeout) {
  TRY(check_lp({as_bytes(ref), parameters.wrap_spki, parameters.device_share, parameters.chain_root}));
  ByteBuilder payload;
  payload.u8(number(kind)).lp(ref);
  put_parameters(payload, parameters);
  return order_lp(Verb::holder_seal, std::move(payload), timeout);
}

Result<EpochStep> VaultLink::epoch_advance(Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::epoch_advance, {}, timeout));
  ByteReader in(packet.reply.result);
  EpochStep out;
  out.epoch = in.u32();
  out.epoch_seal = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Status VaultLink::open_epoch_seals(const std::vector<EpochSeal>& seals, Timeout timeout) {
  if (seals.size() > kMaxEpochSeals) return Error::limit_exceeded;
  ByteBuilder payload;
  payload.u16(static_cast<std::uint16_t>(seals.size()));
  for (const EpochSeal& seal : seals) {
    TRY(check_lp({seal.envelope}));
    payload.u32(seal.epoch).lp(seal.envelope);
  }
  return order(Verb::open_epoch_seals, std::move(payload), timeout);
}

Result<RecoveryKey> VaultLink::recovery_key_create(Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::recovery_key_create, {}, timeout));
  ByteReader in(packet.reply.result);
  RecoveryKey out;
  out.recovery_public = to_bytes(in.lp());
  out.recovery_seal = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Status VaultLink::recovery_key_open(ByteView recovery_seal, ByteView recovery_public, Timeout timeout) {
  TRY(check_lp({recovery_seal, recovery_public}));
  return order(Verb::recovery_key_open, ByteBuilder().lp(recovery_seal).lp(recovery_public), timeout);
}

Result<Bytes> VaultLink::sheet_check(Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::sheet_check, {}, timeout));
  if (packet.reply.result.size() != 44) return bad_reply();  // SubjectPublicKeyInfo of an Ed25519 key
  return to_bytes(packet.reply.result);
}

Result<bool> VaultLink::sheet_group_fits(std::uint8_t group, Timeout timeout) {
  TRY_ASSIGN(const ReplyPacket packet, call(Verb::sheet_group, ByteBuilder().u8(group), timeout));
  ByteReader in(packet.reply.result);
  const std::uint8_t answer = in.u8();
  if (!in.complete() || answer > 1) return bad_reply();
  return answer == 1;
}

Result<AccessKeyChain> VaultLink::chain_create(std::uint32_t generation, ByteView server_random,
                                               ByteView recovery_public, Timeout timeout) {
  TRY(check_lp({server_random, recovery_public}));
  TRY_ASSIGN(
      const ReplyPacket packet,
      call(Verb::chain_create, ByteBuilder().u32(generation).lp(server_random).lp(recovery_public), timeout));
  ByteReader in(packet.reply.result);
  AccessKeyChain out;
  out.seal = to_bytes(in.lp());
  out.check_k0 = to_bytes(in.bytes(32));
  out.login_public = to_bytes(in.lp());
  if (!in.complete()) return bad_reply();
  return out;
}

Result<Bytes> VaultLink::chain_seal(const card::CardId& officer, ByteView wrap_spki, Timeout timeout) {
  TRY(check_lp({wrap_spki}));
  return order_lp(Verb::chain_seal, ByteBuilder().raw(officer).lp(wrap_spki), timeout);
}

Status VaultLink::chain_open(const OfficerOpening& opening, Timeout timeout) {
  TRY(check_lp({opening.check_k0, opening.seal}));
  ByteBuilder request;
  request.u32(opening.generation).u32(opening.index).lp(opening.check_k0).lp(opening.seal);
  return order(Verb::chain_open, std::move(request), timeout);
}

Status VaultLink::keyring_open(const KeyringOpening& opening, Timeout timeout) {
  TRY(check_lp({opening.envelope, opening.device_share, opening.chain_root}));
  ByteBuilder request;
  put_opening(request, opening);
  return order(Verb::keyring_open, std::move(request), timeout);
}

Result<Bytes> VaultLink::keyring_seal(const records::KeyringRecipient& recipient, Timeout timeout) {
  TRY(check_lp({recipient.public_key}));
  ByteBuilder request;
  request.raw(KeyringTicket{});
  put_recipient(request, recipient);
  return order_lp(Verb::keyring_seal, std::move(request), timeout);
}

Result<Bytes> VaultLink::keyring_recipient(ByteView device_share, Timeout timeout) {
  return order_lp(Verb::keyring_recipient, ByteBuilder().lp(device_share), timeout);
}

Result<Bytes> VaultLink::record_seal(const RecordId& record, std::uint32_t version, Timeout timeout) {
  return order_lp32(Verb::record_seal, ByteBuilder().raw(record).u32(version), timeout);
}

Status VaultLink::record_open(const RecordId& record, std::uint32_t version, std::uint32_t epoch,
                              ByteView envelope, Timeout timeout) {
  TRY(check_lp({envelope}));
  return order(Verb::record_open, ByteBuilder().raw(record).u32(version).u32(epoch).lp32(envelope), timeout);
}

Result<Bytes> VaultLink::record_rewrap(const RecordId& record, std::uint32_t version, std::uint32_t epoch,
                                       ByteView envelope, Timeout timeout) {
  TRY(check_lp({envelope}));
  return order_lp32(Verb::record_rewrap, ByteBuilder().raw(record).u32(version).u32(epoch).lp32(envelope),
                    timeout);
}

Result<bool> VaultLink::record_is_named(std::string_view title, Timeout timeout) {
  TRY(check_lp({as_bytes(title)}));
  return ask(Verb::record_is_named, ByteBuilder().lp(title), timeout);
}

Result<bool> VaultLink::record_note(std::string_view prefix, std::string_view set, Timeout timeout) {
  TRY(check_lp({as_bytes(prefix), as_bytes(set)}));
  return ask(Verb::record_note, ByteBuilder().lp(prefix).lp(set), timeout);
}

Result<Bytes> VaultLink::pairing_seal(const records::PairedBrowser& browser,
                                      const records::PairingGrant& grant, Timeout timeout) {
  TRY(check_lp({browser.context, as_bytes(grant.account), as_bytes(grant.card_label)}));
  if (grant.on_card.size() > records::kMaxPairingRecords) return Error::limit_exceeded;
  ByteBuilder payload;
  put_pairing(payload, browser, grant);
  return order_lp(Verb::pairing_seal, std::move(payload), timeout);
}

}  // namespace cardea::worker
