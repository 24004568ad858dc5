// SPDX-License-Identifier: Apache-2.0
// What LSA said to the password that the tile handed over. Nothing is ever handed over again by itself: a
// wrong stored password, offered in a loop, would lock the account.
#pragma once

#include <cstdint>
#include <string>

#include "core/text/language.h"

namespace cardea::credprov {

using NtStatus = std::uint32_t;

enum class LogonResult : std::uint8_t {
  accepted,
  wrong_password,  // or the account does not exist: Windows doesn't tell them apart
  locked_out,
  disabled,
  expired,
  password_expired,
  not_now,  // hours, workstation, kind of logon
  no_server,
  other,
};

LogonResult logon_result(NtStatus status, NtStatus substatus) noexcept;

// For everything but accepted and wrong_password, which the tile knows better.
std::string logon_result_text(text::Language language, LogonResult result, NtStatus status);

}  // namespace cardea::credprov
