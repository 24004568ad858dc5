// SPDX-License-Identifier: Apache-2.0
// The registry's kill switch and the start-up sentinel, as LogonUI meets them.
#include "credprov/model/start_sentinel.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

constexpr const wchar_t* kPending = L"StartsPending";

class SentinelTest : public LogonUiTest {};

TEST_F(SentinelTest, KillSwitch) {
  set_value(L"Disabled", 1);
  for (const auto scenario : {CPUS_LOGON, CPUS_UNLOCK_WORKSTATION, CPUS_CREDUI, CPUS_CHANGE_PASSWORD}) {
    EXPECT_EQ(make_provider(scenario), E_NOTIMPL);
    end();
  }
  set_value(L"Disabled", 0);
  EXPECT_EQ(make_provider(), S_OK);
}

TEST_F(SentinelTest, KillSwitchOfPolicy) {
  set_policy(L"Disabled", 1);
  set_value(L"Disabled", 0);
  EXPECT_EQ(make_provider(), E_NOTIMPL);
  end();
  set_value(L"Disabled", 1);
  set_policy(L"Disabled", 0);
  EXPECT_EQ(make_provider(), E_NOTIMPL) << "either of the two";
  end();
  set_value(L"Disabled", 0);
  EXPECT_EQ(make_provider(), S_OK);
}

TEST_F(SentinelTest, AStartCountsUntilItIsProven) {
  start();
  EXPECT_EQ(value(kPending, 99), 1u);
  end();
  EXPECT_EQ(value(kPending, 99), 0u) << "ended in good order";
  set_value(kProvenValue, 1);
  start();
  EXPECT_TRUE(eventually([] { return value(kPending, 99) == 0; })) << "lived long enough";
}

TEST_F(SentinelTest, AfterTooManyFailedStartsNothingIsOffered) {
  for (DWORD crashes = 0; crashes < kMaxStartsPending; ++crashes) {
    ASSERT_EQ(make_provider(), S_OK) << crashes;
    EXPECT_EQ(value(kPending, 99), crashes + 1);
    end();
    set_value(kPending, crashes + 1);  // as if LogonUI had died instead
  }
  EXPECT_EQ(make_provider(), E_NOTIMPL);
  end();
  EXPECT_EQ(value(kPending, 99), kMaxStartsPending) << "standing down proves nothing";
  EXPECT_EQ(make_provider(CPUS_CREDUI), S_OK) << "programs' prompts are no logon screen";
  end();
  set_value(kPending, 0);  // an administrator
  EXPECT_EQ(make_provider(), S_OK);
}

}  // namespace
}  // namespace cardea::credprov::test
