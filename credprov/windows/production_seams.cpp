// SPDX-License-Identifier: Apache-2.0
// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <ntsecapi.h>
// clang-format on

#include "credprov/model/start_sentinel.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {
namespace {

class ProductionSeams final : public Seams {
 public:
  bool logon_package(ULONG& number) noexcept override {
    HANDLE lsa = nullptr;
    if (LsaConnectUntrusted(&lsa) != 0) return false;
    char name[] = "Negotiate";
    LSA_STRING text{sizeof name - 1, sizeof name, name};
    const bool known = LsaLookupAuthenticationPackage(lsa, &text, &number) == 0;
    (void)LsaDeregisterLogonProcess(lsa);
    return known;
  }
  HKEY settings_root() noexcept override { return HKEY_LOCAL_MACHINE; }
  const wchar_t* settings_key() noexcept override { return L"SOFTWARE\\Cardea\\CredentialProvider"; }
  const wchar_t* policy_key() noexcept override { return L"SOFTWARE\\Policies\\Cardea\\CredentialProvider"; }
  const wchar_t* daemon_pipe() noexcept override { return client::kDaemonPipe; }
  client::PipeOwner pipe_owner() noexcept override { return client::PipeOwner::system; }
  bool safe_mode() noexcept override { return GetSystemMetrics(SM_CLEANBOOT) != 0; }
  const Clock& clock() noexcept override { return clock_; }
  CardWatch::Pauses watch_pauses() noexcept override { return {}; }
  DWORD proven_ms() noexcept override { return kProvenMs; }

 private:
  SystemClock clock_;
};

}  // namespace

Seams& seams() noexcept {
  static ProductionSeams production;
  return production;
}

}  // namespace cardea::credprov
