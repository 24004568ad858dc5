// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/credential.h"

#include <cwchar>

#include "credprov/model/utf16.h"
#include "credprov/windows/fields.h"
#include "credprov/windows/tile_image.h"

namespace cardea::credprov {
namespace {

constexpr std::size_t kMaxTypedUnits = 1'024;  // the longest answer the daemon takes
constexpr LONG kNoSuchPackage = static_cast<LONG>(0xC00000FE);

// How long a string is, looked at no further than the limit.
std::size_t bounded_length(LPCWSTR text, std::size_t limit) noexcept {
  std::size_t length = 0;
  while (length < limit && text[length] != L'\0')
    ++length;
  return length;
}

}  // namespace

Credential::Credential(std::shared_ptr<Session> session, std::string sid,
                       std::shared_ptr<ProviderPort> provider, Seams& seams)
    : session_(std::move(session)),
      sid_(std::move(sid)),
      port_(std::make_shared<CredentialPort>(session_, std::move(provider))),
      seams_(seams) {
  session_->attach(port_);
}

Credential::~Credential() { close(); }

void Credential::close() noexcept {
  session_->close();
  port_->detach();
}

STDMETHODIMP Credential::QueryInterface(REFIID iid, void** out) noexcept {
  if (out == nullptr) return E_POINTER;
  *out = nullptr;
  if (iid == __uuidof(IUnknown) || iid == __uuidof(ICredentialProviderCredential) ||
      iid == __uuidof(ICredentialProviderCredential2)) {
    AddRef();
    *out = static_cast<ICredentialProviderCredential2*>(this);
    return S_OK;
  }
  return E_NOINTERFACE;
}

STDMETHODIMP_(ULONG) Credential::Release() noexcept {
  const ULONG left = references_.remove();
  if (left == 0) delete this;
  return left;
}

STDMETHODIMP Credential::Advise(ICredentialProviderCredentialEvents* events) noexcept {
  return guarded([&] {
    if (events == nullptr) return E_INVALIDARG;
    port_->attach(this, events);
    return S_OK;
  });
}

STDMETHODIMP Credential::UnAdvise() noexcept {
  port_->detach();
  return S_OK;
}

STDMETHODIMP Credential::SetSelected(BOOL* auto_logon) noexcept {
  return guarded([&] {
    if (auto_logon == nullptr) return E_INVALIDARG;
    *auto_logon = session_->select() ? TRUE : FALSE;
    return S_OK;
  });
}

STDMETHODIMP Credential::SetDeselected() noexcept {
  return guarded([&] {
    session_->deselect();
    return S_OK;
  });
}

STDMETHODIMP Credential::GetFieldState(DWORD id, CREDENTIAL_PROVIDER_FIELD_STATE* state,
                                       CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE* interactive) noexcept {
  return guarded([&] {
    const std::optional<Field> field = field_of(id);
    if (!field || state == nullptr || interactive == nullptr) return E_INVALIDARG;
    const View view = session_->view();
    const FieldView& shown = view.fields[index_of(*field)];
    *state = state_of(*field, shown);
    *interactive = interactive_state_of(shown);
    return S_OK;
  });
}

STDMETHODIMP Credential::GetStringValue(DWORD id, LPWSTR* text) noexcept {
  return guarded([&]() -> HRESULT {
    if (text == nullptr) return E_INVALIDARG;
    *text = nullptr;
    const std::optional<Field> field = field_of(id);
    if (!field || *field == Field::image || *field == Field::submit) return E_INVALIDARG;
    return give_string(session_->shown_text(*field), text);
  });
}

STDMETHODIMP Credential::GetBitmapValue(DWORD id, HBITMAP* bitmap) noexcept {
  if (bitmap == nullptr) return E_INVALIDARG;
  *bitmap = nullptr;
  if (field_of(id) != Field::image) return E_INVALIDARG;
  *bitmap = make_tile_image();
  return *bitmap == nullptr ? E_OUTOFMEMORY : S_OK;
}

STDMETHODIMP Credential::GetSubmitButtonValue(DWORD id, DWORD* adjacent) noexcept {
  return guarded([&] {
    if (adjacent == nullptr || field_of(id) != Field::submit) return E_INVALIDARG;
    *adjacent = static_cast<DWORD>(index_of(session_->view().submit_after));
    return S_OK;
  });
}

STDMETHODIMP Credential::SetStringValue(DWORD id, LPCWSTR text) noexcept {
  return guarded([&] {
    const std::optional<Field> field = field_of(id);
    if (!field || text == nullptr || !is_typed(*field)) return E_INVALIDARG;
    const std::size_t length = bounded_length(text, kMaxTypedUnits + 1);
    if (length > kMaxTypedUnits) {
      session_->type(*field, SecretBytes(), true);
      return S_OK;
    }
    Result<SecretBytes> typed = secret_from_utf16({reinterpret_cast<const char16_t*>(text), length});
    if (!typed.ok()) return E_INVALIDARG;
    session_->type(*field, std::move(typed).value());
    return S_OK;
  });
}

STDMETHODIMP Credential::CommandLinkClicked(DWORD id) noexcept {
  return guarded([&] {
    if (field_of(id) != Field::link) return E_INVALIDARG;
    session_->press_link();
    return S_OK;
  });
}

STDMETHODIMP Credential::GetSerialization(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE* response,
                                          CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization,
                                          LPWSTR* text, CREDENTIAL_PROVIDER_STATUS_ICON* icon) noexcept {
  return guarded([&] {
    if (response == nullptr || serialization == nullptr || text == nullptr || icon == nullptr)
      return E_INVALIDARG;
    *response = CPGSR_NO_CREDENTIAL_NOT_FINISHED;
    *serialization = {};
    *text = nullptr;
    *icon = CPSI_NONE;
    return serialize(response, serialization, text, icon);
  });
}

// What is not finished says so in the tile, never in a window of LogonUI's that must be closed.
HRESULT Credential::serialize(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE* response,
                              CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION* serialization, LPWSTR* text,
                              CREDENTIAL_PROVIDER_STATUS_ICON* icon) {
  const std::string before = session_->message();
  SecretBytes packed;
  switch (session_->submit(packed)) {
    case Submitted::not_finished:
      return S_OK;
    case Submitted::finished:
      *response = CPGSR_NO_CREDENTIAL_FINISHED;
      *icon = CPSI_SUCCESS;
      return give_string(before, text);
    case Submitted::credential:
      break;
  }
  ULONG package = 0;
  auto* const bytes = static_cast<BYTE*>(CoTaskMemAlloc(packed.size()));
  if (bytes == nullptr || !seams_.logon_package(package)) {
    CoTaskMemFree(bytes);
    session_->reported(static_cast<NtStatus>(kNoSuchPackage), 0);
    return S_OK;
  }
  std::memcpy(bytes, packed.expose().data(), packed.size());
  serialization->ulAuthenticationPackage = package;
  serialization->clsidCredentialProvider = kProviderClass;
  serialization->cbSerialization = static_cast<ULONG>(packed.size());
  serialization->rgbSerialization = bytes;
  *response = CPGSR_RETURN_CREDENTIAL_FINISHED;
  return S_OK;
}

STDMETHODIMP Credential::ReportResult(LONG status, LONG substatus, LPWSTR* text,
                                      CREDENTIAL_PROVIDER_STATUS_ICON* icon) noexcept {
  return guarded([&]() -> HRESULT {
    if (text != nullptr) *text = nullptr;
    if (icon != nullptr) *icon = CPSI_NONE;
    session_->reported(static_cast<NtStatus>(status), static_cast<NtStatus>(substatus));
    if (status == 0 || text == nullptr || icon == nullptr) return S_OK;
    const std::string message = session_->message();
    if (message.empty()) return S_OK;
    *icon = CPSI_ERROR;
    return give_string(message, text);
  });
}

STDMETHODIMP Credential::GetUserSid(LPWSTR* sid) noexcept {
  return guarded([&]() -> HRESULT {
    if (sid == nullptr) return E_INVALIDARG;
    *sid = nullptr;
    if (sid_.empty()) return S_FALSE;
    return give_string(sid_, sid);
  });
}

}  // namespace cardea::credprov
