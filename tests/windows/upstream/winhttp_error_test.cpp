// SPDX-License-Identifier: Apache-2.0
// Wine says 12157 of everything that is wrong with a certificate; Windows says more.
#include "upstream/windows/winhttp_error.h"

#include <gmock/gmock.h>

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <winhttp.h>
// clang-format on

namespace cardea::upstream {
namespace {

using testing::HasSubstr;

TEST(WinHttpMeaning, WhatIsNotTrusted) {
  const auto why = [](DWORD flags) {
    const auto meaning = winhttp_meaning(ERROR_WINHTTP_SECURE_FAILURE, flags, false);
    EXPECT_EQ(meaning.error, Error::server_untrusted);
    EXPECT_FALSE(meaning.lost);
    return meaning.why;
  };
  EXPECT_THAT(why(0), HasSubstr("no secure connection"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR), HasSubstr("no secure connection"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID), HasSubstr("expired"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID), HasSubstr("another name"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA | WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID),
              HasSubstr("nobody who is trusted"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED), HasSubstr("revoked"));
  EXPECT_THAT(why(WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT), HasSubstr("not accepted"));
  for (const DWORD code : {ERROR_WINHTTP_SECURE_CHANNEL_ERROR, ERROR_WINHTTP_SECURE_CERT_DATE_INVALID,
                           ERROR_WINHTTP_SECURE_CERT_CN_INVALID, ERROR_WINHTTP_SECURE_INVALID_CA,
                           ERROR_WINHTTP_SECURE_CERT_REV_FAILED, ERROR_WINHTTP_SECURE_INVALID_CERT,
                           ERROR_WINHTTP_SECURE_CERT_REVOKED, ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE,
                           ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED}) {
    EXPECT_EQ(winhttp_meaning(code, 0, true).error, Error::server_untrusted) << code;
  }
}

TEST(WinHttpMeaning, AnAnswerThatCannotBeReadAndNone) {
  const auto bad = winhttp_meaning(ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0, true);
  EXPECT_EQ(bad.error, Error::server_misbehaved);
  EXPECT_FALSE(bad.lost);
  const auto none = winhttp_meaning(ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0, false);
  EXPECT_EQ(none.error, Error::server_unreachable);
  EXPECT_TRUE(none.lost);
}

TEST(WinHttpMeaning, Unreachable) {
  for (const DWORD code : {DWORD{ERROR_WINHTTP_TIMEOUT}, DWORD{WSAETIMEDOUT},
                           DWORD{ERROR_WINHTTP_NAME_NOT_RESOLVED}, DWORD{ERROR_WINHTTP_CANNOT_CONNECT}}) {
    EXPECT_EQ(winhttp_meaning(code, 0, false).error, Error::server_unreachable) << code;
    EXPECT_FALSE(winhttp_meaning(code, 0, false).lost) << code;
  }
  for (const DWORD code : {DWORD{ERROR_WINHTTP_CONNECTION_ERROR}, DWORD{ERROR_WINHTTP_RESEND_REQUEST},
                           DWORD{WSAECONNRESET}, DWORD{ERROR_OUTOFMEMORY}}) {
    EXPECT_EQ(winhttp_meaning(code, 0, true).error, Error::server_unreachable) << code;
    EXPECT_TRUE(winhttp_meaning(code, 0, true).lost) << code;
  }
}

}  // namespace
}  // namespace cardea::upstream
