// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/card_service.h"

#include <algorithm>
#include <cstring>

namespace cardea::worker {
namespace {

constexpr std::size_t kMaxCards = 16;
// CK_SLOT_INFO holds the first 64 bytes of a reader's name.
constexpr std::size_t kSlotDescription = 64;

std::string as_slot_description(const std::string& reader) {
  return card::padded_text(as_bytes(std::string_view(reader).substr(0, kSlotDescription)));
}

std::uint32_t random_start(Random& random) {
  std::uint32_t value = 0;
  const auto bytes = random.array<sizeof value>();
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

// A random start, so that a number of a worker that died means no card of this one.
CardService::CardService(const Clock& clock, Random& random, const Log& log)
    : clock_(clock), random_(random), log_(log), next_insertion_(random_start(random_)) {}

Status CardService::add_module(std::string_view name_or_path) {
  TRY_ASSIGN(auto module, card::Pkcs11Module::load(name_or_path));
  modules_.push_back(std::move(module));
  return {};
}

bool CardService::update(const ReaderSnapshot& snapshot) {
  // The first snapshot was taken before the modules were initialised, so they know that pcscd.
  const bool known = snapshot_.service != ReaderService::starting;
  const bool restarted = known && snapshot.sessions != snapshot_.sessions;
  const bool went = known && snapshot.service != ReaderService::up && snapshot_.service == ReaderService::up;
  if (restarted || went) {
    std::erase_if(cards_, [](const BoundCard& card) { return card.pcsc; });
    pcsc_.forget();
  }
  const bool again = snapshot.service == ReaderService::up && restarted;
  if (again) reinitialise();
  snapshot_ = snapshot;
  std::erase_if(cards_, [&](const BoundCard& card) {
    if (!card.pcsc) return false;
    const auto reader = std::find_if(snapshot.readers.begin(), snapshot.readers.end(),
                                     [&](const ReaderState& r) { return r.name == card.reader; });
    return reader == snapshot.readers.end() || !reader->present || reader->events != card.events;
  });
  for (const ReaderState& reader : snapshot.readers) {
    const bool bound = std::any_of(cards_.begin(), cards_.end(),
                                   [&](const BoundCard& c) { return c.reader == reader.name; });
    if (reader.present && !bound && cards_.size() < kMaxCards) bind_reader(reader);
  }
  if (again) look_at_unwatched_slots();
  return true;
}

void CardService::reinitialise() {
  cards_.clear();  // sessions of all modules die
  for (auto& module : modules_) {
    if (const Status done = module->reinitialise(); !done.ok()) {
      log_.error("module not initialised again", {{"reason", done.failure().detail}});
    }
  }
}

// The first module that knows the card has it; when none does, the first answer says why.
void CardService::bind_reader(const ReaderState& reader) {
  BoundCard best;
  best.problem = Error::card_unsupported;
  for (std::size_t m = 0; m < modules_.size(); ++m) {
    const auto slots = modules_[m]->slots();
    if (!slots.ok()) continue;
    for (const CK_SLOT_ID slot : *slots) {
      const auto info = card::read_slot_info(*modules_[m], slot);
      // Not only slots with a token: for a blank card C_GetTokenInfo says why there is none.
      if (!info.ok() || info->description != as_slot_description(reader.name)) continue;
      BoundCard card;
      if (bind_slot(m, slot, card)) {
        best = std::move(card);
        m = modules_.size() - 1;
        break;
      }
      if (best.problem == Error::card_unsupported && card.problem) best.problem = card.problem;
    }
  }
  best.insertion = next_insertion_++;
  best.reader = reader.name;
  best.info.reader = card::padded_text(as_bytes(reader.name));
  best.pcsc = true;
  best.events = reader.events;
  cards_.push_back(std::move(best));
}

// False when the module can't read the card; `card.problem` says why.
bool CardService::bind_slot(std::size_t module, CK_SLOT_ID slot, BoundCard& card) {
  auto token = card::read_token_info(*modules_[module], slot);
  if (!token.ok()) {
    card.problem = token.error();
    return false;
  }
  using Access = card::TokenSession::Access;
  auto session = card::TokenSession::open(*modules_[module], slot, Access::read_write);
  if (!session.ok()) session = card::TokenSession::open(*modules_[module], slot, Access::read_only);
  if (!session.ok()) {
    card.problem = session.error();
    return false;
  }
  card.module = module;
  card.slot = slot;
  card.token = std::move(token).value();
  card.token_read = clock_.monotonic();
  card.session.emplace(std::move(session).value());
  card.problem.reset();
  card.info.label = card.token.label;
  card.info.serial = card.token.serial;
  card.info.model = card.token.model;
  card.info.min_pin = card.token.min_pin;
  card.info.max_pin = card.token.max_pin;
  card.info.write_protected = (card.token.flags & CKF_WRITE_PROTECTED) != 0;
  card.info.pin = card.token.pin();
  reread_keys(card);
  return true;
}

void CardService::reread_keys(BoundCard& card) {
  changed_ = true;
  const auto keys = card::read_public_keys(*card.session);
  if (!keys.ok()) {
    card.problem = keys.error();
    log_.warning("keys of a card not readable", {{"reader", card.reader}, {"reason", keys.failure().detail}});
    return;
  }
  card.info.auth_spki = keys->auth_spki;
  card.info.wrap_spki = keys->wrap_spki;
  card.info.kind = keys->kind;
  card.info.has_cardea_keys = !keys->auth_spki.empty() && !keys->wrap_spki.empty();
  card.info.card_id.reset();
  if (card.info.has_cardea_keys) card.info.card_id = crypto::card_id(keys->auth_spki);
}

bool CardService::is_watched(const std::string& slot_description) const {
  return std::any_of(snapshot_.readers.begin(), snapshot_.readers.end(), [&](const ReaderState& reader) {
    return as_slot_description(reader.name) == slot_description;
  });
}

// Slots of modules without PC/SC give no event: they are bound anew when what is in them has changed.
bool CardService::look_at_unwatched_slots() {
  bool changed = false;
  for (std::size_t m = 0; m < modules_.size(); ++m) {
    // OpenSC has PC/SC readers only; asking it would cost the prompt some milliseconds.
    if (modules_[m]->is_opensc()) continue;
    const auto slots = modules_[m]->slots();
    if (!slots.ok()) continue;
    for (const CK_SLOT_ID slot : *slots) {
      const auto info = card::read_slot_info(*modules_[m], slot);
      if (!info.ok() || is_watched(info->description)) continue;
      const auto known = std::find_if(cards_.begin(), cards_.end(), [&](const BoundCard& card) {
        return !card.pcsc && card.module == m && card.slot == slot;
      });
      const auto token = info->token_present ? card::read_token_info(*modules_[m], slot) : Error::card_absent;
      const bool usable = token.ok() && (token->flags & CKF_TOKEN_INITIALIZED) != 0;
      if (known != cards_.end()) {
        if (usable && known->token.serial == token->serial && known->token.label == token->label) {
          if (known->token.flags != token->flags) changed = true;
          known->token.flags = token->flags;
          known->info.pin = token->pin();
          continue;
        }
        cards_.erase(known);
        changed = true;
      }
      if (!usable || cards_.size() >= kMaxCards) continue;
      BoundCard card;
      if (!bind_slot(m, slot, card)) continue;
      card.insertion = next_insertion_++;
      card.reader = card.info.reader = info->description;
      cards_.push_back(std::move(card));
      changed = true;
    }
  }
  return changed;
}

ReaderView CardService::view() const {
  ReaderView view;
  view.service = snapshot_.service;
  view.readers = static_cast<std::uint8_t>(std::min<std::size_t>(snapshot_.readers.size(), 255));
  for (const BoundCard& card : cards_)
    view.cards.push_back({card.insertion, card.info, card.user_id, card.problem});
  return view;
}

BoundCard* CardService::find(const card::CardId& id) {
  for (BoundCard& card : cards_) {
    if (!card.problem && card.info.card_id == id) return &card;
  }
  return nullptr;
}

BoundCard* CardService::find(std::uint32_t insertion) {
  for (BoundCard& card : cards_) {
    if (!card.problem && card.insertion == insertion) return &card;
  }
  return nullptr;
}

void CardService::refresh_pin(BoundCard& card) {
  auto token = card::read_token_info(card.session->module(), card.slot);
  if (!token.ok()) return;  // the reader watch will say more
  card::PinReport pin = token->pin();
  // Some cards (MyEID) show no sign between the first wrong PIN and the last try; we remember.
  if (pin.state == card::PinState::ok && card.info.pin.state == card::PinState::low) pin = card.info.pin;
  if (pin.state != card.info.pin.state || pin.tries_left != card.info.pin.tries_left) changed_ = true;
  card.token = std::move(token).value();
  card.token_read = clock_.monotonic();
  card.info.pin = pin;
}

void CardService::refresh_old_pins() {
  for (BoundCard& card : cards_) {
    if (card.session && clock_.monotonic() - card.token_read > kPinStateYoung) refresh_pin(card);
  }
}

Status CardService::login(BoundCard& card, ByteView pin, bool last_try_consent, bool fresh,
                          card::PinReport& report) {
  const bool old = clock_.monotonic() - card.token_read > kPinStateFresh;
  if (fresh || old || card.info.pin.state != card::PinState::ok) refresh_pin(card);
  const auto last_try = last_try_consent ? card::LastTry::consent : card::LastTry::refuse;
  if (Status refused = card::check_login(card.token, pin, last_try); !refused.ok()) {
    report = card.info.pin;
    return refused;
  }
  Status done = card::login(*card.session, card.token, pin, last_try, report);
  note_pin(card, done.ok(), report);
  return done;
}

void CardService::bind_anew(const BoundCard& card) {
  card::Pkcs11Module& module = *modules_[card.module];
  if (!card.pcsc || !module.is_opensc()) return;
  std::vector<BoundCard*> affected;
  for (BoundCard& other : cards_) {
    if (other.session && other.module == card.module) affected.push_back(&other);
  }
  for (BoundCard* const other : affected)
    other->session.reset();
  if (const Status done = module.reinitialise(); !done.ok()) {
    log_.error("module not initialised again", {{"reason", done.failure().detail}});
  }
  for (BoundCard* const other : affected) {
    other->problem = Error::card_removed;
    const auto slots = module.slots();
    if (!slots.ok()) continue;
    for (const CK_SLOT_ID slot : *slots) {
      const auto info = card::read_slot_info(module, slot);
      if (!info.ok() || !info->token_present || info->description != as_slot_description(other->reader))
        continue;
      if (bind_slot(other->module, slot, *other)) break;
    }
  }
}

void CardService::note_pin(BoundCard& card, bool succeeded, card::PinReport& report) {
  changed_ |= card.info.pin.state != report.state;
  card.info.pin = report;
  if (succeeded) return;
  bind_anew(card);
  if (!card.session) return;
  refresh_pin(card);
  if (report.state == card::PinState::unknown) return;
  if (!report.tries_left && card.pcsc) report.tries_left = pcsc_.pin_tries(card.reader, card.token);
  if (report.tries_left == 1 && report.state == card::PinState::low) report.state = card::PinState::last_try;
  card.info.pin = report;
}

void CardService::lock(BoundCard& card) {
  if (!card.session) return;
  card.session->logout();
  if (card.pcsc) {
    if (const Status reset = pcsc_.reset(card.reader); !reset.ok() && reset.error() != Error::card_removed) {
      log_.warning("card not reset after use", {{"reader", card.reader}, {"reason", reset.failure().detail}});
    }
  }
  refresh_pin(card);
}

void CardService::set_user(BoundCard& card, const std::optional<UserId>& user) {
  if (card.user_id == user) return;
  card.user_id = user;
  changed_ = true;
}

}  // namespace cardea::worker
