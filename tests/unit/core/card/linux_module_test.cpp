// SPDX-License-Identifier: Apache-2.0
// Which file of this machine a module's name stands for, and which is not loaded.
#include <filesystem>

#include <gtest/gtest.h>

#include "core/card/pkcs11_module.h"
#include "tests/support/temp_dir.h"

namespace cardea::card {
namespace {

TEST(ResolveModule, FindsTheFileOfAP11KitName) {
  EXPECT_EQ(resolve_module("softhsm2").value(), "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so");
  const auto opensc = resolve_module("opensc-pkcs11");
  ASSERT_TRUE(opensc.ok());
  EXPECT_TRUE(opensc->starts_with('/'));
  EXPECT_TRUE(opensc->ends_with("/opensc-pkcs11.so"));
}

TEST(ResolveModule, RefusesNamesThatLeaveTheFolder) {
  for (const char* name : {"", "..", "../softhsm2", "a/b", "soft hsm", ".hidden"}) {
    EXPECT_EQ(resolve_module(name).error(), Error::invalid_argument) << name;
  }
  EXPECT_EQ(resolve_module("no-such-module").error(), Error::not_found);
}

TEST(LoadModule, RefusesAFileThatOthersCouldReplace) {
  test::TempDir directory;  // below a folder that everybody may write to
  const std::string copy = directory.file("module.so");
  std::filesystem::copy_file("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", copy);
  EXPECT_EQ(Pkcs11Module::load(copy).error(), Error::unsafe_file);
  EXPECT_EQ(Pkcs11Module::load("/no/such/module.so").error(), Error::not_found);
}

TEST(LoadModule, RefusesALibraryThatIsNoModule) {
  EXPECT_EQ(Pkcs11Module::load("/usr/lib/x86_64-linux-gnu/libm.so.6").error(), Error::card_unsupported);
}

}  // namespace
}  // namespace cardea::card
