// SPDX-License-Identifier: Apache-2.0
// A CardWorker without a process, for unit tests of the daemon. Cards are software keys with a PIN and tries;
// vaults are gmock objects that the test prepares, so that an unexpected call fails it.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include <gmock/gmock.h>

#include "core/crypto/p256.h"
#include "recoveryd/worker_link/card_worker.h"

namespace cardea::test {

class MockVault : public worker::Vault {
 public:
  using Timeout = worker::Timeout;
  MOCK_METHOD(Status, set_identity, (const worker::UserId&, const worker::ComputerId&, Timeout), (override));
  MOCK_METHOD(Status, collect, (worker::Purpose, UniqueFd, Timeout), (override));
  MOCK_METHOD(Status, reveal, (worker::Purpose, UniqueFd, Timeout), (override));
  MOCK_METHOD(Result<worker::OpaqueRequests>, opaque_register_start, (Timeout), (override));
  MOCK_METHOD(Result<worker::OpaqueRecords>, opaque_register_finish, (ByteView, ByteView, Timeout),
              (override));
  MOCK_METHOD(Result<Bytes>, opaque_login_start, (worker::OpaqueRecordName, Timeout), (override));
  MOCK_METHOD(Result<worker::OpaqueSession>, opaque_login_finish,
              (worker::OpaqueRecordName, ByteView, Timeout), (override));
  MOCK_METHOD(Result<std::string>, open_question, (ByteView, Timeout), (override));
  MOCK_METHOD(Status, card_login, (std::uint32_t, bool, card::PinReport&, Timeout), (override));
  MOCK_METHOD(Result<worker::CardKeys>, card_make_keys, (card::KeyKind, std::string_view, Timeout),
              (override));
  MOCK_METHOD(Result<Bytes>, card_sign, (ByteView, Timeout), (override));
  MOCK_METHOD(Result<card::CardDirectory>, card_storage_list, (Timeout), (override));
  MOCK_METHOD(Result<Bytes>, card_storage_read, (std::uint8_t, Timeout), (override));
  MOCK_METHOD(Status, card_storage_write, (std::uint8_t, ByteView, Timeout), (override));
  MOCK_METHOD(Status, card_storage_remove, (std::uint8_t, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, card_header_read, (Timeout), (override));
  MOCK_METHOD(Status, card_header_write, (ByteView, Timeout), (override));
  MOCK_METHOD(Status, change_pin, (std::uint32_t, bool, card::PinReport&, Timeout), (override));
  MOCK_METHOD(Status, unblock_pin, (std::uint32_t, card::PinReport&, Timeout), (override));
  MOCK_METHOD(Status, root_create, (Timeout), (override));
  MOCK_METHOD(Status, root_open,
              (worker::HolderKind, std::string_view, std::uint32_t, ByteView, const worker::HolderParameters&,
               Timeout),
              (override));
  MOCK_METHOD(Result<Bytes>, holder_seal,
              (worker::HolderKind, std::string_view, const worker::HolderParameters&, Timeout), (override));
  MOCK_METHOD(Result<worker::EpochStep>, epoch_advance, (Timeout), (override));
  MOCK_METHOD(Status, open_epoch_seals, (const std::vector<worker::EpochSeal>&, Timeout), (override));
  MOCK_METHOD(Result<worker::RecoveryKey>, recovery_key_create, (Timeout), (override));
  MOCK_METHOD(Status, recovery_key_open, (ByteView, ByteView, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, sheet_check, (Timeout), (override));
  MOCK_METHOD(Result<bool>, sheet_group_fits, (std::uint8_t, Timeout), (override));
  MOCK_METHOD(Result<worker::AccessKeyChain>, chain_create, (std::uint32_t, ByteView, ByteView, Timeout),
              (override));
  MOCK_METHOD(Result<Bytes>, chain_seal, (const card::CardId&, ByteView, Timeout), (override));
  MOCK_METHOD(Status, chain_open, (const worker::OfficerOpening&, Timeout), (override));
  MOCK_METHOD(Status, keyring_open, (const worker::KeyringOpening&, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, keyring_seal, (const records::KeyringRecipient&, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, keyring_recipient, (ByteView, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, record_seal, (const worker::RecordId&, std::uint32_t, Timeout), (override));
  MOCK_METHOD(Status, record_open, (const worker::RecordId&, std::uint32_t, std::uint32_t, ByteView, Timeout),
              (override));
  MOCK_METHOD(Result<bool>, record_is_named, (std::string_view, Timeout), (override));
  MOCK_METHOD(Result<bool>, record_note, (std::string_view, std::string_view, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, pairing_seal,
              (const records::PairedBrowser&, const records::PairingGrant&, Timeout), (override));
  MOCK_METHOD(Result<Bytes>, record_rewrap,
              (const worker::RecordId&, std::uint32_t, std::uint32_t, ByteView, Timeout), (override));
};

class FakeCardWorker final : public worker::CardWorker {
 public:
  FakeCardWorker() { view_.service = worker::ReaderService::up; }

  // Puts a card with P-256 keys and this PIN into a reader; returns its view.
  worker::CardView insert(const std::string& label, const std::string& pin);
  void remove(std::uint32_t insertion);
  // A card that was removed is in the reader again, as an insertion of its own.
  void put_back(worker::CardView card);
  void set_service(worker::ReaderService service);
  // The next calls of login_sign fail so, before the PIN is looked at.
  void fail_next(std::deque<Error> errors) { failures_ = std::move(errors); }
  // What open_vault gives; Error::worker_down when none is left.
  void add_vault(std::unique_ptr<worker::Vault> vault) { vaults_.push_back(std::move(vault)); }
  void set_tries(std::uint32_t insertion, std::uint8_t tries);

  [[nodiscard]] worker::ReaderView view() const override;
  worker::ReaderView wait_for_change(std::uint64_t revision, worker::Timeout timeout) override;
  Status refresh(worker::Timeout timeout) override;
  Result<Bytes> login_sign(const card::CardId& card, ByteView message, bool last_try_consent, UniqueFd pin,
                           card::PinReport& report, worker::Timeout timeout,
                           const worker::KeyringOpening* keyring = nullptr) override;
  Status keyring_open(const worker::KeyringOpening& opening, worker::Timeout timeout) override;
  Result<Bytes> keyring_seal(const worker::KeyringTicket& ticket, const records::KeyringRecipient& recipient,
                             worker::Timeout timeout) override;
  Status keyring_reveal(const worker::KeyringTicket& ticket, UniqueFd channel,
                        worker::Timeout timeout) override;
  Result<std::unique_ptr<worker::Vault>> open_vault(worker::Timeout timeout) override;

 private:
  struct FakeCard {
    std::string pin;
    std::uint8_t tries = 3;
    crypto::P256KeyPair auth, wrap;
  };
  struct Keyring {
    records::KeyringOwner owner;
    Result<records::KeyringSecret> secret;
  };
  void changed();
  card::PinReport report_of(const FakeCard& card) const;

  mutable std::mutex mutex_;
  std::condition_variable condition_;
  worker::ReaderView view_;
  std::map<std::uint32_t, FakeCard> cards_;  // by insertion
  std::map<std::uint32_t, FakeCard> removed_;
  std::map<worker::KeyringTicket, Keyring> keyrings_;
  std::deque<Error> failures_;
  std::deque<std::unique_ptr<worker::Vault>> vaults_;
  std::uint32_t next_insertion_ = 1;
};

}  // namespace cardea::test
