// SPDX-License-Identifier: Apache-2.0
// What LogonUI makes first: says for which users there are tiles, and watches the reader while it is advised.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "credprov/model/card_watch.h"
#include "credprov/windows/credential.h"
#include "credprov/windows/settings.h"
#include "credprov/windows/start_proof.h"
#include "credprov/windows/windows_outside.h"

namespace cardea::credprov {

class Provider final : public ICredentialProvider, public ICredentialProviderSetUserArray {
 public:
  explicit Provider(Seams& seams);
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** out) noexcept override;
  STDMETHODIMP_(ULONG) AddRef() noexcept override { return references_.add(); }
  STDMETHODIMP_(ULONG) Release() noexcept override;

  STDMETHODIMP SetUsageScenario(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario, DWORD flags) noexcept override;
  STDMETHODIMP SetSerialization(
      const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization) noexcept override;
  STDMETHODIMP Advise(ICredentialProviderEvents* events, UINT_PTR context) noexcept override;
  STDMETHODIMP UnAdvise() noexcept override;
  STDMETHODIMP GetFieldDescriptorCount(DWORD* count) noexcept override;
  STDMETHODIMP GetFieldDescriptorAt(DWORD index,
                                    CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR** out) noexcept override;
  STDMETHODIMP GetCredentialCount(DWORD* count, DWORD* preselected, BOOL* auto_logon) noexcept override;
  STDMETHODIMP GetCredentialAt(DWORD index, ICredentialProviderCredential** out) noexcept override;

  STDMETHODIMP SetUserArray(ICredentialProviderUserArray* users) noexcept override;

 private:
  struct User {
    std::string name;  // DOMAIN\name; empty: other user
    std::string sid;
    bool operator==(const User&) const = default;
  };
  ~Provider();
  void make_tiles();
  void end_tiles() noexcept;
  void stop_watch() noexcept;
  static std::vector<User> read_users(ICredentialProviderUserArray* users);
  [[nodiscard]] DWORD remote_users_tile() const;

  RefCount references_;
  Seams& seams_;
  const std::shared_ptr<WindowsOutside> outside_;
  const std::shared_ptr<ProviderPort> port_;
  std::mutex mutex_;
  Scenario scenario_ = Scenario::logon;
  DWORD flags_ = 0;
  bool usable_ = false;     // a scenario was set that we serve
  bool has_users_ = false;  // users_ is what LogonUI has said
  bool made_ = false;       // credentials_ is for users_
  std::string locale_ = "C", computer_;
  std::vector<User> users_;
  std::vector<ComPtr<Credential>> credentials_;
  std::string remote_user_;  // out of a serialization, as DOMAIN\name
  bool foreign_package_ = false;
  std::shared_ptr<CardWatch> watch_;
  std::shared_ptr<StartProof> proof_;
};

}  // namespace cardea::credprov
