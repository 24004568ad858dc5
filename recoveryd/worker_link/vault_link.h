// SPDX-License-Identifier: Apache-2.0
// The daemon's side of an open vault: each call is one request. Made by CardWorkerProcess::open_vault.
#pragma once

#include "recoveryd/worker_link/supervisor.h"

namespace cardea::worker {

class VaultLink final : public Vault {
 public:
  // `instance` is the worker that has the vault; after its end every call fails.
  VaultLink(std::shared_ptr<Supervisor> supervisor, std::uint64_t instance) noexcept;
  VaultLink(const VaultLink&) = delete;
  VaultLink& operator=(const VaultLink&) = delete;
  ~VaultLink() override;

  Status set_identity(const UserId& user, const ComputerId& computer, Timeout timeout) override;
  Status collect(Purpose purpose, UniqueFd channel, Timeout timeout) override;
  Status reveal(Purpose purpose, UniqueFd channel, Timeout timeout) override;

  Result<OpaqueRequests> opaque_register_start(Timeout timeout) override;
  Result<OpaqueRecords> opaque_register_finish(ByteView response_a, ByteView response_b,
                                               Timeout timeout) override;
  Result<Bytes> opaque_login_start(OpaqueRecordName which, Timeout timeout) override;
  Result<OpaqueSession> opaque_login_finish(OpaqueRecordName which, ByteView ke2, Timeout timeout) override;
  Result<std::string> open_question(ByteView question_seal, Timeout timeout) override;

  Status card_login(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                    Timeout timeout) override;
  Result<CardKeys> card_make_keys(card::KeyKind kind, std::string_view label, Timeout timeout) override;
  Result<Bytes> card_sign(ByteView message, Timeout timeout) override;
  Result<card::CardDirectory> card_storage_list(Timeout timeout) override;
  Result<Bytes> card_storage_read(std::uint8_t index, Timeout timeout) override;
  Status card_storage_write(std::uint8_t index, ByteView content, Timeout timeout) override;
  Status card_storage_remove(std::uint8_t index, Timeout timeout) override;
  Result<Bytes> card_header_read(Timeout timeout) override;
  Status card_header_write(ByteView header, Timeout timeout) override;
  Status change_pin(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                    Timeout timeout) override;
  Status unblock_pin(std::uint32_t insertion, card::PinReport& report, Timeout timeout) override;

  Status root_create(Timeout timeout) override;
  Status root_open(HolderKind kind, std::string_view ref, std::uint32_t epoch, ByteView envelope,
                   const HolderParameters& parameters, Timeout timeout) override;
  Result<Bytes> holder_seal(HolderKind kind, std::string_view ref, const HolderParameters& parameters,
                            Timeout timeout) override;
  Result<EpochStep> epoch_advance(Timeout timeout) override;
  Status open_epoch_seals(const std::vector<EpochSeal>& seals, Timeout timeout) override;
  Result<RecoveryKey> recovery_key_create(Timeout timeout) override;
  Status recovery_key_open(ByteView recovery_seal, ByteView recovery_public, Timeout timeout) override;
  Result<Bytes> sheet_check(Timeout timeout) override;
  Result<bool> sheet_group_fits(std::uint8_t group, Timeout timeout) override;
  Result<AccessKeyChain> chain_create(std::uint32_t generation, ByteView server_random,
                                      ByteView recovery_public, Timeout timeout) override;
  Result<Bytes> chain_seal(const card::CardId& officer, ByteView wrap_spki, Timeout timeout) override;
  Status chain_open(const OfficerOpening& opening, Timeout timeout) override;
  Status keyring_open(const KeyringOpening& opening, Timeout timeout) override;
  Result<Bytes> keyring_seal(const records::KeyringRecipient& recipient, Timeout timeout) override;
  Result<Bytes> keyring_recipient(ByteView device_share, Timeout timeout) override;

  Result<Bytes> record_seal(const RecordId& record, std::uint32_t version, Timeout timeout) override;
  Status record_open(const RecordId& record, std::uint32_t version, std::uint32_t epoch, ByteView envelope,
                     Timeout timeout) override;
  Result<bool> record_is_named(std::string_view title, Timeout timeout) override;
  Result<bool> record_note(std::string_view prefix, std::string_view set, Timeout timeout) override;
  Result<Bytes> pairing_seal(const records::PairedBrowser& browser, const records::PairingGrant& grant,
                             Timeout timeout) override;
  Result<Bytes> record_rewrap(const RecordId& record, std::uint32_t version, std::uint32_t epoch,
                              ByteView envelope, Timeout timeout) override;

 private:
  Result<ReplyPacket> call(Verb verb, ByteBuilder payload, Timeout timeout, int fd = -1);
  Status order(Verb verb, ByteBuilder payload, Timeout timeout, int fd = -1);
  Result<Bytes> order_lp(Verb verb, ByteBuilder payload, Timeout timeout);
  Result<bool> ask(Verb verb, ByteBuilder payload, Timeout timeout);
  Result<Bytes> order_lp32(Verb verb, ByteBuilder payload, Timeout timeout);

  std::shared_ptr<Supervisor> supervisor_;
  std::uint64_t instance_;
  card::PinReport report_;  // of the last call
};

}  // namespace cardea::worker
