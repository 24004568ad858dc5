// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/pin_service.h"

#include "core/login/texts.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/login_service.h"

namespace cardea::recoveryd {
namespace {

namespace texts = login::texts;

Failure explained(text::Voice& voice, const Failure& failure, const card::PinReport& report,
                  const worker::CardView& card) {
  switch (failure.error) {
    case Error::pin_wrong:
      return wrong_pin(voice, report);
    case Error::pin_locked:
      return fail(Error::pin_locked, std::string(texts::kPinLocked));
    case Error::pin_length:
      return voice.refuse_with(Error::pin_length, [&](text::Language language) {
        return texts::pin_length(language, card.info.min_pin, card.info.max_pin);
      });
    // Two more rules of card::check_new_pin: also refused before the card was asked.
    case Error::invalid_argument:
      return fail(Error::pin_length,
                  text::tr("The new PIN has characters that this card does not take. No try was used."));
    case Error::already_exists:
      return fail(Error::pin_length, text::tr("The new PIN is the old one. No try was used."));
    default:
      return failure;
  }
}

// The person has been told that one try is left and goes on.
Result<bool> last_try_consent(Conversation& client, const worker::CardView& card) {
  if (card.info.pin.state != card::PinState::last_try) return false;
  TRY_ASSIGN(const std::string answer, client.ask_text("confirm", text::tr("Use the last try? (yes/no) "),
                                                       std::string(texts::kLastTry)));
  if (answer != "yes" && answer != client.voice().word(text::tr("yes")))
    return fail(Error::pin_last_try, text::tr("The last try was not used."));
  return true;
}

}  // namespace

Result<OperationOutcome> PinService::change(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const worker::CardView card, own_card(context_, client.voice(), record));
  if (card.info.pin.state == card::PinState::locked)
    return fail(Error::pin_locked, std::string(texts::kPinLocked));
  TRY_ASSIGN(const bool consent, last_try_consent(client, card));
  TRY_ASSIGN(UniqueFd pin,
             client.ask_private("pin", texts::pin_for_card(client.voice().language(), card.info.label)));
  TRY_ASSIGN(UniqueFd new_pin, client.ask_private("new-pin", text::tr("New PIN: "), {}, wire::kAskTwice));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(worker::kCardTimeout));
  TRY(vault->collect(worker::Purpose::pin, std::move(pin), worker::kCardTimeout));
  TRY(vault->collect(worker::Purpose::new_pin, std::move(new_pin), worker::kCardTimeout));
  card::PinReport report;
  if (Status changed = vault->change_pin(card.insertion, consent, report, worker::kCardTimeout);
      !changed.ok()) {
    return explained(client.voice(), changed.failure(), report, card);
  }
  (void)context_.audit.append(context_.clock.now(), "pin-changed", {{"user", user}});
  return OperationOutcome{text::tr("The PIN is changed.")};
}

Result<OperationOutcome> PinService::unblock(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const worker::CardView card, own_card(context_, client.voice(), record));
  TRY_ASSIGN(UniqueFd puk,
             client.ask_private("puk", text::tr("PUK: "),
                                text::tr("After too many wrong PUKs a card can never be unblocked again.")));
  TRY_ASSIGN(UniqueFd new_pin, client.ask_private("new-pin", text::tr("New PIN: "), {}, wire::kAskTwice));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(worker::kCardTimeout));
  TRY(vault->collect(worker::Purpose::puk, std::move(puk), worker::kCardTimeout));
  TRY(vault->collect(worker::Purpose::new_pin, std::move(new_pin), worker::kCardTimeout));
  card::PinReport report;
  if (Status unblocked = vault->unblock_pin(card.insertion, report, worker::kCardTimeout); !unblocked.ok()) {
    if (unblocked.error() == Error::pin_wrong) return fail(Error::pin_wrong, text::tr("Wrong PUK."));
    if (unblocked.error() == Error::not_supported)
      return fail(
          Error::pin_locked,
          text::tr("This card can't be unblocked here. Whoever issued it can, or: “cardea card replace”."));

    return explained(client.voice(), unblocked.failure(), report, card);
  }
  (void)context_.audit.append(context_.clock.now(), "pin-unblocked", {{"user", user}});
  return OperationOutcome{text::tr("The card is unblocked and has the new PIN.")};
}

// `passwd` is the one command that people know.
Result<OperationOutcome> PinService::change_or_unblock(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const worker::CardView card, own_card(context_, client.voice(), record));
  if (card.info.pin.state != card::PinState::locked) return change(client, user);
  TRY_ASSIGN(const std::string answer,
             client.ask_text("confirm", text::tr("Unblock it with its PUK and a new PIN? (yes/no) "),
                             std::string(texts::kPinLocked)));
  if (answer != "yes" && answer != client.voice().word(text::tr("yes")))
    return fail(Error::pin_locked, std::string(texts::kPinLocked));
  return unblock(client, user);
}

void PinService::change_by_pam(Conversation& client, const LoginRequest& request) {
  login::EnrolmentRecord record;
  if (const auto early =
          LoginService(context_).before_judging(request, request.user, client.voice().language(), record))
    return send_verdict(client, *early, request.user);
  wire::Verdict verdict;
  // Says that there is a PIN, or below that it was changed; lets nobody in.
  verdict.decision = wire::Decision::granted;
  verdict.user = request.user;
  if ((request.flags & wire::kPreliminary) != 0) {
    (void)client.finish(verdict);
    return;
  }
  const auto outcome = change_or_unblock(client, request.user);
  if (!outcome.ok()) {
    verdict.decision = wire::Decision::refused;
    verdict.error = static_cast<std::uint16_t>(outcome.error());
    const std::string message = client.voice().explain(outcome.failure());
    verdict.message = message;
    (void)client.finish(verdict);
    return;
  }
  verdict.message = outcome->message;
  (void)client.finish(verdict);
}

}  // namespace cardea::recoveryd
