// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/bail_out.h"

#include <gtest/gtest.h>

namespace cardea::nss {
namespace {

TEST(BailOut, OnlyInTheDaemonAndWhereSystemdSaysSo) {
  EXPECT_FALSE(environment_says_bail_out(nullptr, nullptr));
  EXPECT_TRUE(environment_says_bail_out("cardea-recoveryd.service", nullptr));
  EXPECT_TRUE(environment_says_bail_out("cardea-recoveryd.socket", nullptr));
  EXPECT_FALSE(environment_says_bail_out("ssh.service", nullptr));
  EXPECT_FALSE(environment_says_bail_out("cardea-recoveryd.service.evil", nullptr));
  EXPECT_FALSE(environment_says_bail_out("", ""));
  EXPECT_TRUE(environment_says_bail_out(nullptr, "1"));
  EXPECT_FALSE(environment_says_bail_out(nullptr, "0"));
}

}  // namespace
}  // namespace cardea::nss
