// SPDX-License-Identifier: Apache-2.0
// The daemon's view of the card worker: typed calls, no PKCS#11, no secret a card or a person's head holds.
// The daemon uses CardWorkerProcess (card_worker_process.h), its unit tests use FakeCardWorker
// (tests/support/fake_card_worker.h). All calls block, at most for their timeout, and may be made from any
// thread; the worker serves one at a time. A call that passes its timeout kills the worker. A worker that
// dies fails the call and the open vault with Error::worker_down; the next call finds a new worker.
//
// Secrets of people travel by descriptors: the receiving end of a private channel
// (docs/spec/local-protocol.md), handed over after the client has answered, so that the packet already waits
// in it.
#pragma once

#include <chrono>
#include <memory>

#include "core/base/linux/unique_fd.h"
#include "core/card/card.h"
#include "core/records/holders.h"
#include "core/records/keyring.h"
#include "core/records/pairing.h"

namespace cardea::worker {

using Timeout = std::chrono::milliseconds;
inline constexpr Timeout kCardTimeout{15'000};    // a login, a signature: the slowest cards take a second
inline constexpr Timeout kKeygenTimeout{90'000};  // RSA-2048 on an old card

using records::ComputerId;
using records::EpochSeal;
using records::HolderKind;
using records::RecordId;
using records::UserId;

enum class ReaderService : std::uint8_t {
  starting = 0,  // the worker has not looked yet, or is being restarted
  up = 1,
  down = 2,  // pcscd is not there
};

struct CardView {
  std::uint32_t insertion = 0;  // names this card in this reader until it is pulled; never reused by a worker
  card::CardInfo info;
  // From the card's header, known once the card was opened since its insertion.
  std::optional<UserId> user_id;
  // Why this card can't be used: card_blank, card_unsupported, key_invalid, card_fault. Nothing else is known
  // of it then.
  std::optional<Error> problem;
};

struct ReaderView {
  std::uint64_t revision = 0;  // grows with every change, also over restarts of the worker
  ReaderService service = ReaderService::starting;
  std::uint8_t readers = 0;
  std::vector<CardView> cards;
  // Grows whenever the service was not up, so that it is noticed also by who has missed the view that said
  // so.
  std::uint64_t interruptions = 0;
};

enum class Purpose : std::uint8_t {  // docs/spec/local-protocol.md, Purposes
  pin = 1,
  new_pin = 2,
  puk = 3,
  password = 4,
  question = 5,
  answer = 6,
  sheet_code = 7,
  record = 8,
  sheet_group = 10,  // collected only: one group of the sheet, typed back
  record_list = 9,   // revealed only: the lines that record_note() put together
  access_key = 11,   // revealed only: what chain_open() has opened
};

// Which secret beside those in the vault opens or seals a holder; unused ones stay empty.
struct HolderParameters {
  ByteView wrap_spki;     // card, officer: seal to this key. Opening uses the vault's card.
  ByteView device_share;  // recovery, computer: DS, 32 bytes
  ByteView chain_root;    // computer, to open: k_0 (15 bytes); to seal, the chain made in this vault is used
  std::uint32_t generation = 0;  // computer, to open: the generation of k_0
};

struct OpaqueRequests {
  Bytes request_a, request_b;
};

struct OpaqueRecords {
  Bytes record_a, record_b;
  Bytes question_seal;  // the question's text under export_A
};

enum class OpaqueRecordName : std::uint8_t { a = 1, b = 2 };

struct OpaqueSession {
  Bytes ke3;
  SecretBytes session_key;  // 64 bytes; the export key stays in the vault
};

struct CardKeys {
  Bytes auth_spki, wrap_spki;
  std::string serial;
};

// One opened keyring secret in the worker: drawn for each login. All zero: the open vault's own.
using KeyringTicket = std::array<std::uint8_t, 16>;

enum class KeyringWay : std::uint8_t { create = 1, card = 2, access_key = 3, recovery = 4 };

// How the worker comes by a keyring secret (docs/spec/keyring.md). The views must outlive the call.
struct KeyringOpening {
  KeyringTicket ticket{};
  KeyringWay way = KeyringWay::create;
  records::KeyringOwner owner;
  ByteView envelope;             // all but create
  ByteView device_share;         // access key: DS
  ByteView chain_root;           // access key: k_0
  std::uint32_t generation = 0;  // access key: the generation of k_0
};

struct RecoveryKey {
  Bytes recovery_public;  // SEC 1 point, 65 bytes
  Bytes recovery_seal;    // sk_r under export_B
};

struct EpochStep {
  std::uint32_t epoch = 0;  // the new one
  Bytes epoch_seal;         // UK_{e-1} under UK_e
};

struct AccessKeyChain {
  Bytes seal;          // S under pk_r
  Bytes check_k0;      // 32 bytes; also the check value of j = 0
  Bytes login_public;  // Ed25519 public key of the generation's login key, SubjectPublicKeyInfo
};

// An officer's seal of somebody's chain, as the server gave it out (docs/spec/officers.md). The views must
// outlive the call.
struct OfficerOpening {
  std::uint32_t generation = 0;
  std::uint32_t index = 0;
  ByteView check_k0;
  ByteView seal;
};

// The secrets of one operation (a registration, a replacement, a sync): collected, made and used inside the
// worker, wiped when the vault ends. One vault is open at a time. Every call may fail with
// Error::worker_down; Error::message_not_permitted says that something must be done first (collect, log in,
// open the root key).
class Vault {
 public:
  virtual ~Vault() = default;  // wipes; resets the card if it was opened

  // Whose operation this is; goes into every context. Once, as soon as the user id is known.
  virtual Status set_identity(const UserId& user, const ComputerId& computer, Timeout timeout) = 0;
  // Reads one secret from a private channel. A second one of the same purpose replaces the first.
  // Error::cancelled when the channel is empty or closed, Error::limit_exceeded when it is too long.
  virtual Status collect(Purpose purpose, UniqueFd channel, Timeout timeout) = 0;
  // Writes a sheet code or a record's plaintext into a private channel.
  virtual Status reveal(Purpose purpose, UniqueFd channel, Timeout timeout) = 0;

  // OPAQUE. Needs password and answer (record A alone: password); finishing a registration also the question.
  virtual Result<OpaqueRequests> opaque_register_start(Timeout timeout) = 0;
  virtual Result<OpaqueRecords> opaque_register_finish(ByteView response_a, ByteView response_b,
                                                       Timeout timeout) = 0;
  virtual Result<Bytes> opaque_login_start(OpaqueRecordName which, Timeout timeout) = 0;
  virtual Result<OpaqueSession> opaque_login_finish(OpaqueRecordName which, ByteView ke2,
                                                    Timeout timeout) = 0;
  // The user's own question, after login A. The text is for the prompt, so it is not a secret from the
  // daemon.
  virtual Result<std::string> open_question(ByteView question_seal, Timeout timeout) = 0;

  // Card. card_login needs the PIN; the card stays open until the vault ends or another card is opened.
  // `last_try_consent`: the person at the keyboard has agreed to spend the last try.
  virtual Status card_login(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                            Timeout timeout) = 0;
  // Makes both key pairs; Error::already_exists when there are Cardea keys.
  virtual Result<CardKeys> card_make_keys(card::KeyKind kind, std::string_view label, Timeout timeout) = 0;
  // Signs bytes that begin with lp("cardea/v1/card-proof"), lp("cardea/v1/session") or
  // lp("cardea/v1/officer-session"), nothing else.
  virtual Result<Bytes> card_sign(ByteView message, Timeout timeout) = 0;
  virtual Result<card::CardDirectory> card_storage_list(Timeout timeout) = 0;
  virtual Result<Bytes> card_storage_read(std::uint8_t index, Timeout timeout) = 0;
  virtual Status card_storage_write(std::uint8_t index, ByteView content, Timeout timeout) = 0;
  virtual Status card_storage_remove(std::uint8_t index, Timeout timeout) = 0;
  virtual Result<Bytes> card_header_read(Timeout timeout) = 0;
  virtual Status card_header_write(ByteView header, Timeout timeout) = 0;
  // Needs PIN and new PIN. The card need not be open.
  virtual Status change_pin(std::uint32_t insertion, bool last_try_consent, card::PinReport& report,
                            Timeout timeout) = 0;
  // Needs PUK and new PIN. Error::not_supported where PKCS#11 offers no way (the card's own tool must do it).
  virtual Status unblock_pin(std::uint32_t insertion, card::PinReport& report, Timeout timeout) = 0;

  // Root key and its holders. `ref`: card id, computer id or officer's card id in hex, empty for the sheet.
  virtual Status root_create(Timeout timeout) = 0;  // UK_1
  virtual Status root_open(HolderKind kind, std::string_view ref, std::uint32_t epoch, ByteView envelope,
                           const HolderParameters& parameters, Timeout timeout) = 0;
  virtual Result<Bytes> holder_seal(HolderKind kind, std::string_view ref, const HolderParameters& parameters,
                                    Timeout timeout) = 0;
  virtual Result<EpochStep> epoch_advance(Timeout timeout) = 0;
  // Opens older root keys from newer ones, for records not yet re-wrapped.
  virtual Status open_epoch_seals(const std::vector<EpochSeal>& seals, Timeout timeout) = 0;
  virtual Result<RecoveryKey> recovery_key_create(Timeout timeout) = 0;
  // `recovery_public` is the known pk_r: a seal of another key is Error::decrypt_failed.
  virtual Status recovery_key_open(ByteView recovery_seal, ByteView recovery_public, Timeout timeout) = 0;
  virtual Result<Bytes> sheet_check(Timeout timeout) = 0;  // what the server keeps of the sheet code
  // Whether the collected sheet_group is this group, from 1, of the sheet code.
  virtual Result<bool> sheet_group_fits(std::uint8_t group, Timeout timeout) = 0;

  // Access keys: one new generation for this vault's user and computer.
  virtual Result<AccessKeyChain> chain_create(std::uint32_t generation, ByteView server_random,
                                              ByteView recovery_public, Timeout timeout) = 0;

  // The seed of the chain made in this vault, sealed to an officer's card.
  virtual Result<Bytes> chain_seal(const card::CardId& officer, ByteView wrap_spki, Timeout timeout) = 0;
  // The officer's side: the vault's identity is the locked-out person and his computer, the open card is the
  // officer's. Keeps the key for reveal(Purpose::access_key). Error::server_misbehaved when the chain does
  // not lead to check_k0.
  virtual Status chain_open(const OfficerOpening& opening, Timeout timeout) = 0;

  // The keyring secret of this vault's user (docs/spec/keyring.md); tickets are left zero. Ways: the card
  // that is open, an access key, the recovery key that is open. Error::decrypt_failed.
  virtual Status keyring_open(const KeyringOpening& opening, Timeout timeout) = 0;
  virtual Result<Bytes> keyring_seal(const records::KeyringRecipient& recipient, Timeout timeout) = 0;
  // The public point of the generation made in this vault, to seal keyring secrets to.
  virtual Result<Bytes> keyring_recipient(ByteView device_share, Timeout timeout) = 0;

  // Records, under the current root key.
  virtual Result<Bytes> record_seal(const RecordId& record, std::uint32_t version, Timeout timeout) = 0;
  // Keeps the plaintext for reveal(Purpose::record).
  virtual Status record_open(const RecordId& record, std::uint32_t version, std::uint32_t epoch,
                             ByteView envelope, Timeout timeout) = 0;
  // Whether the opened record has this title.
  virtual Result<bool> record_is_named(std::string_view title, Timeout timeout) = 0;
  // Puts "<prefix>  <title>" into the list for reveal(Purpose::record_list). False, and nothing is put there,
  // when `set` is not empty and the record is of another one.
  virtual Result<bool> record_note(std::string_view prefix, std::string_view set, Timeout timeout) = 0;
  // The answer to a browser; with records, the records keys of all root keys that are open go out to it.
  virtual Result<Bytes> pairing_seal(const records::PairedBrowser& browser,
                                     const records::PairingGrant& grant, Timeout timeout) = 0;
  // The same record under the current epoch; the body's bytes stay as they are.
  virtual Result<Bytes> record_rewrap(const RecordId& record, std::uint32_t version, std::uint32_t epoch,
                                      ByteView envelope, Timeout timeout) = 0;
};

class CardWorker {
 public:
  virtual ~CardWorker() = default;

  // What the worker last said; no waiting, no I/O.
  [[nodiscard]] virtual ReaderView view() const = 0;
  // Returns when the revision is another than `revision`, or after the timeout with what there is.
  virtual ReaderView wait_for_change(std::uint64_t revision, Timeout timeout) = 0;
  // Has the worker look at its slots now: the only way to notice cards of modules without PC/SC. For cards in
  // PC/SC readers it costs no card command before it returns.
  virtual Status refresh(Timeout timeout) = 0;
  // One card login: PIN from the channel, one signature over `message`, which begins with
  // lp("cardea/v1/login"). The signature (raw r || s, or PKCS#1 v1.5) is unchecked: the caller verifies it
  // against the enrolled key. The card is reset behind the answer. `report` is set also on failure. With
  // `keyring` (way card) the same card opens that secret behind the answer.
  virtual Result<Bytes> login_sign(const card::CardId& card, ByteView message, bool last_try_consent,
                                   UniqueFd pin, card::PinReport& report, Timeout timeout,
                                   const KeyringOpening* keyring = nullptr) = 0;
  // The keyring secret of one login. It is kept for some seconds under its ticket, and wiped when it was
  // revealed. login_sign opens those that a card opens; here are the ways create and access_key.
  virtual Status keyring_open(const KeyringOpening& opening, Timeout timeout) = 0;
  // Error::not_found when nothing is kept under the ticket; else the failure of its opening, if it failed.
  virtual Result<Bytes> keyring_seal(const KeyringTicket& ticket, const records::KeyringRecipient& recipient,
                                     Timeout timeout) = 0;
  // Writes the secret, as text, into a private channel.
  virtual Status keyring_reveal(const KeyringTicket& ticket, UniqueFd channel, Timeout timeout) = 0;
  // Waits for another vault to end; Error::card_busy after the timeout.
  virtual Result<std::unique_ptr<Vault>> open_vault(Timeout timeout) = 0;
};

}  // namespace cardea::worker
