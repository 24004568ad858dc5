// SPDX-License-Identifier: Apache-2.0
#include "upstream/windows/winhttp_error.h"

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <winhttp.h>
// clang-format on

namespace cardea::upstream {
namespace {

constexpr std::string_view kDate =
    "its certificate has expired or is not valid yet, or the clock of this computer is wrong";
constexpr std::string_view kName = "its certificate is for another name";
constexpr std::string_view kAuthority = "its certificate is signed by nobody who is trusted here";
constexpr std::string_view kRevoked = "its certificate is revoked";
constexpr std::string_view kOtherwise = "its certificate is not accepted";
constexpr std::string_view kNoTls = "no secure connection, or its certificate is not accepted";

// By what must be mended first.
std::string_view why_of_flags(DWORD flags) {
  if ((flags & WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED) != 0) return kRevoked;
  if ((flags & WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA) != 0) return kAuthority;
  if ((flags & WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID) != 0) return kName;
  if ((flags & WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID) != 0) return kDate;
  if ((flags & (WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT | WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE)) !=
      0)
    return kOtherwise;
  return kNoTls;
}

// Empty: not a matter of trust.
std::string_view why_untrusted(DWORD code, DWORD flags) {
  switch (code) {
    case ERROR_WINHTTP_SECURE_FAILURE:
    case ERROR_WINHTTP_SECURE_CHANNEL_ERROR:
      return why_of_flags(flags);
    case ERROR_WINHTTP_SECURE_CERT_DATE_INVALID:
      return kDate;
    case ERROR_WINHTTP_SECURE_CERT_CN_INVALID:
      return kName;
    case ERROR_WINHTTP_SECURE_INVALID_CA:
      return kAuthority;
    case ERROR_WINHTTP_SECURE_CERT_REVOKED:
      return kRevoked;
    case ERROR_WINHTTP_SECURE_CERT_REV_FAILED:
    case ERROR_WINHTTP_SECURE_INVALID_CERT:
    case ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE:
      return kOtherwise;
    case ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED:
    case ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY:
    case ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY:
      return "it wants a certificate of this computer";
    default:
      return {};
  }
}

bool is_bad_answer(DWORD code) {
  switch (code) {
    case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
    case ERROR_WINHTTP_HEADER_NOT_FOUND:
    case ERROR_WINHTTP_INVALID_HEADER:
    case ERROR_WINHTTP_REDIRECT_FAILED:
    case ERROR_WINHTTP_HEADER_COUNT_EXCEEDED:
    case ERROR_WINHTTP_HEADER_SIZE_OVERFLOW:
    case ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW:
    case ERROR_WINHTTP_RESPONSE_DRAIN_OVERFLOW:
    case ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH:
      return true;
    default:
      return false;
  }
}

}  // namespace

WinHttpMeaning winhttp_meaning(std::uint32_t code, std::uint32_t secure_flags, bool answered) {
  if (const auto why = why_untrusted(code, secure_flags); !why.empty())
    return {Error::server_untrusted, std::string(why)};
  if (is_bad_answer(code)) {
    if (answered) return {Error::server_misbehaved, "the answer can't be read"};
    return {Error::server_unreachable, "the connection was closed without an answer", true};
  }
  switch (code) {
    case ERROR_WINHTTP_TIMEOUT:
    case WSAETIMEDOUT:
      return {Error::server_unreachable, "no answer in time"};
    case ERROR_WINHTTP_NAME_NOT_RESOLVED:
      return {Error::server_unreachable, "the name is not known"};
    case ERROR_WINHTTP_CANNOT_CONNECT:
      return {Error::server_unreachable, "nobody answers there"};
    case ERROR_WINHTTP_CONNECTION_ERROR:
    case ERROR_WINHTTP_RESEND_REQUEST:
      return {Error::server_unreachable, "the connection was lost", true};
    default:
      return {Error::server_unreachable, "Windows error " + std::to_string(code), true};
  }
}

}  // namespace cardea::upstream
