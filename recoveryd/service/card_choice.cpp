// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_choice.h"

#include "core/login/texts.h"

namespace cardea::recoveryd {
namespace {

Result<worker::ReaderView> looked_at(const Context& context) {
  // Cards of modules without PC/SC are noticed only when somebody asks.
  (void)context.worker.refresh(worker::kCardTimeout);
  worker::ReaderView view = context.worker.view();
  if (!view.cards.empty()) return view;
  if (view.service == worker::ReaderService::down)
    return fail(Error::reader_service_down, "The card reader service is not running.");
  return fail(Error::card_absent, "There is no card in the reader.");
}

}  // namespace

Result<worker::CardView> own_card(const Context& context, const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const worker::ReaderView view, looked_at(context));
  bool suspended = false;
  for (const worker::CardView& card : view.cards) {
    const auto* enrolled = card.info.card_id.has_value() ? record.find_card(*card.info.card_id) : nullptr;
    if (enrolled != nullptr && enrolled->state == login::CardState::active) return card;
    suspended = suspended || (enrolled != nullptr && enrolled->state == login::CardState::suspended);
  }
  if (suspended) return fail(Error::card_revoked, std::string(login::texts::kCardSuspended));
  return fail(Error::card_foreign, login::texts::not_this_users_card(record.local_user));
}

Result<worker::CardView> fresh_card(const Context& context, const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const worker::ReaderView view, looked_at(context));
  const worker::CardView* found = nullptr;
  for (const worker::CardView& card : view.cards) {
    const auto* enrolled = card.info.card_id.has_value() ? record.find_card(*card.info.card_id) : nullptr;
    if (enrolled != nullptr && enrolled->state != login::CardState::announced) continue;
    if (found != nullptr)
      return fail(Error::invalid_argument, "There is more than one new card in the readers. Leave only one.");
    found = &card;
  }
  if (found == nullptr)
    return fail(Error::already_exists, "The card in the reader is enrolled already. Put a new card in.");
  if (found->info.pin.state == card::PinState::not_initialised) {
    return fail(
        Error::card_blank,
        "The card has no PIN yet. Initialise it with the maker's tool (for example pkcs15-init) first.");
  }
  return *found;
}

Result<worker::CardView> only_card(const Context& context) {
  TRY_ASSIGN(worker::ReaderView view, looked_at(context));
  if (view.cards.size() > 1)
    return fail(Error::invalid_argument, "There is more than one card in the readers. Leave only one.");
  return std::move(view.cards.front());
}

}  // namespace cardea::recoveryd
