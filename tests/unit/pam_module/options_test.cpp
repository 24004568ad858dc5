// SPDX-License-Identifier: Apache-2.0
#include "pam_module/options.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cardea::pam {
namespace {

int parse(std::vector<const char*> arguments, Options& options) {
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), options);
}

TEST(PamOptions, DefaultsWithoutArguments) {
  Options options;
  EXPECT_EQ(parse({}, options), kAllOptionsGood);
  EXPECT_STREQ(options.socket, "/run/cardea/recoveryd.sock");
  EXPECT_EQ(options.timeout_s, 60u);
  EXPECT_EQ(options.wait_for_card_s, 0u);
  EXPECT_FALSE(options.ignore_unknown_user || options.try_first_pass || options.use_first_pass ||
               options.prompt_user || options.debug || options.quiet);
}

TEST(PamOptions, EveryOptionIsUnderstood) {
  Options options;
  EXPECT_EQ(parse({"socket=/srv/x.sock", "timeout=300", "wait_for_card=7", "ignore_unknown_user",
                   "try_first_pass", "prompt_user", "debug", "quiet"},
                  options),
            kAllOptionsGood);
  EXPECT_STREQ(options.socket, "/srv/x.sock");
  EXPECT_EQ(options.timeout_s, 300u);
  EXPECT_EQ(options.wait_for_card_s, 7u);
  EXPECT_TRUE(options.ignore_unknown_user && options.try_first_pass && options.prompt_user && options.debug &&
              options.quiet);
  Options other;
  EXPECT_EQ(parse({"use_first_pass"}, other), kAllOptionsGood);
  EXPECT_TRUE(other.use_first_pass);
}

TEST(PamOptions, EverythingElseIsNamed) {
  for (const char* bad : {"",
                          "Debug",
                          "debug=1",
                          "debugg",
                          "deb",
                          "nullok",
                          "timeout",
                          "timeout=",
                          "timeout=0",
                          "timeout=301",
                          "timeout=-1",
                          "timeout=+5",
                          "timeout= 5",
                          "timeout=5s",
                          "timeout=0x5",
                          "timeout=4294967297",
                          "wait_for_card=",
                          "wait_for_card=301",
                          "socket=",
                          "socket=relative.sock",
                          "socket",
                          "ignore_unknown_users",
                          "use_authtok"}) {
    Options options;
    EXPECT_EQ(parse({"debug", bad, "quiet"}, options), 1) << bad;
  }
}

TEST(PamOptions, ContradictionIsNamed) {
  Options options;
  EXPECT_EQ(parse({"try_first_pass", "use_first_pass"}, options), 1);
  Options other;
  EXPECT_EQ(parse({"use_first_pass", "debug", "try_first_pass"}, other), 2);
}

TEST(PamOptions, SocketPathHasTheLimitOfTheAddress) {
  Options options;
  const std::string longest = "socket=/" + std::string(106, 'x');
  EXPECT_EQ(parse({longest.c_str()}, options), kAllOptionsGood);
  const std::string longer = longest + "x";
  EXPECT_EQ(parse({longer.c_str()}, options), 0);
}

}  // namespace
}  // namespace cardea::pam
