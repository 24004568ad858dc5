// SPDX-License-Identifier: Apache-2.0
// Asks filter_rules which providers remain. Off unless the administrator switches it on.
#pragma once

#include "credprov/windows/com.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {

class ProviderFilter final : public ICredentialProviderFilter {
 public:
  explicit ProviderFilter(Seams& seams) noexcept : seams_(seams) {}
  ProviderFilter(const ProviderFilter&) = delete;
  ProviderFilter& operator=(const ProviderFilter&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** out) noexcept override;
  STDMETHODIMP_(ULONG) AddRef() noexcept override { return references_.add(); }
  STDMETHODIMP_(ULONG) Release() noexcept override;

  STDMETHODIMP Filter(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD flags, GUID* providers, BOOL* allow,
                      DWORD count) noexcept override;
  STDMETHODIMP UpdateRemoteCredential(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* in,
                                      CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* out) noexcept override;

 private:
  ~ProviderFilter() = default;

  RefCount references_;
  Seams& seams_;
};

}  // namespace cardea::credprov
