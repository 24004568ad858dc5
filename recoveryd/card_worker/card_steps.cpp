// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/card_steps.h"

#include <algorithm>

#include "core/card/card_storage.h"
#include "core/card/key_use.h"
#include "core/records/card_header.h"
#include "recoveryd/card_worker/keyring_steps.h"
#include "recoveryd/card_worker/private_channel.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

constexpr std::size_t kMaxMessage = 4'096;  // the longest proof is under 1,000 bytes
constexpr std::size_t kMaxPin = 64;

// Whether the bytes begin with lp(label): what the worker signs is always marked as its own.
bool begins_with(ByteView message, std::string_view label) {
  ByteReader in(message);
  return in.text() == label && in.good();
}

void lock_after(StepContext& context, std::uint32_t insertion) {
  context.after = [&cards = context.cards, insertion] {
    if (BoundCard* const card = cards.find(insertion); card != nullptr) cards.lock(*card);
  };
}

Result<BoundCard*> need_card(StepContext& context, std::uint32_t insertion) {
  BoundCard* const card = context.cards.find(insertion);
  if (card == nullptr) return Error::card_absent;
  return card;
}

// The vault opens one card at a time: the one before is locked first.
void leave_other_card(StepContext& context, std::uint32_t insertion) {
  const auto opened = context.vault->card;
  if (!opened || *opened == insertion) return;
  if (BoundCard* const other = context.cards.find(*opened); other != nullptr) context.cards.lock(*other);
  context.vault->card.reset();
}

void note_header(StepContext& context, BoundCard& card, ByteView header) {
  const auto decoded = records::decode_card_header(header);
  context.cards.set_user(card, decoded.ok() ? std::optional(decoded->user) : std::nullopt);
}

// Behind the answer, while the daemon verifies the signature: the login itself does not wait for this card
// command. The card stays open until the daemon has had a moment to fetch the secret, so that it does not
// wait for the reset either.
void open_keyring_after(StepContext& context, std::uint32_t insertion, const KeyringOpening& opening) {
  context.later = std::move(context.after);
  context.after = [&cards = context.cards, &keyrings = context.keyrings, insertion, ticket = opening.ticket,
                   owner = opening.owner, envelope = to_bytes(opening.envelope)] {
    BoundCard* const card = cards.find(insertion);
    auto secret = card == nullptr ? Result<records::KeyringSecret>(Error::card_removed)
                                  : open_keyring_with(*card, owner, envelope);
    keyrings.put(ticket, {owner, std::move(secret)}, std::chrono::steady_clock::now());
  };
}

Status log_in(StepContext& context, BoundCard& card, ByteView pin, bool consent) {
  TRY(context.cards.login(card, pin, consent, true, context.pin));
  context.vault->card = card.insertion;
  return {};
}

}  // namespace

Result<BoundCard*> open_card(StepContext& context) {
  VaultState& vault = *context.vault;
  if (!vault.card) return fail(Error::message_not_permitted, "no card opened");
  BoundCard* const card = context.cards.find(*vault.card);
  if (card == nullptr) return Error::card_removed;
  // A login in between has logged us out. The PIN was right a moment ago; the last try is never spent on it.
  if (!card->session->logged_in()) {
    TRY_ASSIGN(const SecretBytes* pin, need_secret(vault, Purpose::pin));
    TRY(log_in(context, *card, pin->expose(), false));
  }
  return card;
}

Result<Bytes> look(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  context.cards.look_at_unwatched_slots();
  context.prompt_near = true;
  return Bytes{};
}

Result<Bytes> login_sign(StepContext& context, ByteReader& in) {
  card::CardId id{};
  const ByteView id_bytes = in.bytes(id.size());
  const bool consent = in.u8() != 0;
  const ByteView message = in.lp32();
  const bool wants_keyring = in.u8() != 0;
  KeyringOpening opening;
  if (wants_keyring && (!take_opening(in, opening) || opening.way != KeyringWay::card))
    return Error::frame_malformed;
  if (!in.complete() || message.size() > kMaxMessage) return Error::frame_malformed;
  std::copy(id_bytes.begin(), id_bytes.end(), id.begin());
  if (!begins_with(message, "cardea/v1/login")) return fail(Error::permission_denied, "not a login message");
  TRY_ASSIGN(const SecretBytes pin, read_secret(context.fd, kMaxPin));
  BoundCard* card = context.cards.find(id);
  if (card == nullptr && context.cards.look_at_unwatched_slots()) card = context.cards.find(id);
  if (card == nullptr) return Error::card_absent;
  TRY(context.cards.login(*card, pin.expose(), consent, false, context.pin));
  lock_after(context, card->insertion);
  TRY_ASSIGN(const Bytes signature, card::sign(*card->session, message));
  if (wants_keyring) open_keyring_after(context, card->insertion, opening);
  return ByteBuilder().lp(signature).take();
}

