// SPDX-License-Identifier: Apache-2.0
// Registers the test's DLL for all tests of the program, and looks at what a registration is.
#include <string>

#include "credprov/windows/module.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

std::string windows_path(std::string folder, const char* name) {
  for (char& c : folder) {
    if (c == '/') c = '\\';
  }
  return "Z:" + folder + "\\" + name;
}

class Registered final : public testing::Environment {
 public:
  void SetUp() override {
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
    const HMODULE dll = LoadLibraryA(windows_path(CARDEA_TEST_DLL_FOLDER, CARDEA_TEST_DLL).c_str());
    ASSERT_NE(dll, nullptr);
    ASSERT_EQ(dll_function("DllRegisterServer")(), S_OK);
  }
  void TearDown() override {
    EXPECT_EQ(dll_function("DllUnregisterServer")(), S_OK);
    CoUninitialize();
  }
};
const testing::Environment* const kRegistered = testing::AddGlobalTestEnvironment(new Registered);

bool has_key(const std::wstring& name) {
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, name.c_str(), 0, KEY_READ, &key) != ERROR_SUCCESS) return false;
  (void)RegCloseKey(key);
  return true;
}

const std::wstring kAuthentication = L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\";

TEST(Registration, IsWrittenAndTakenBack) {
  const std::wstring keys[] = {std::wstring(L"SOFTWARE\\Classes\\CLSID\\") + kProviderClassText,
                               kAuthentication + L"Credential Providers\\" + kProviderClassText,
                               kAuthentication + L"Credential Provider Filters\\" + kProviderClassText};
  for (const std::wstring& key : keys)
    EXPECT_TRUE(has_key(key));
  EXPECT_EQ(dll_function("DllUnregisterServer")(), S_OK);
  for (const std::wstring& key : keys)
    EXPECT_FALSE(has_key(key));
  EXPECT_EQ(dll_function("DllUnregisterServer")(), S_OK) << "once more is no error";
  EXPECT_EQ(dll_function("DllRegisterServer")(), S_OK);
}

TEST(Registration, OneClassTwoInterfaces) {
  using GetClassObject = HRESULT(WINAPI*)(REFCLSID, REFIID, void**);
  const auto get =
      reinterpret_cast<GetClassObject>(reinterpret_cast<void*>(dll_function("DllGetClassObject")));
  IClassFactory* factory = nullptr;
  EXPECT_EQ(get(kProviderClass, IID_IClassFactory, nullptr), E_POINTER);
  EXPECT_EQ(get(IID_IUnknown, IID_IClassFactory, reinterpret_cast<void**>(&factory)),
            CLASS_E_CLASSNOTAVAILABLE);
  ASSERT_EQ(get(kProviderClass, IID_IClassFactory, reinterpret_cast<void**>(&factory)), S_OK);
  EXPECT_EQ(dll_function("DllCanUnloadNow")(), S_FALSE);
  for (const IID& iid :
       {__uuidof(ICredentialProvider), __uuidof(ICredentialProviderFilter), __uuidof(IUnknown)}) {
    IUnknown* made = nullptr;
    ASSERT_EQ(factory->CreateInstance(nullptr, iid, reinterpret_cast<void**>(&made)), S_OK);
    void* nothing = &made;
    EXPECT_EQ(made->QueryInterface(IID_IClassFactory, &nothing), E_NOINTERFACE);
    EXPECT_EQ(nothing, nullptr);
    EXPECT_EQ(made->Release(), 0u);
  }
  void* nothing = nullptr;
  EXPECT_EQ(factory->CreateInstance(factory, IID_IUnknown, &nothing), CLASS_E_NOAGGREGATION);
  EXPECT_EQ(factory->CreateInstance(nullptr, IID_IClassFactory, &nothing), E_NOINTERFACE);
  EXPECT_EQ(factory->LockServer(TRUE), S_OK);
  EXPECT_EQ(factory->Release(), 0u);
  EXPECT_EQ(dll_function("DllCanUnloadNow")(), S_FALSE);
  ASSERT_EQ(get(kProviderClass, IID_IClassFactory, reinterpret_cast<void**>(&factory)), S_OK);
  EXPECT_EQ(factory->LockServer(FALSE), S_OK);
  EXPECT_EQ(factory->Release(), 0u);
  EXPECT_EQ(dll_function("DllCanUnloadNow")(), S_OK);
}

// The DLL that is shipped: its own seams, so no tests inside; under Wine no pipe is the system's.
TEST(RealDll, OffersATileAndAsksNobodyItDoesNotKnow) {
  const HMODULE dll = LoadLibraryA(windows_path(CARDEA_REAL_DLL_FOLDER, CARDEA_REAL_DLL).c_str());
  ASSERT_NE(dll, nullptr);
  using GetClassObject = HRESULT(WINAPI*)(REFCLSID, REFIID, void**);
  const auto get =
      reinterpret_cast<GetClassObject>(reinterpret_cast<void*>(GetProcAddress(dll, "DllGetClassObject")));
  const auto unload =
      reinterpret_cast<DllFunction>(reinterpret_cast<void*>(GetProcAddress(dll, "DllCanUnloadNow")));
  IClassFactory* factory = nullptr;
  ASSERT_EQ(get(kProviderClass, IID_IClassFactory, reinterpret_cast<void**>(&factory)), S_OK);
  ICredentialProvider* provider = nullptr;
  ASSERT_EQ(
      factory->CreateInstance(nullptr, __uuidof(ICredentialProvider), reinterpret_cast<void**>(&provider)),
      S_OK);
  EXPECT_EQ(factory->Release(), 0u);
  ASSERT_EQ(provider->SetUsageScenario(CPUS_CREDUI, 0), S_OK);
  DWORD count = 0, preselected = 0;
  BOOL wanted = TRUE;
  EXPECT_EQ(provider->GetCredentialCount(&count, &preselected, &wanted), S_OK);
  EXPECT_EQ(count, 1u);
  EXPECT_FALSE(wanted);
  EXPECT_EQ(provider->Release(), 0u);
  EXPECT_EQ(unload(), S_OK);
  EXPECT_TRUE(FreeLibrary(dll));
}

}  // namespace
}  // namespace cardea::credprov::test
