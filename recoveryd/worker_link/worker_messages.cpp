// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/worker_messages.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::worker {
namespace {

constexpr std::uint8_t kTriesUnknown = 255;
constexpr std::size_t kMaxDetail = 200;

void put_pin(ByteBuilder& out, const card::PinReport& pin) {
  out.u8(static_cast<std::uint8_t>(pin.state)).u8(pin.tries_left.value_or(kTriesUnknown));
}

// False for a state that does not exist.
bool take_pin(ByteReader& in, card::PinReport& pin) {
  const std::uint8_t state = in.u8();
  const std::uint8_t tries = in.u8();
  if (state > static_cast<std::uint8_t>(card::PinState::not_initialised)) return false;
  pin.state = static_cast<card::PinState>(state);
  pin.tries_left = tries == kTriesUnknown ? std::nullopt : std::optional(tries);
  return true;
}

template <std::size_t N>
void take_into(ByteReader& in, std::array<std::uint8_t, N>& out) noexcept {
  const ByteView bytes = in.bytes(N);
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

void put_card(ByteBuilder& out, const CardView& card) {
  const card::CardInfo& info = card.info;
  out.u32(card.insertion).u16(card.problem ? static_cast<std::uint16_t>(*card.problem) : std::uint16_t{0});
  out.u8(card.user_id.has_value()).raw(card.user_id.value_or(UserId{}));
  out.lp(info.reader).lp(info.label).lp(info.serial).lp(info.model);
  out.u8(info.has_cardea_keys).u8(static_cast<std::uint8_t>(info.kind)).lp(info.auth_spki).lp(info.wrap_spki);
  put_pin(out, info.pin);
  out.u8(info.min_pin).u8(info.max_pin).u8(info.write_protected);
}

bool take_card(ByteReader& in, CardView& card) {
  card::CardInfo& info = card.info;
  card.insertion = in.u32();
  if (const std::uint16_t problem = in.u16(); problem != 0) card.problem = static_cast<Error>(problem);
  const bool has_user = in.u8() != 0;
  UserId user{};
  const auto user_bytes = in.bytes(user.size());
  std::copy(user_bytes.begin(), user_bytes.end(), user.begin());
  if (has_user) card.user_id = user;
  for (std::string* text : {&info.reader, &info.label, &info.serial, &info.model}) {
    *text = std::string(in.text());
    if (!is_printable_text(*text)) return false;
  }
  info.has_cardea_keys = in.u8() != 0;
  const std::uint8_t kind = in.u8();
  if (kind != 1 && kind != 2) return false;
  info.kind = static_cast<card::KeyKind>(kind);
  info.auth_spki = to_bytes(in.lp());
  info.wrap_spki = to_bytes(in.lp());
  if (!take_pin(in, info.pin)) return false;
  info.min_pin = in.u8();
  info.max_pin = in.u8();
  info.write_protected = in.u8() != 0;
  if (info.has_cardea_keys) info.card_id = crypto::card_id(info.auth_spki);
  return in.good();
}

}  // namespace

Bytes encode_request(Verb verb, std::uint32_t id, ByteView payload) {
  return ByteBuilder().u8(kWorkerVersion).u8(static_cast<std::uint8_t>(verb)).u32(id).raw(payload).take();
}

Result<RequestHead> decode_request(ByteView packet) {
  ByteReader in(packet);
  const std::uint8_t version = in.u8();
  RequestHead head;
  head.verb = static_cast<Verb>(in.u8());
  head.id = in.u32();
  if (!in.good() || version != kWorkerVersion) return Error::frame_malformed;
  head.payload = in.rest();
  return head;
}

Bytes encode_reply(const Reply& reply) {
  ByteBuilder out;
  out.u8(kWorkerVersion).u8(static_cast<std::uint8_t>(reply.verb) | kReplyBit).u32(reply.id);
  out.u16(reply.failure ? static_cast<std::uint16_t>(reply.failure->error) : std::uint16_t{0});
  out.lp(reply.failure ? std::string_view(reply.failure->detail).substr(0, kMaxDetail) : std::string_view());
  put_pin(out, reply.pin);
  if (!reply.failure) out.raw(reply.result);
  return out.take();
}

Result<Reply> decode_reply(ByteView packet) {
  ByteReader in(packet);
  const std::uint8_t version = in.u8();
  const std::uint8_t verb = in.u8();
  Reply reply;
  reply.id = in.u32();
  const std::uint16_t error = in.u16();
  const std::string detail = escape_for_log(in.text());
  const bool pin_known = take_pin(in, reply.pin);
  if (!in.good() || !pin_known || version != kWorkerVersion || (verb & kReplyBit) == 0)
    return Error::frame_malformed;
  reply.verb = static_cast<Verb>(verb & ~kReplyBit);
  if (error != 0) reply.failure = fail(static_cast<Error>(error), detail);
  reply.result = in.rest();
  return reply;
}

bool is_event(ByteView packet) noexcept {
  return packet.size() > 1 && packet[1] == static_cast<std::uint8_t>(Verb::cards_changed);
}

Bytes encode_view(const ReaderView& view) {
  const std::size_t count = std::min(view.cards.size(), kMaxViewCards);
  ByteBuilder out;
  out.u8(kWorkerVersion).u8(static_cast<std::uint8_t>(Verb::cards_changed)).u32(0);
  out.u8(static_cast<std::uint8_t>(view.service)).u8(view.readers).u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i)
    put_card(out, view.cards[i]);
  return out.take();
}

