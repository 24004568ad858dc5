// SPDX-License-Identifier: Apache-2.0
// What stands behind every entry point: reads the options, holds the user name fast, lets the daemon lead the
// conversation and turns its verdict into a PAM result. All functions return PAM results and let nothing
// escape.
#pragma once

#include <security/pam_modules.h>

#include "pam_module/door.h"

namespace cardea::pam {

int run_door(Door door, pam_handle_t* handle, int flags, int argc, const char** argv) noexcept;
int run_set_credentials(pam_handle_t* handle, int argc, const char** argv) noexcept;
int run_change_pin(pam_handle_t* handle, int flags, int argc, const char** argv) noexcept;

}  // namespace cardea::pam
