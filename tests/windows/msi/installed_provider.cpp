// SPDX-License-Identifier: Apache-2.0
// Makes the provider that is registered here, as LogonUI would, and says what it does: "file PATH" of the
// DLL, then "nothing" when no tile is offered, or "tiles N"; then what the filter leaves of two providers. 1
// when a call answers what it must not.
#include <cstdio>
#include <string>

#include <windows.h>

#include "credprov/windows/credential_provider_abi.h"
#include "credprov/windows/module.h"

namespace {

using namespace cardea::credprov;

int fail(const char* what, HRESULT result) {
  std::printf("%s: %08lx\n", what, static_cast<unsigned long>(result));
  return 1;
}

template <typename Interface>
Interface* make() {
  Interface* made = nullptr;
  const HRESULT result = CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER, __uuidof(Interface),
                                          reinterpret_cast<void**>(&made));
  if (FAILED(result)) (void)fail("CoCreateInstance", result);
  return made;
}

int fields(ICredentialProvider& provider, ICredentialProviderCredential& tile) {
  DWORD count = 0;
  if (provider.GetFieldDescriptorCount(&count) != S_OK || count == 0) return fail("fields", E_FAIL);
  for (DWORD i = 0; i < count; ++i) {
    CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR* field = nullptr;
    const HRESULT result = provider.GetFieldDescriptorAt(i, &field);
    if (result != S_OK || field == nullptr) return fail("GetFieldDescriptorAt", result);
    LPWSTR text = nullptr;
    if (tile.GetStringValue(field->dwFieldID, &text) == S_OK) CoTaskMemFree(text);
    CoTaskMemFree(field->pszLabel);
    CoTaskMemFree(field);
  }
  return 0;
}

// Without a daemon that is the system's: a tile that says so, and no credential.
int tile(ICredentialProvider& provider) {
  ICredentialProviderCredential* credential = nullptr;
  if (const HRESULT result = provider.GetCredentialAt(0, &credential); result != S_OK)
    return fail("GetCredentialAt", result);
  int failed = fields(provider, *credential);
  BOOL submit = FALSE;
  if (credential->SetSelected(&submit) != S_OK || submit) failed = fail("SetSelected", E_FAIL);
  CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE response = CPGSR_NO_CREDENTIAL_FINISHED;
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION buffer{};
  LPWSTR text = nullptr;
  CREDENTIAL_PROVIDER_STATUS_ICON icon = CPSI_NONE;
  const HRESULT result = credential->GetSerialization(&response, &buffer, &text, &icon);
  if (FAILED(result) || response == CPGSR_RETURN_CREDENTIAL_FINISHED)
    failed = fail("GetSerialization", result);
  CoTaskMemFree(text);
  if (credential->SetDeselected() != S_OK) failed = fail("SetDeselected", E_FAIL);
  (void)credential->Release();
  return failed;
}

int offered(ICredentialProvider& provider) {
  const HRESULT result = provider.SetUsageScenario(CPUS_LOGON, 0);
  if (result == E_NOTIMPL) {
    std::puts("nothing");
    return 0;
  }
  if (result != S_OK) return fail("SetUsageScenario", result);
  DWORD count = 0;
  DWORD preselected = 0;
  BOOL submit = TRUE;
  const HRESULT counted = provider.GetCredentialCount(&count, &preselected, &submit);
  if (counted != S_OK || count == 0 || submit) return fail("GetCredentialCount", counted);
  std::printf("tiles %lu\n", count);
  const int failed = tile(provider);
  return provider.UnAdvise() == S_OK ? failed : 1;
}

int filtered() {
  auto* filter = make<ICredentialProviderFilter>();
  if (filter == nullptr) return 1;
  constexpr GUID kPassword = {0x60b78e88, 0xead8, 0x445c, {0x9c, 0xfd, 0x0b, 0x87, 0xf7, 0x4e, 0xa6, 0xcd}};
  GUID providers[] = {kPassword, kProviderClass};
  BOOL allow[] = {TRUE, TRUE};
  const HRESULT result = filter->Filter(CPUS_LOGON, 0, providers, allow, 2);
  std::printf("filter %d %d\n", allow[0], allow[1]);
  (void)filter->Release();
  return result == S_OK ? 0 : fail("Filter", result);
}

int run() {
  auto* provider = make<ICredentialProvider>();
  if (provider == nullptr) return 1;
  char path[MAX_PATH] = "";
  (void)GetModuleFileNameA(GetModuleHandleA("CardeaCredentialProvider.dll"), path, sizeof path);
  std::printf("file %s\n", path);
  const int failed = offered(*provider);
  if (provider->Release() != 0) return fail("references", E_FAIL);
  return failed != 0 ? failed : filtered();
}

}  // namespace

int main() {
  if (FAILED(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED))) return 1;
  const int failed = run();
  CoUninitialize();
  return failed;
}
