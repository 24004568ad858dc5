// SPDX-License-Identifier: Apache-2.0
// The entry points of a PAM module that the daemon judges; pam_sm_setcred is not one of them, it proves
// nothing.
#pragma once

#include <cstdint>

namespace cardea::pam {

enum class Door : std::uint8_t { authenticate, account, open_session, close_session, change_pin };

}  // namespace cardea::pam