Result<ReaderView> decode_view(ByteView event) {
  ByteReader in(event);
  const std::uint8_t version = in.u8();
  const auto verb = static_cast<Verb>(in.u8());
  const std::uint32_t id = in.u32();
  const std::uint8_t service = in.u8();
  ReaderView view;
  view.readers = in.u8();
  const std::uint8_t count = in.u8();
  if (!in.good() || version != kWorkerVersion || verb != Verb::cards_changed || id != 0)
    return Error::frame_malformed;
  if (service > static_cast<std::uint8_t>(ReaderService::down) || count > kMaxViewCards)
    return Error::frame_malformed;
  view.service = static_cast<ReaderService>(service);
  for (std::uint8_t i = 0; i < count; ++i) {
    CardView card;
    if (!take_card(in, card)) return Error::frame_malformed;
    view.cards.push_back(std::move(card));
  }
  if (!in.complete()) return Error::frame_malformed;
  return view;
}

void put_parameters(ByteBuilder& out, const HolderParameters& parameters) {
  out.lp(parameters.wrap_spki)
      .lp(parameters.device_share)
      .lp(parameters.chain_root)
      .u32(parameters.generation);
}

HolderParameters take_parameters(ByteReader& in) noexcept {
  HolderParameters parameters;
  parameters.wrap_spki = in.lp();
  parameters.device_share = in.lp();
  parameters.chain_root = in.lp();
  parameters.generation = in.u32();
  return parameters;
}

void put_opening(ByteBuilder& out, const KeyringOpening& opening) {
  out.raw(opening.ticket).u8(static_cast<std::uint8_t>(opening.way));
  out.raw(opening.owner.user).raw(opening.owner.computer).lp(opening.envelope);
  out.lp(opening.device_share).lp(opening.chain_root).u32(opening.generation);
}

bool take_opening(ByteReader& in, KeyringOpening& opening) noexcept {
  take_into(in, opening.ticket);
  const std::uint8_t way = in.u8();
  take_into(in, opening.owner.user);
  take_into(in, opening.owner.computer);
  opening.envelope = in.lp();
  opening.device_share = in.lp();
  opening.chain_root = in.lp();
  opening.generation = in.u32();
  if (way < 1 || way > static_cast<std::uint8_t>(KeyringWay::recovery)) return false;
  opening.way = static_cast<KeyringWay>(way);
  return in.good();
}

void put_recipient(ByteBuilder& out, const records::KeyringRecipient& recipient) {
  out.u8(static_cast<std::uint8_t>(recipient.kind)).raw(recipient.card).u32(recipient.generation);
  out.lp(recipient.public_key);
}

bool take_recipient(ByteReader& in, records::KeyringRecipient& recipient) {
  const std::uint8_t kind = in.u8();
  take_into(in, recipient.card);
  recipient.generation = in.u32();
  recipient.public_key = to_bytes(in.lp());
  if (kind < 1 || kind > static_cast<std::uint8_t>(records::KeyringHolderKind::recovery)) return false;
  recipient.kind = static_cast<records::KeyringHolderKind>(kind);
  return in.good();
}

void put_pairing(ByteBuilder& out, const records::PairedBrowser& browser,
                 const records::PairingGrant& grant) {
  out.raw(browser.seal_key).lp(browser.context).raw(grant.session).u64(grant.expires_at);
  out.lp(grant.account).lp(grant.card_label).u8(grant.with_records ? 1 : 0);
  out.u8(static_cast<std::uint8_t>(grant.on_card.size()));
  for (const records::PairingGrant::OnCard& record : grant.on_card)
    out.raw(record.name.id).u32(record.name.version).u32(record.epoch);
}

bool take_pairing(ByteReader& in, records::PairedBrowser& browser, records::PairingGrant& grant) {
  const auto point = crypto::p256_point(in.bytes(browser.seal_key.size()));
  browser.context = to_bytes(in.lp());
  take_into(in, grant.session);
  grant.expires_at = in.u64();
  grant.account = std::string(in.text());
  grant.card_label = std::string(in.text());
  grant.with_records = in.u8() != 0;
  const std::uint8_t count = in.u8();
  if (!point.ok() || count > records::kMaxPairingRecords) return false;
  browser.seal_key = *point;
  if (browser.context.size() > records::kMaxPairingContext) return false;
  for (std::uint8_t i = 0; i < count && in.good(); ++i) {
    records::PairingGrant::OnCard record;
    take_into(in, record.name.id);
    record.name.version = in.u32();
    record.epoch = in.u32();
    grant.on_card.push_back(record);
  }
  return in.good();
}

}  // namespace cardea::worker
