// SPDX-License-Identifier: Apache-2.0
// The one table from PKCS#11 return values to Error. Used by all files of core/card.
#pragma once

#include "core/base/result.h"
#include "core/card/cryptoki.h"

namespace cardea::card {

// Never called with CKR_OK. A value without a row is Error::card_fault.
Error pkcs11_error(CK_RV rv) noexcept;
// `call` is a literal such as "C_Sign"; the detail is "C_Sign: 0x5".
Failure pkcs11_failure(CK_RV rv, const char* call);
// True for values that OpenSC also gives when the card was pulled just now: 0x5 comes first, and only the
// next call on the session says 0x32 or 0xB3.
bool may_hide_removal(CK_RV rv) noexcept;

}  // namespace cardea::card