Result<Bytes> card_login(StepContext& context, ByteReader& in) {
  const std::uint32_t insertion = in.u32();
  const bool consent = in.u8() != 0;
  if (!in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(const SecretBytes* pin, need_secret(*context.vault, Purpose::pin));
  TRY_ASSIGN(BoundCard * card, need_card(context, insertion));
  leave_other_card(context, insertion);
  TRY(log_in(context, *card, pin->expose(), consent));
  if (!card->user_id) {  // who the card's header says it belongs to, for the view
    card::TokenStorage storage(*card->session);
    if (const auto header = storage.read(card::kHeaderIndex); header.ok())
      note_header(context, *card, *header);
  }
  return Bytes{};
}

Result<Bytes> card_make_keys(StepContext& context, ByteReader& in) {
  const std::uint8_t kind = in.u8();
  const std::string label(in.text());
  if (!in.complete() || (kind != 1 && kind != 2)) return Error::frame_malformed;
  TRY_ASSIGN(BoundCard * card, open_card(context));
  const auto made = card::make_keys(*card->session, static_cast<card::KeyKind>(kind), label);
  if (!made.ok()) return made.failure();
  context.cards.reread_keys(*card);
  return ByteBuilder().lp(made->auth_spki).lp(made->wrap_spki).lp(card->info.serial).take();
}

Result<Bytes> card_sign(StepContext& context, ByteReader& in) {
  const ByteView message = in.lp32();
  if (!in.complete() || message.size() > kMaxMessage) return Error::frame_malformed;
  if (!begins_with(message, "cardea/v1/card-proof") && !begins_with(message, "cardea/v1/session") &&
      !begins_with(message, "cardea/v1/officer-session")) {
    return fail(Error::permission_denied, "not a message for the card");
  }
  TRY_ASSIGN(BoundCard * card, open_card(context));
  TRY_ASSIGN(const Bytes signature, card::sign(*card->session, message));
  return ByteBuilder().lp(signature).take();
}

Result<Bytes> storage_list(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(BoundCard * card, open_card(context));
  card::TokenStorage storage(*card->session);
  TRY_ASSIGN(const card::CardDirectory directory, storage.list());
  ByteBuilder out;
  out.u8(directory.foreign).u8(static_cast<std::uint8_t>(directory.objects.size()));
  for (const card::CardObject& object : directory.objects) {
    out.u8(object.index).u8(static_cast<std::uint8_t>(object.state)).u32(object.size);
  }
  return out.take();
}

Result<Bytes> storage_read(StepContext& context, ByteReader& in) {
  const std::uint8_t index = in.u8();
  if (!in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(BoundCard * card, open_card(context));
  card::TokenStorage storage(*card->session);
  TRY_ASSIGN(const Bytes content, storage.read(index));
  if (index == card::kHeaderIndex) note_header(context, *card, content);
  return ByteBuilder().lp32(content).take();
}

Result<Bytes> storage_write(StepContext& context, ByteReader& in) {
  const std::uint8_t index = in.u8();
  const ByteView content = in.lp32();
  if (!in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(BoundCard * card, open_card(context));
  card::TokenStorage storage(*card->session);
  const Status written = storage.write(index, content);
  if (storage.spoiled()) context.cards.bind_anew(*card);
  TRY(written);
  if (index == card::kHeaderIndex) note_header(context, *card, content);
  return Bytes{};
}

Result<Bytes> storage_remove(StepContext& context, ByteReader& in) {
  const std::uint8_t index = in.u8();
  if (!in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(BoundCard * card, open_card(context));
  card::TokenStorage storage(*card->session);
  const Status removed = storage.remove(index);
  if (storage.spoiled()) context.cards.bind_anew(*card);
  TRY(removed);
  if (index == card::kHeaderIndex) context.cards.set_user(*card, std::nullopt);
  return Bytes{};
}

Result<Bytes> change_pin(StepContext& context, ByteReader& in) {
  const std::uint32_t insertion = in.u32();
  const bool consent = in.u8() != 0;
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const SecretBytes* old_pin, need_secret(vault, Purpose::pin));
  TRY_ASSIGN(const SecretBytes* new_pin, need_secret(vault, Purpose::new_pin));
  TRY_ASSIGN(BoundCard * card, need_card(context, insertion));
  TRY(card::check_new_pin(card->token, new_pin->expose(), old_pin->expose()));
  leave_other_card(context, insertion);
  context.cards.refresh_pin(*card);
  const auto last_try = consent ? card::LastTry::consent : card::LastTry::refuse;
  const Status done = card::change_pin(*card->session, card->token, old_pin->expose(), new_pin->expose(),
                                       last_try, context.pin);
  vault.card = insertion;  // whatever happened, the card is locked when the vault ends
  if (!done.ok() && done.error() != Error::pin_length) context.cards.note_pin(*card, false, context.pin);
  TRY(done);
  vault.secrets.insert_or_assign(Purpose::pin, new_pin->clone());
  return Bytes{};
}

Result<Bytes> unblock_pin(StepContext& context, ByteReader& in) {
  const std::uint32_t insertion = in.u32();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const SecretBytes* puk, need_secret(vault, Purpose::puk));
  TRY_ASSIGN(const SecretBytes* new_pin, need_secret(vault, Purpose::new_pin));
  TRY_ASSIGN(BoundCard * card, need_card(context, insertion));
  TRY(card::check_new_pin(card->token, new_pin->expose(), {}));
  leave_other_card(context, insertion);
  context.cards.refresh_pin(*card);
  const Status done =
      card::unblock_pin(*card->session, card->token, puk->expose(), new_pin->expose(), context.pin);
  vault.card = insertion;
  context.cards.refresh_pin(*card);
  TRY(done);
  vault.secrets.insert_or_assign(Purpose::pin, new_pin->clone());
  return Bytes{};
}

}  // namespace cardea::worker
