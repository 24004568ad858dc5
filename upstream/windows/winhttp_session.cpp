// SPDX-License-Identifier: Apache-2.0
#include "upstream/windows/winhttp_session.h"

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <winhttp.h>
// clang-format on

namespace cardea::upstream {
namespace {

// Two settings that mingw-w64's header of 2022 does not have.
constexpr DWORD kFailedConnectionRetries = 162;  // WINHTTP_OPTION_FAILED_CONNECTION_RETRIES
struct FailedConnectionRetries {                 // WINHTTP_FAILED_CONNECTION_RETRIES
  DWORD max_retries;
  DWORD allowed_conditions;
};

bool set_number(HINTERNET handle, DWORD option, DWORD value) {
  return WinHttpSetOption(handle, option, &value, sizeof value) != FALSE;
}

// Windows before 11 does not know TLS 1.3's flag, or refuses it.
bool set_protocols(HINTERNET session) {
  constexpr DWORD kTls12 = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
  return set_number(session, WINHTTP_OPTION_SECURE_PROTOCOLS, kTls12 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3) ||
         set_number(session, WINHTTP_OPTION_SECURE_PROTOCOLS, kTls12);
}

}  // namespace

void WinHttpClose::operator()(void* handle) const noexcept { (void)WinHttpCloseHandle(handle); }

Result<std::shared_ptr<WinHttpSession>> WinHttpSession::open() {
  WinHttpHandle handle(
      WinHttpOpen(nullptr, WINHTTP_ACCESS_TYPE_NO_PROXY, WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
  if (handle == nullptr || !set_protocols(handle.get())) {
    return fail(Error::internal, "WinHTTP: error " + std::to_string(GetLastError()));
  }
  // Not every Windows has these; what they prevent does no harm to what may be repeated, and what may not is
  // sent in a way that can't be repeated (winhttp_exchange.cpp).
  FailedConnectionRetries never{0, 0};
  (void)WinHttpSetOption(handle.get(), kFailedConnectionRetries, &never, sizeof never);
  (void)set_number(handle.get(), WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK, TRUE);
  // An answer that is not wanted is not read to its end to save a connection.
  (void)set_number(handle.get(), WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, 0);
  return std::shared_ptr<WinHttpSession>(new WinHttpSession(std::move(handle)));
}

}  // namespace cardea::upstream
