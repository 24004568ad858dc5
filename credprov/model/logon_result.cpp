// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/logon_result.h"

#include "credprov/model/texts.h"

namespace cardea::credprov {
namespace {

struct Row {
  NtStatus status;
  LogonResult result;
};

// [MS-ERREF] 2.3.1
constexpr Row kResults[] = {
    {0xC0000064, LogonResult::wrong_password},    // STATUS_NO_SUCH_USER
    {0xC000006A, LogonResult::wrong_password},    // STATUS_WRONG_PASSWORD
    {0xC000006D, LogonResult::wrong_password},    // STATUS_LOGON_FAILURE
    {0xC000006E, LogonResult::not_now},           // STATUS_ACCOUNT_RESTRICTION
    {0xC000006F, LogonResult::not_now},           // STATUS_INVALID_LOGON_HOURS
    {0xC0000070, LogonResult::not_now},           // STATUS_INVALID_WORKSTATION
    {0xC0000071, LogonResult::password_expired},  // STATUS_PASSWORD_EXPIRED
    {0xC0000072, LogonResult::disabled},          // STATUS_ACCOUNT_DISABLED
    {0xC000005E, LogonResult::no_server},         // STATUS_NO_LOGON_SERVERS
    {0xC000015B, LogonResult::not_now},           // STATUS_LOGON_TYPE_NOT_GRANTED
    {0xC0000193, LogonResult::expired},           // STATUS_ACCOUNT_EXPIRED
    {0xC0000224, LogonResult::password_expired},  // STATUS_PASSWORD_MUST_CHANGE
    {0xC0000234, LogonResult::locked_out},        // STATUS_ACCOUNT_LOCKED_OUT
};

LogonResult look_up(NtStatus status) noexcept {
  for (const Row& row : kResults) {
    if (row.status == status) return row.result;
  }
  return LogonResult::other;
}

std::string hexadecimal(NtStatus status) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out = "0x";
  for (int shift = 28; shift >= 0; shift -= 4)
    out += kDigits[(status >> shift) & 0xF];
  return out;
}

const char* english(LogonResult result) noexcept {
  switch (result) {
    case LogonResult::locked_out:
      return texts::kLockedOut;
    case LogonResult::disabled:
      return texts::kAccountDisabled;
    case LogonResult::expired:
      return texts::kAccountExpired;
    case LogonResult::password_expired:
      return texts::kPasswordExpired;
    case LogonResult::not_now:
      return texts::kNotNow;
    case LogonResult::no_server:
      return texts::kNoLogonServer;
    default:
      return texts::kLogonFailed;
  }
}

}  // namespace

LogonResult logon_result(NtStatus status, NtStatus substatus) noexcept {
  if (status == 0) return LogonResult::accepted;
  // The substatus is the reason: STATUS_ACCOUNT_RESTRICTION with a disabled account, for one.
  const LogonResult reason = look_up(substatus);
  return reason == LogonResult::other ? look_up(status) : reason;
}

std::string logon_result_text(text::Language language, LogonResult result, NtStatus status) {
  return text::spoken(language, english(result), {hexadecimal(status)});
}

}  // namespace cardea::credprov
