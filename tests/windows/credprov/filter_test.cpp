// SPDX-License-Identifier: Apache-2.0
// The filter as LogonUI calls it. The rules themselves: tests/unit/credprov/filter_rules_test.cpp.
#include "credprov/model/start_sentinel.h"
#include "credprov/windows/module.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

// The password provider of Windows, and somebody else's.
constexpr GUID kPassword = {0x60b78e88, 0xead8, 0x445c, {0x9c, 0xfd, 0x0b, 0x87, 0xf7, 0x4e, 0xa6, 0xcd}};
constexpr GUID kOther = {0x11111111, 0x2222, 0x3333, {4, 4, 4, 4, 4, 4, 4, 4}};

class FilterTest : public LogonUiTest {
 protected:
  FilterTest() {
    EXPECT_EQ(CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER,
                               __uuidof(ICredentialProviderFilter), reinterpret_cast<void**>(&filter)),
              S_OK);
  }
  ~FilterTest() override { EXPECT_EQ(filter->Release(), 0u); }
  // Which of password, ours, other remain: "pco".
  std::string remaining(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario = CPUS_LOGON, DWORD flags = 0) {
    GUID providers[] = {kPassword, kProviderClass, kOther};
    BOOL allow[] = {TRUE, TRUE, TRUE};
    EXPECT_EQ(filter->Filter(scenario, flags, providers, allow, 3), S_OK);
    std::string out;
    for (int i = 0; i < 3; ++i) {
      if (allow[i]) out += "pco"[i];
    }
    return out;
  }
  ICredentialProviderFilter* filter = nullptr;
};

TEST_F(FilterTest, OffByDefault) { EXPECT_EQ(remaining(), "pco"); }

TEST_F(FilterTest, HidesOthersButTheAllowed) {
  set_value(L"HideOtherProviders", 1);
  EXPECT_EQ(remaining(), "c");
  EXPECT_EQ(remaining(CPUS_UNLOCK_WORKSTATION), "c");
  EXPECT_EQ(remaining(CPUS_CHANGE_PASSWORD), "pco");
  EXPECT_EQ(remaining(CPUS_CREDUI), "pco");
  EXPECT_EQ(remaining(CPUS_CREDUI, 0x1000), "c");
  EXPECT_EQ(remaining(CPUS_PLAP), "pco");
  set_list(L"AllowedProviders", {L"not a class", L"{11111111-2222-3333-0404-040404040404}"});
  EXPECT_EQ(remaining(), "co");
}

TEST_F(FilterTest, HidesNothingWhenSomethingIsWrongWithUs) {
  set_value(L"HideOtherProviders", 1);
  ASSERT_EQ(remaining(), "c");
  set_value(L"Disabled", 1);
  EXPECT_EQ(remaining(), "pco");
  set_value(L"Disabled", 0);
  set_value(kSafeModeValue, 1);
  EXPECT_EQ(remaining(), "pco");
  set_value(kSafeModeValue, 0);
  for (DWORD i = 0; i < kMaxStartsPending; ++i) {
    EXPECT_EQ(remaining(), "c");
    ASSERT_EQ(make_provider(), S_OK);
    end();
    ICredentialProvider* crashed = nullptr;
    EXPECT_EQ(CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER, __uuidof(ICredentialProvider),
                               reinterpret_cast<void**>(&crashed)),
              S_OK);
    EXPECT_EQ(crashed->SetUsageScenario(CPUS_LOGON, 0), S_OK);
    crashed->Release();
    set_value(L"StartsPending", i + 1);
  }
  EXPECT_EQ(remaining(), "pco");
  set_value(L"StartsPending", 0);
  set_value(L"HideOtherProviders", 2);  // no such value
  EXPECT_EQ(remaining(), "pco");
}

