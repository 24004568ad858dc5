// SPDX-License-Identifier: Apache-2.0
// The worker's cards: modules kept warm, each card bound once on insertion, locked after use. All PKCS#11
// happens here or with a session from here, in the main thread.
#pragma once

#include <deque>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/card/card_keys.h"
#include "core/card/pin.h"
#include "recoveryd/card_worker/pcsc_card.h"
#include "recoveryd/card_worker/reader_watch.h"

namespace cardea::worker {

inline constexpr MonotonicMillis kPinStateYoung = 10'000;
inline constexpr MonotonicMillis kPinStateFresh = 30'000;

// One card in one reader, from its insertion to its removal.
struct BoundCard {
  std::uint32_t insertion = 0;
  card::CardInfo info;
  std::optional<UserId> user_id;
  std::optional<Error> problem;

  std::string reader;
  bool pcsc = false;         // the reader is watched; else a slot of a module without PC/SC
  std::uint16_t events = 0;  // the reader's counter when it was bound
  std::size_t module = 0;
  CK_SLOT_ID slot = 0;
  card::TokenInfo token;  // as last read from the card
  MonotonicMillis token_read = 0;
  std::optional<card::TokenSession> session;
};

class CardService {
 public:
  CardService(const Clock& clock, Random& random, const Log& log);
  // Loads and initialises a module; a module that can't be loaded is an error of the configuration.
  Status add_module(std::string_view name_or_path);

  // Each returns true when the view has changed.
  bool update(const ReaderSnapshot& snapshot);
  bool look_at_unwatched_slots();

  [[nodiscard]] ReaderView view() const;
  // nullptr when there is no such card (any more).
  BoundCard* find(const card::CardId& id);
  BoundCard* find(std::uint32_t insertion);

  // Reads the PIN's state from the card (one command).
  void refresh_pin(BoundCard& card);
  // The same for all cards whose state is older than kPinStateYoung: while somebody types, so that neither
  // the prompt nor the answer waits for it.
  void refresh_old_pins();
  // As card::login; keeps the card's state and adds the number of tries where the card says it. `fresh`: read
  // the tries before, too, which also happens when they were last read more than kPinStateFresh ago: other
  // programs may have spent some.
  Status login(BoundCard& card, ByteView pin, bool last_try_consent, bool fresh, card::PinReport& report);
  void note_pin(BoundCard& card, bool succeeded, card::PinReport& report);
  // Logs out, resets the card, and makes the module select it again, so that the next login pays nothing.
  void lock(BoundCard& card);
  // Initialises OpenSC again and binds its cards anew; their numbers stay. After a login that failed: it has
  // taken the card's transaction and gives it back to nobody, so that every other program, and our own reset,
  // would wait. After TokenStorage::spoiled().
  void bind_anew(const BoundCard& card);
  // After keys were made.
  void reread_keys(BoundCard& card);
  void set_user(BoundCard& card, const std::optional<UserId>& user);
  // True once after anything in the view changed outside of update().
  bool take_changed() noexcept { return std::exchange(changed_, false); }

 private:
  void reinitialise();
  void bind_reader(const ReaderState& reader);
  bool bind_slot(std::size_t module, CK_SLOT_ID slot, BoundCard& card);
  [[nodiscard]] bool is_watched(const std::string& slot_description) const;

  const Clock& clock_;
  Random& random_;
  const Log& log_;
  std::vector<std::unique_ptr<card::Pkcs11Module>> modules_;
  ReaderSnapshot snapshot_;
  PcscCards pcsc_;
  std::deque<BoundCard> cards_;  // after the modules: sessions close first
  std::uint32_t next_insertion_;
  bool changed_ = false;
};

}  // namespace cardea::worker
