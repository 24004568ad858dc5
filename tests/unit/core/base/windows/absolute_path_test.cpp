// SPDX-License-Identifier: Apache-2.0
#include "core/base/absolute_path.h"

#include <gtest/gtest.h>

namespace cardea {
namespace {

TEST(AbsolutePath, HasADriveOrIsAPipeOfThisComputer) {
  for (const auto* good : {"C:\\", "c:/x", "Z:\\ProgramData\\Cardea", "\\\\.\\pipe\\cardea-recoveryd"})
    EXPECT_TRUE(is_absolute_path(good)) << good;
  for (const auto* bad : {"", "C", "C:", "C:x", "/x", "\\x", "x\\y", "1:\\x", "\\\\server\\share\\x",
                          "\\\\.\\pipe\\", "\\\\.\\C:\\x", "\\\\server\\pipe\\cardea", "\\\\?\\C:\\x"})
    EXPECT_FALSE(is_absolute_path(bad)) << bad;
}

}  // namespace
}  // namespace cardea
