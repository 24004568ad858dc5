// SPDX-License-Identifier: Apache-2.0
// One tile as LogonUI sees it. Translates; what happens is in credprov/model.
#pragma once

#include <memory>
#include <string>

#include "credprov/model/session.h"
#include "credprov/windows/credential_port.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {

class Credential final : public ICredentialProviderCredential2 {
 public:
  // Without `sid` it is the tile of “other user”.
  Credential(std::shared_ptr<Session> session, std::string sid, std::shared_ptr<ProviderPort> provider,
             Seams& seams);
  Credential(const Credential&) = delete;
  Credential& operator=(const Credential&) = delete;

  // Nothing of the tile goes on, whoever still holds it.
  void close() noexcept;
  [[nodiscard]] Session& session() const noexcept { return *session_; }

  STDMETHODIMP QueryInterface(REFIID iid, void** out) noexcept override;
  STDMETHODIMP_(ULONG) AddRef() noexcept override { return references_.add(); }
  STDMETHODIMP_(ULONG) Release() noexcept override;

  STDMETHODIMP Advise(ICredentialProviderCredentialEvents* events) noexcept override;
  STDMETHODIMP UnAdvise() noexcept override;
  STDMETHODIMP SetSelected(BOOL* auto_logon) noexcept override;
  STDMETHODIMP SetDeselected() noexcept override;
  STDMETHODIMP GetFieldState(DWORD id, CREDENTIAL_PROVIDER_FIELD_STATE* state,
                             CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE* interactive) noexcept override;
  STDMETHODIMP GetStringValue(DWORD id, LPWSTR* text) noexcept override;
  STDMETHODIMP GetBitmapValue(DWORD id, HBITMAP* bitmap) noexcept override;
  STDMETHODIMP GetCheckboxValue(DWORD, BOOL*, LPWSTR*) noexcept override { return E_INVALIDARG; }
  STDMETHODIMP GetSubmitButtonValue(DWORD id, DWORD* adjacent) noexcept override;
  STDMETHODIMP GetComboBoxValueCount(DWORD, DWORD*, DWORD*) noexcept override { return E_INVALIDARG; }
  STDMETHODIMP GetComboBoxValueAt(DWORD, DWORD, LPWSTR*) noexcept override { return E_INVALIDARG; }
  STDMETHODIMP SetStringValue(DWORD id, LPCWSTR text) noexcept override;
  STDMETHODIMP SetCheckboxValue(DWORD, BOOL) noexcept override { return E_INVALIDARG; }
  STDMETHODIMP SetComboBoxSelectedValue(DWORD, DWORD) noexcept override { return E_INVALIDARG; }
  STDMETHODIMP CommandLinkClicked(DWORD id) noexcept override;
  STDMETHODIMP GetSerialization(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE* response,
                                CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization, LPWSTR* text,
                                CREDENTIAL_PROVIDER_STATUS_ICON* icon) noexcept override;
  STDMETHODIMP ReportResult(LONG status, LONG substatus, LPWSTR* text,
                            CREDENTIAL_PROVIDER_STATUS_ICON* icon) noexcept override;
  STDMETHODIMP GetUserSid(LPWSTR* sid) noexcept override;

 private:
  ~Credential();
  HRESULT serialize(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE* response,
                    CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization, LPWSTR* text,
                    CREDENTIAL_PROVIDER_STATUS_ICON* icon);

  RefCount references_;
  const std::shared_ptr<Session> session_;
  const std::string sid_;
  const std::shared_ptr<CredentialPort> port_;
  Seams& seams_;
};

}  // namespace cardea::credprov
