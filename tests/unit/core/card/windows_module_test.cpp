// SPDX-License-Identifier: Apache-2.0
// Which file a module's name stands for on Windows, and which is not loaded.
#include <gtest/gtest.h>

#include "core/card/pkcs11_module.h"

namespace cardea::card {
namespace {

TEST(ResolveModule, IsAnAbsolutePath) {
  EXPECT_EQ(resolve_module("C:\\Program Files\\OpenSC\\opensc-pkcs11.dll").value(),
            "C:\\Program Files\\OpenSC\\opensc-pkcs11.dll");
  for (const char* name : {"", "opensc-pkcs11.dll", "\\\\server\\share\\module.dll", "..\\module.dll",
                           "C:module.dll", "C:\\Program Files\\..\\module.dll"}) {
    EXPECT_EQ(resolve_module(name).error(), Error::invalid_argument) << name;
  }
}

TEST(LoadModule, RefusesWhatIsNoModule) {
  EXPECT_EQ(Pkcs11Module::load("C:\\no\\such\\module.dll").error(), Error::io_failed);
  EXPECT_EQ(Pkcs11Module::load("C:\\windows\\system32\\version.dll").error(), Error::card_unsupported);
}

}  // namespace
}  // namespace cardea::card
