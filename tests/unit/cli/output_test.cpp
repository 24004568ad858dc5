// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace cardea::cli {
namespace {

struct Printed {
  ExitCode code;
  std::string out, err;
};

template <typename Act>
Printed printed(Act act) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const ExitCode code = act();
  std::string err = testing::internal::GetCapturedStderr();
  return {code, testing::internal::GetCapturedStdout(), err};
}

TEST(Output, PeopleGetTheMessage) {
  Output output(false);
  const Printed done = printed([&] { return output.done("Secure mode is on.", R"({"gate":"on"})"); });
  EXPECT_EQ(done.code, ExitCode::done);
  EXPECT_EQ(done.out, "Secure mode is on.\n");
  const Printed failed = printed([&] { return output.failed(Error::pin_locked, "This card is locked."); });
  EXPECT_EQ(failed.code, ExitCode::locked);
  EXPECT_EQ(failed.out, "");
  EXPECT_EQ(failed.err, "cardea: This card is locked. Run “cardea card unblock”, or use an access key.\n");
}

TEST(Output, ScriptsGetOneObject) {
  Output output(true);
  output.reveal("sheet-code", "Your sheet", as_bytes("7Q4KX \"x\""));
  const Printed done = printed([&] { return output.done("Done.", R"( {"state":"ok"} )"); });
  EXPECT_EQ(done.out, "{\"sheet-code\":\"7Q4KX \\\"x\\\"\",\"state\":\"ok\"}\n");
  const Printed empty = printed([&] { return Output(true).done("Done.", ""); });
  EXPECT_EQ(empty.out, "{}\n");
  const Printed failed =
      printed([&] { return Output(true).failed(Error::card_absent, "", R"({"wait":3})"); });
  EXPECT_EQ(failed.out,
            "{\"error\":\"card-absent\",\"message\":\"There is no card in the reader. Insert your "
            "card.\",\"wait\":3}\n");
  EXPECT_EQ(failed.code, ExitCode::card);
}

TEST(Output, SeveralSecretsOfOnePurposeAreAList) {
  Output output(true);
  output.reveal("record", "", as_bytes("one"));
  output.reveal("sheet-code", "", as_bytes("s"));
  output.reveal("record", "", Bytes{0xff, 0x00});
  EXPECT_EQ(printed([&] { return output.done("", "{}"); }).out,
            "{\"record\":[\"one\",{\"base64\":\"/wA=\"}],\"sheet-code\":\"s\"}\n");
}

TEST(Output, TerminalsGetNoControlCharacters) {
  EXPECT_EQ(showable("a\x1b[31m\tb\n\xC2\x9Bz\xff€"), "a?[31m?b\n?z?€");
  EXPECT_EQ(json_string("\x1b\"\\\n€"), "\"\\u001b\\\"\\\\\\u000a€\"");
}

TEST(Output, RevealedIsShownToPeopleAtOnce) {
  Output output(false);
  testing::internal::CaptureStdout();
  EXPECT_TRUE(output.reveal("sheet-code", "Your recovery sheet:", as_bytes("7Q4KX")));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "Your recovery sheet:\n7Q4KX\n");
}

}  // namespace
}  // namespace cardea::cli
