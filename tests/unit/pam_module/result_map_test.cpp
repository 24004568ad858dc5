// SPDX-License-Identifier: Apache-2.0
#include "pam_module/result_map.h"

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <security/_pam_types.h>

#include "build_paths.h"
#include "tests/support/all_errors.h"

namespace cardea::pam {
namespace {

using wire::Decision;

constexpr Door kDoors[] = {Door::authenticate, Door::account, Door::open_session, Door::close_session,
                           Door::change_pin};

int auth(Error error) { return pam_result(Door::authenticate, {Decision::refused, error}, false); }

// The table of the interface page, row by row.
TEST(ResultMap, Granted) {
  for (const Door door : kDoors)
    EXPECT_EQ(pam_result(door, {Decision::granted, {}}, false), PAM_SUCCESS);
}

TEST(ResultMap, UserNotEnrolledHere) {
  for (const Door door : kDoors) {
    EXPECT_EQ(pam_result(door, {Decision::not_enrolled, {}}, false), PAM_USER_UNKNOWN);
    EXPECT_EQ(pam_result(door, {Decision::not_enrolled, {}}, true), PAM_IGNORE);
  }
}

TEST(ResultMap, GateOff) {
  for (const Door door : kDoors)
    EXPECT_EQ(pam_result(door, {Decision::gate_off, {}}, false), PAM_IGNORE);
}

TEST(ResultMap, WrongPinKeyCardOrSignature) {
  for (const Error error : {Error::pin_wrong, Error::access_key_wrong, Error::access_key_mistyped,
                            Error::card_foreign, Error::signature_invalid, Error::card_revoked, Error{}}) {
    EXPECT_EQ(auth(error), PAM_AUTH_ERR) << error_name(error);
  }
}

TEST(ResultMap, LockedOrThrottled) {
  for (const Error error : {Error::pin_locked, Error::throttled, Error::pin_last_try}) {
    EXPECT_EQ(auth(error), PAM_MAXTRIES) << error_name(error);
  }
}

TEST(ResultMap, NothingCouldBeChecked) {
  for (const Error error :
       {Error::service_unreachable, Error::worker_down, Error::reader_service_down, Error::card_absent,
        Error::timeout, Error::peer_closed, Error::peer_not_trusted}) {
    EXPECT_EQ(auth(error), PAM_AUTHINFO_UNAVAIL) << error_name(error);
  }
}

TEST(ResultMap, ConversationMemoryAndBugs) {
  EXPECT_EQ(auth(Error::cancelled), PAM_CONV_ERR);
  EXPECT_EQ(auth(Error::out_of_memory), PAM_BUF_ERR);
  for (const Error error : {Error::internal, Error::frame_malformed, Error::frame_too_large,
                            Error::message_not_permitted, Error::invalid_argument}) {
    EXPECT_EQ(auth(error), PAM_SERVICE_ERR) << error_name(error);
  }
}

TEST(ResultMap, AccountTellsExpiredAndRenewable) {
  EXPECT_EQ(pam_result(Door::account, {Decision::refused, Error::card_revoked}, false), PAM_ACCT_EXPIRED);
  EXPECT_EQ(pam_result(Door::account, {Decision::refused, Error::revocation_stale}, false), PAM_ACCT_EXPIRED);
  EXPECT_EQ(pam_result(Door::account, {Decision::refused, Error::pin_not_initialized}, false),
            PAM_NEW_AUTHTOK_REQD);
  EXPECT_EQ(pam_result(Door::account, {Decision::refused, Error::permission_denied}, false), PAM_PERM_DENIED);
  EXPECT_EQ(pam_result(Door::open_session, {Decision::refused, Error::card_absent}, false), PAM_SESSION_ERR);
  EXPECT_EQ(pam_result(Door::change_pin, {Decision::refused, Error::pin_locked}, false), PAM_MAXTRIES);
}

// CVE-2025-23013 (pam-u2f), CVE-2025-24531 (pam_pkcs11): an error that became PAM_IGNORE let later modules
// decide.
TEST(ResultMap, NoRefusalIsEverIgnoredOrSuccessful) {
  for (int number = 0; number <= 0xffff; ++number) {  // also numbers that this program does not know
    for (const Door door : kDoors) {
      for (const bool ignore : {false, true}) {
        const int result = pam_result(door, {Decision::refused, static_cast<Error>(number)}, ignore);
        ASSERT_NE(result, PAM_SUCCESS) << number;
        ASSERT_NE(result, PAM_IGNORE) << number;
      }
    }
  }
}

TEST(ResultMap, UnknownErrorOrDecisionIsABug) {
  EXPECT_EQ(auth(static_cast<Error>(9999)), PAM_SERVICE_ERR);
  for (int decision = 4; decision < 256; ++decision) {
    EXPECT_EQ(pam_result(Door::authenticate, {static_cast<Decision>(decision), {}}, true), PAM_SERVICE_ERR);
  }
}

// Errors of servers and records have no business in a login; all others are decided in the table, not by
// default.
TEST(ResultMap, OnlyForeignErrorsFallToTheDefault) {
  int bugs = 0;
  for (const Error error : test::all_errors()) {
    const int number = static_cast<int>(error);
    const bool of_a_login = number < 600 || (number >= 700 && number < 800);
    bugs += of_a_login && auth(error) == PAM_SERVICE_ERR ? 1 : 0;
  }
  // invalid_argument not_found not_supported internal already_exists, crypto_failed kdf_too_weak,
  // frame_too_large frame_malformed message_not_permitted, card_full, rehearsal_missing
  EXPECT_EQ(bugs, 12);
}

TEST(ResultMap, OneStatementSaysSuccess) {
  int statements = 0;
  for (const char* file : {"entry", "login_dialog", "options", "pam_handle", "pam_terminal", "result_map"}) {
    std::ifstream stream(std::string(CARDEA_SOURCE_DIR "/pam_module/") + file + ".cpp");
    const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    ASSERT_FALSE(text.empty()) << file;
    for (std::size_t at = text.find("return PAM_SUCCESS"); at != std::string::npos;
         at = text.find("return PAM_SUCCESS", at + 1)) {
      EXPECT_STREQ(file, "result_map");
      ++statements;
    }
  }
  EXPECT_EQ(statements, 1);
}

}  // namespace
}  // namespace cardea::pam
