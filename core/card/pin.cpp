// SPDX-License-Identifier: Apache-2.0
#include "core/card/pin.h"

#include "core/card/pkcs11_error.h"

namespace cardea::card {
namespace {

Status check_state(const TokenInfo& token, LastTry last_try) {
  switch (token.pin().state) {
    case PinState::not_initialised:
      return Error::pin_not_initialized;
    case PinState::locked:
      return Error::pin_locked;
    case PinState::last_try:
      if (last_try != LastTry::consent) return Error::pin_last_try;
      return {};
    case PinState::unknown:
    case PinState::ok:
    case PinState::low:
      return {};
  }
  return Error::internal;
}

// What the card says after a refusal. It may have gone meanwhile: then the report stays unknown.
void report_from_card(const TokenSession& session, Error error, PinReport& report) {
  const auto token = read_token_info(session.module(), session.slot());
  report = token.ok() ? token->pin() : PinReport{};
  // MyEID with OpenSC shows no flag when the refusal itself says that it is locked.
  if (error == Error::pin_locked) report = {PinState::locked, std::uint8_t{0}};
  // A count of wrong tries that a token does not show (MyEID has no COUNT_LOW) is still known to us now.
  if (error == Error::pin_wrong && report.state == PinState::ok) report.state = PinState::low;
}

// SmartCard-HSM has no PUK: what is given as one would spend tries of the SO-PIN, which takes the whole card
// with it.
bool has_no_puk(const TokenInfo& token) { return token.manufacturer.starts_with("www.CardContact"); }

CK_UTF8CHAR* text(ByteView pin) { return const_cast<std::uint8_t*>(pin.data()); }

}  // namespace

Status check_pin_length(const TokenInfo& token, ByteView pin) {
  const std::size_t longest = token.max_pin == 0 ? 255 : token.max_pin;
  if (pin.empty() || pin.size() < token.min_pin || pin.size() > longest) return Error::pin_length;
  return {};
}

Status check_new_pin(const TokenInfo& token, ByteView new_pin, ByteView old_pin) {
  TRY(check_pin_length(token, new_pin));
  const bool digits_only = token.manufacturer.starts_with("piv_II");
  for (const std::uint8_t c : new_pin) {
    const bool fits = digits_only ? c >= '0' && c <= '9' : c >= 0x20 && c <= 0x7e;
    if (!fits) return fail(Error::invalid_argument, digits_only ? "a PIN of digits" : "a PIN of ASCII");
  }
  if (equal_constant_time(new_pin, old_pin)) return fail(Error::already_exists, "the old PIN");
  return {};
}

Status check_login(const TokenInfo& known, ByteView pin, LastTry last_try) {
  TRY(check_pin_length(known, pin));
  return check_state(known, last_try);
}

Status login(TokenSession& session, const TokenInfo& known, ByteView pin, LastTry last_try,
             PinReport& report) {
  report = known.pin();
  TRY(check_login(known, pin, last_try));
  Status done = session.login(pin);
  if (!done.ok()) {
    report_from_card(session, done.error(), report);
    return done;
  }
  report = {PinState::ok, {}};
  return {};
}

Status change_pin(TokenSession& session, const TokenInfo& known, ByteView old_pin, ByteView new_pin,
                  LastTry last_try, PinReport& report) {
  report = known.pin();
  TRY(check_new_pin(known, new_pin, old_pin));
  // A login first: some cards take a C_SetPIN without one for an unblocking, and would spend PUK tries.
  TRY(login(session, known, old_pin, last_try, report));
  const CK_RV rv =
      session.functions().C_SetPIN(session.handle(), text(old_pin), static_cast<CK_ULONG>(old_pin.size()),
                                   text(new_pin), static_cast<CK_ULONG>(new_pin.size()));
  if (rv == CKR_OK) return {};
  Failure failure = session.failure(rv, "C_SetPIN");
  report_from_card(session, failure.error, report);
  return failure;
}

Status unblock_pin(TokenSession& session, const TokenInfo& known, ByteView puk, ByteView new_pin,
                   PinReport& report) {
  report = known.pin();
  if (puk.empty() || puk.size() > 255) return Error::pin_length;
  TRY(check_new_pin(known, new_pin, {}));
  if (has_no_puk(known)) return fail(Error::not_supported, "this card has no PUK");
  session.logout();
  const CK_RV rv =
      session.functions().C_SetPIN(session.handle(), text(puk), static_cast<CK_ULONG>(puk.size()),
                                   text(new_pin), static_cast<CK_ULONG>(new_pin.size()));
  if (rv == CKR_OK) {
    report = {PinState::ok, {}};
    return {};
  }
  Failure failure = session.failure(rv, "C_SetPIN");
  // 0xA4 with OpenSC's default style, 0x54 or 0x101 with others: there is no unblocking through this module.
  if (rv == CKR_PIN_LOCKED || rv == CKR_FUNCTION_NOT_SUPPORTED || rv == CKR_USER_NOT_LOGGED_IN) {
    failure.error = Error::not_supported;
  }
  if (const auto token = read_token_info(session.module(), session.slot()); token.ok()) report = token->pin();
  return failure;
}

}  // namespace cardea::card
