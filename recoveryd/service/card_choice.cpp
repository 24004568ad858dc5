// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_choice.h"

#include <algorithm>

#include "core/login/texts.h"

namespace cardea::recoveryd {
namespace {

Result<worker::ReaderView> looked_at(const Context& context) {
  // Cards of modules without PC/SC are noticed only when somebody asks.
  (void)context.worker.refresh(worker::kCardTimeout);
  worker::ReaderView view = context.worker.view();
  if (!view.cards.empty()) return view;
  if (view.service == worker::ReaderService::down)
    return fail(Error::reader_service_down, text::tr("The card reader service is not running."));
  return fail(Error::card_absent, text::tr("There is no card in the reader."));
}

// Enrolled on this computer, and not dead. A record that can't be read hides its cards: its own user is told
// so.
bool belongs_to_other(const Context& context, const worker::CardView& card, const std::string& user) {
  const auto users = context.enrolments.users();
  if (!users.ok() || !card.info.card_id.has_value()) return !users.ok();
  return std::any_of(users->begin(), users->end(), [&](const std::string& other) {
    if (other == user) return false;
    const auto record = context.enrolments.load(other);
    const auto* enrolled = record.ok() ? record->find_card(*card.info.card_id) : nullptr;
    return enrolled != nullptr && enrolled->state != login::CardState::revoked;
  });
}

Failure card_of_other() {
  return fail(Error::card_foreign, text::tr("This card is enrolled for another user of this computer."));
}

}  // namespace

Result<worker::CardView> own_card(const Context& context, text::Voice& voice,
                                  const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const worker::ReaderView view, looked_at(context));
  bool suspended = false;
  for (const worker::CardView& card : view.cards) {
    const auto* enrolled = card.info.card_id.has_value() ? record.find_card(*card.info.card_id) : nullptr;
    if (enrolled != nullptr && enrolled->state == login::CardState::active) return card;
    suspended = suspended || (enrolled != nullptr && enrolled->state == login::CardState::suspended);
  }
  if (suspended) return fail(Error::card_revoked, std::string(login::texts::kCardSuspended));
  return voice.refuse(Error::card_foreign, login::texts::kNotThisUsersCard, {record.local_user});
}

Result<worker::CardView> fresh_card(const Context& context, const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const worker::ReaderView view, looked_at(context));
  const worker::CardView* found = nullptr;
  bool others = false;
  for (const worker::CardView& card : view.cards) {
    const auto* enrolled = card.info.card_id.has_value() ? record.find_card(*card.info.card_id) : nullptr;
    if (enrolled != nullptr && enrolled->state != login::CardState::announced) continue;
    if (belongs_to_other(context, card, record.local_user)) {
      others = true;
      continue;
    }
    if (found != nullptr)
      return fail(Error::invalid_argument,
                  text::tr("There is more than one new card in the readers. Leave only one."));
    found = &card;
  }
  if (found == nullptr && others) return card_of_other();
  if (found == nullptr)
    return fail(Error::already_exists,
                text::tr("The card in the reader is enrolled already. Put a new card in; to finish a "
                         "replacement that was interrupted, run “cardea register --existing”."));
  if (found->info.pin.state == card::PinState::not_initialised) {
    return fail(
        Error::card_blank,
        text::tr(
            "The card has no PIN yet. Initialise it with the maker's tool (for example pkcs15-init) first."));
  }
  return *found;
}

Failure wrong_pin(text::Voice& voice, const card::PinReport& report) {
  const int tries_left = report.tries_left.has_value() ? *report.tries_left : -1;
  return voice.refuse_with(Error::pin_wrong, [&](text::Language language) {
    return login::texts::wrong_pin(language, tries_left);
  });
}

Result<worker::CardView> only_card(const Context& context) {
  TRY_ASSIGN(worker::ReaderView view, looked_at(context));
  if (view.cards.size() > 1)
    return fail(Error::invalid_argument,
                text::tr("There is more than one card in the readers. Leave only one."));
  return std::move(view.cards.front());
}

Result<worker::CardView> free_card(const Context& context, const std::string& user) {
  TRY_ASSIGN(worker::CardView card, only_card(context));
  if (belongs_to_other(context, card, user)) return card_of_other();
  return card;
}

}  // namespace cardea::recoveryd
