// SPDX-License-Identifier: Apache-2.0
// The packets between daemon and worker (docs/spec/worker-protocol.md): verbs, heads, and the payloads that
// are more than a row of fields. Used by the link on one side and the worker on the other.
#pragma once

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/worker_link/card_worker.h"

namespace cardea::worker {

inline constexpr std::uint8_t kWorkerVersion = 1;
inline constexpr std::uint8_t kReplyBit = 0x80;
inline constexpr std::size_t kMaxViewCards = 16;
inline constexpr std::size_t kMaxEpochSeals = 512;  // as many as fit a packet, with room
inline constexpr int kWorkerSocket = 3;             // the worker's descriptor of the socket
inline constexpr int kProtocolExit = 3;  // its exit status after a packet that should not have come

enum class Verb : std::uint8_t {
  look = 0x01,
  login_sign = 0x02,
  keyring_open = 0x03,
  keyring_seal = 0x04,
  keyring_reveal = 0x05,
  vault_open = 0x10,
  vault_close = 0x11,
  set_identity = 0x12,
  collect = 0x13,
  reveal = 0x14,
  opaque_register_start = 0x20,
  opaque_register_finish = 0x21,
  opaque_login_start = 0x22,
  opaque_login_finish = 0x23,
  open_question = 0x24,
  card_login = 0x30,
  card_make_keys = 0x31,
  card_sign = 0x32,
  storage_list = 0x33,
  storage_read = 0x34,
  storage_write = 0x35,
  storage_remove = 0x36,
  change_pin = 0x37,
  unblock_pin = 0x38,
  root_create = 0x40,
  root_open = 0x41,
  holder_seal = 0x42,
  epoch_advance = 0x43,
  open_epoch_seals = 0x44,
  recovery_key_create = 0x45,
  recovery_key_open = 0x46,
  sheet_check = 0x47,
  chain_create = 0x48,
  sheet_group = 0x49,
  keyring_recipient = 0x4a,
  chain_seal = 0x4b,
  chain_open = 0x4c,
  record_seal = 0x50,
  record_open = 0x51,
  record_rewrap = 0x52,
  record_is_named = 0x53,
  record_note = 0x54,
  pairing_seal = 0x55,
  cards_changed = 0xff,  // event
};

struct RequestHead {
  Verb verb{};
  std::uint32_t id = 0;
  ByteView payload;
};

struct Reply {
  Verb verb{};
  std::uint32_t id = 0;
  std::optional<Failure> failure;
  card::PinReport pin;
  ByteView result;
};

Bytes encode_request(Verb verb, std::uint32_t id, ByteView payload);
// Error::frame_malformed for another version or a packet without a head. The verb may be any number.
Result<RequestHead> decode_request(ByteView packet);

Bytes encode_reply(const Reply& reply);
Result<Reply> decode_reply(ByteView packet);
bool is_event(ByteView packet) noexcept;

// service, readers and cards; the revision is the link's own.
Bytes encode_view(const ReaderView& view);
Result<ReaderView> decode_view(ByteView event);

void put_parameters(ByteBuilder& out, const HolderParameters& parameters);
HolderParameters take_parameters(ByteReader& in) noexcept;  // the views point into the reader's input

void put_opening(ByteBuilder& out, const KeyringOpening& opening);
// As take_parameters. False for a way that does not exist.
bool take_opening(ByteReader& in, KeyringOpening& opening) noexcept;
void put_recipient(ByteBuilder& out, const records::KeyringRecipient& recipient);
bool take_recipient(ByteReader& in, records::KeyringRecipient& recipient);

// Key and context of the browser, then the grant.
void put_pairing(ByteBuilder& out, const records::PairedBrowser& browser, const records::PairingGrant& grant);
// False for a key that is no point, and for more than the limits of core/records/pairing.h.
bool take_pairing(ByteReader& in, records::PairedBrowser& browser, records::PairingGrant& grant);

}  // namespace cardea::worker
