// SPDX-License-Identifier: Apache-2.0
// What libpam loads. No logic here.
#include <security/pam_modules.h>

#include "pam_module/login_dialog.h"

using cardea::pam::Door;
using cardea::pam::run_change_pin;
using cardea::pam::run_door;
using cardea::pam::run_set_credentials;

#pragma GCC visibility push(default)
extern "C" {

int pam_sm_authenticate(pam_handle_t* handle, int flags, int argc, const char** argv) {
  return run_door(Door::authenticate, handle, flags, argc, argv);
}

int pam_sm_setcred(pam_handle_t* handle, int, int argc, const char** argv) {
  return run_set_credentials(handle, argc, argv);
}

int pam_sm_acct_mgmt(pam_handle_t* handle, int flags, int argc, const char** argv) {
  return run_door(Door::account, handle, flags, argc, argv);
}

int pam_sm_open_session(pam_handle_t* handle, int flags, int argc, const char** argv) {
  return run_door(Door::open_session, handle, flags, argc, argv);
}

int pam_sm_close_session(pam_handle_t* handle, int flags, int argc, const char** argv) {
  return run_door(Door::close_session, handle, flags, argc, argv);
}

int pam_sm_chauthtok(pam_handle_t* handle, int flags, int argc, const char** argv) {
  return run_change_pin(handle, flags, argc, argv);
}

}  // extern "C"
#pragma GCC visibility pop