TEST_F(FilterTest, ListInOneString) {
  set_value(L"HideOtherProviders", 1);
  set_text(L"AllowedProviders",
           L"{60b78e88-ead8-445c-9cfd-0b87f74ea6cd};;{};{11111111-2222-3333-0404-040404040404}");
  EXPECT_EQ(remaining(), "pco");
  set_text(L"AllowedProviders", L"{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}");
  EXPECT_EQ(remaining(), "pc");
  set_text(L"AllowedProviders", L"");
  EXPECT_EQ(remaining(), "c");
  // Longer than is read: nothing of it counts.
  std::wstring endless;
  while (endless.size() < 10'000)
    endless += L"{60b78e88-ead8-445c-9cfd-0b87f74ea6cd};";
  set_text(L"AllowedProviders", endless);
  EXPECT_EQ(remaining(), "c");
}

TEST_F(FilterTest, PolicyWins) {
  set_policy(L"HideOtherProviders", 1);
  EXPECT_EQ(remaining(), "c") << "nothing set at the computer";
  set_value(L"HideOtherProviders", 0);
  EXPECT_EQ(remaining(), "c");
  set_list(L"AllowedProviders", {L"{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}"});
  EXPECT_EQ(remaining(), "pc") << "no policy for this value";
  set_policy_list(L"AllowedProviders", {L"{11111111-2222-3333-0404-040404040404}"});
  EXPECT_EQ(remaining(), "co");
  set_policy_list(L"AllowedProviders", {});
  EXPECT_EQ(remaining(), "c") << "an empty list is one";
  set_value(L"HideOtherProviders", 1);
  set_policy(L"HideOtherProviders", 0);
  EXPECT_EQ(remaining(), "pco");
  set_policy_list(L"HideOtherProviders", {L"1"});
  EXPECT_EQ(remaining(), "c") << "of another type: no policy";
}

TEST_F(FilterTest, EitherKillSwitchHidesNothing) {
  set_policy(L"HideOtherProviders", 1);
  set_policy(L"Disabled", 1);
  set_value(L"Disabled", 0);
  EXPECT_EQ(remaining(), "pco");
  set_policy(L"Disabled", 0);
  EXPECT_EQ(remaining(), "c");
  set_value(L"Disabled", 1);
  EXPECT_EQ(remaining(), "pco")
      << "policy doesn't take the way back from whoever stands in front of the computer";
}

TEST_F(FilterTest, OddCalls) {
  set_value(L"HideOtherProviders", 1);
  GUID provider = kPassword;
  BOOL allow = TRUE;
  EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, nullptr, nullptr, 0), S_OK);
  EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, nullptr, &allow, 1), E_INVALIDARG);
  EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, &provider, nullptr, 1), E_INVALIDARG);
  EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, &provider, &allow, 0xFFFFFFFF), E_INVALIDARG);
  EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, &provider, &allow, 1), S_OK);
  EXPECT_TRUE(allow) << "the only one is never hidden";
}

}  // namespace

TEST(FilterWithoutDaemon, HidesNothing) {
  remove_values();
  HANDLE foreign = INVALID_HANDLE_VALUE;  // in the second round: a pipe of its name that is not the daemon's
  set_value(L"HideOtherProviders", 1);
  ICredentialProviderFilter* filter = nullptr;
  ASSERT_EQ(CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER,
                             __uuidof(ICredentialProviderFilter), reinterpret_cast<void**>(&filter)),
            S_OK);
  for (const bool squatted : {false, true}) {
    if (squatted) {
      foreign =
          CreateNamedPipeW(pipe_path().c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 64, 64, 0, nullptr);
      EXPECT_NE(foreign, INVALID_HANDLE_VALUE);
    }
    GUID providers[] = {kPassword, kProviderClass};
    BOOL allow[] = {TRUE, TRUE};
    EXPECT_EQ(filter->Filter(CPUS_LOGON, 0, providers, allow, 2), S_OK);
    EXPECT_TRUE(allow[0] && allow[1]) << squatted;
  }
  CloseHandle(foreign);
  EXPECT_EQ(filter->Release(), 0u);
  remove_values();
}

}  // namespace cardea::credprov::test
