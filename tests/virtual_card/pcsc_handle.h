// SPDX-License-Identifier: Apache-2.0
// A second user of the card, beside OpenSC's module: resets it through a PC/SC handle of its own, as the card
// worker does after a login.
#pragma once

#include <string>

#include <winscard.h>

namespace cardea::virtual_card {

// SCARD_S_SUCCESS, or what the first call that failed returned. Waits while somebody holds a transaction.
inline LONG reset_card(const std::string& reader, DWORD how = SCARD_RESET_CARD) {
  SCARDCONTEXT context = 0;
  LONG result = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
  if (result != SCARD_S_SUCCESS) return result;
  SCARDHANDLE card = 0;
  DWORD protocol = 0;
  result = SCardConnect(context, reader.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card, &protocol);
  if (result == SCARD_S_SUCCESS) {
    result = SCardReconnect(card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, how, &protocol);
    SCardDisconnect(card, SCARD_LEAVE_CARD);
  }
  SCardReleaseContext(context);
  return result;
}

}  // namespace cardea::virtual_card
