// SPDX-License-Identifier: Apache-2.0
// The interfaces between LogonUI and a credential provider. From the Windows SDK where it is installed; else
// declared here from public facts (interface ids, order of the methods, values), because mingw-w64 10 has no
// credentialprovider.h. abi_check.cpp holds the layouts fast.
#pragma once

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <objbase.h>
#include <propsys.h>
// clang-format on

#if __has_include(<credentialprovider.h>)
#include <credentialprovider.h>
#else
#pragma GCC system_header  // COM interfaces have no virtual destructor

enum CREDENTIAL_PROVIDER_USAGE_SCENARIO : DWORD {
  CPUS_INVALID = 0,
  CPUS_LOGON,
  CPUS_UNLOCK_WORKSTATION,
  CPUS_CHANGE_PASSWORD,
  CPUS_CREDUI,
  CPUS_PLAP
};
enum CREDENTIAL_PROVIDER_FIELD_TYPE : DWORD {
  CPFT_INVALID = 0,
  CPFT_LARGE_TEXT,
  CPFT_SMALL_TEXT,
  CPFT_COMMAND_LINK,
  CPFT_EDIT_TEXT,
  CPFT_PASSWORD_TEXT,
  CPFT_TILE_IMAGE,
  CPFT_CHECKBOX,
  CPFT_COMBOBOX,
  CPFT_SUBMIT_BUTTON
};
enum CREDENTIAL_PROVIDER_FIELD_STATE : DWORD {
  CPFS_HIDDEN = 0,
  CPFS_DISPLAY_IN_SELECTED_TILE,
  CPFS_DISPLAY_IN_DESELECTED_TILE,
  CPFS_DISPLAY_IN_BOTH
};
enum CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE : DWORD {
  CPFIS_NONE = 0,
  CPFIS_READONLY,
  CPFIS_DISABLED,
  CPFIS_FOCUSED
};
enum CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE : DWORD {
  CPGSR_NO_CREDENTIAL_NOT_FINISHED = 0,
  CPGSR_NO_CREDENTIAL_FINISHED,
  CPGSR_RETURN_CREDENTIAL_FINISHED,
  CPGSR_RETURN_NO_CREDENTIAL_FINISHED
};
enum CREDENTIAL_PROVIDER_STATUS_ICON : DWORD { CPSI_NONE = 0, CPSI_ERROR, CPSI_WARNING, CPSI_SUCCESS };
enum CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS : DWORD {
  CPAO_NONE = 0,
  CPAO_EMPTY_LOCAL = 1,
  CPAO_EMPTY_CONNECTED = 2
};
enum CREDENTIAL_PROVIDER_CREDENTIAL_FIELD_OPTIONS : DWORD { CPCFO_NONE = 0 };
#define CREDENTIAL_PROVIDER_NO_DEFAULT ((DWORD)-1)

struct CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR {
  DWORD dwFieldID;
  CREDENTIAL_PROVIDER_FIELD_TYPE cpft;
  LPWSTR pszLabel;
  GUID guidFieldType;
};
struct CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION {
  ULONG ulAuthenticationPackage;
  GUID clsidCredentialProvider;
  ULONG cbSerialization;
  BYTE* rgbSerialization;
};

struct ICredentialProviderCredential;

struct ICredentialProviderCredentialEvents : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetFieldState(ICredentialProviderCredential*, DWORD,
                                                  CREDENTIAL_PROVIDER_FIELD_STATE) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldInteractiveState(ICredentialProviderCredential*, DWORD,
                                                             CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldString(ICredentialProviderCredential*, DWORD, LPCWSTR) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldCheckbox(ICredentialProviderCredential*, DWORD, BOOL,
                                                     LPCWSTR) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldBitmap(ICredentialProviderCredential*, DWORD, HBITMAP) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldComboBoxSelectedItem(ICredentialProviderCredential*, DWORD,
                                                                 DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteFieldComboBoxItem(ICredentialProviderCredential*, DWORD, DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE AppendFieldComboBoxItem(ICredentialProviderCredential*, DWORD,
                                                            LPCWSTR) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldSubmitButton(ICredentialProviderCredential*, DWORD, DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE OnCreatingWindow(HWND*) = 0;
};
struct ICredentialProviderCredentialEvents2 : public ICredentialProviderCredentialEvents {
  virtual HRESULT STDMETHODCALLTYPE BeginFieldUpdates() = 0;
  virtual HRESULT STDMETHODCALLTYPE EndFieldUpdates() = 0;
  virtual HRESULT STDMETHODCALLTYPE SetFieldOptions(ICredentialProviderCredential*, DWORD,
                                                    CREDENTIAL_PROVIDER_CREDENTIAL_FIELD_OPTIONS) = 0;
};
struct ICredentialProviderEvents : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE CredentialsChanged(UINT_PTR) = 0;
};

struct ICredentialProviderCredential : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Advise(ICredentialProviderCredentialEvents*) = 0;
  virtual HRESULT STDMETHODCALLTYPE UnAdvise() = 0;
  virtual HRESULT STDMETHODCALLTYPE SetSelected(BOOL*) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetDeselected() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetFieldState(DWORD, CREDENTIAL_PROVIDER_FIELD_STATE*,
                                                  CREDENTIAL_PROVIDER_FIELD_INTERACTIVE_STATE*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetStringValue(DWORD, LPWSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetBitmapValue(DWORD, HBITMAP*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetCheckboxValue(DWORD, BOOL*, LPWSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetSubmitButtonValue(DWORD, DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetComboBoxValueCount(DWORD, DWORD*, DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetComboBoxValueAt(DWORD, DWORD, LPWSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetStringValue(DWORD, LPCWSTR) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetCheckboxValue(DWORD, BOOL) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetComboBoxSelectedValue(DWORD, DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE CommandLinkClicked(DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetSerialization(CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE*,
                                                     CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION*, LPWSTR*,
                                                     CREDENTIAL_PROVIDER_STATUS_ICON*) = 0;
  virtual HRESULT STDMETHODCALLTYPE ReportResult(LONG, LONG, LPWSTR*, CREDENTIAL_PROVIDER_STATUS_ICON*) = 0;
};
struct ICredentialProviderCredential2 : public ICredentialProviderCredential {
  virtual HRESULT STDMETHODCALLTYPE GetUserSid(LPWSTR*) = 0;
};

struct ICredentialProvider : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetUsageScenario(CREDENTIAL_PROVIDER_USAGE_SCENARIO, DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetSerialization(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION*) = 0;
  virtual HRESULT STDMETHODCALLTYPE Advise(ICredentialProviderEvents*, UINT_PTR) = 0;
  virtual HRESULT STDMETHODCALLTYPE UnAdvise() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetFieldDescriptorCount(DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetFieldDescriptorAt(DWORD, CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetCredentialCount(DWORD*, DWORD*, BOOL*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetCredentialAt(DWORD, ICredentialProviderCredential**) = 0;
};
struct ICredentialProviderFilter : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Filter(CREDENTIAL_PROVIDER_USAGE_SCENARIO, DWORD, GUID*, BOOL*,
                                           DWORD) = 0;
  virtual HRESULT STDMETHODCALLTYPE UpdateRemoteCredential(
      const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION*, CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION*) = 0;
};
struct ICredentialProviderUser : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetSid(LPWSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetProviderID(GUID*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetStringValue(REFPROPERTYKEY, LPWSTR*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetValue(REFPROPERTYKEY, PROPVARIANT*) = 0;
};
struct ICredentialProviderUserArray : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetProviderFilter(REFGUID) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetAccountOptions(CREDENTIAL_PROVIDER_ACCOUNT_OPTIONS*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetCount(DWORD*) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetAt(DWORD, ICredentialProviderUser**) = 0;
};
struct ICredentialProviderSetUserArray : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetUserArray(ICredentialProviderUserArray*) = 0;
};

// clang-format off
__CRT_UUID_DECL(ICredentialProvider, 0xd27c3481, 0x5a1c, 0x45b2, 0x8a, 0xaa, 0xc2, 0x0e, 0xbb, 0xe8, 0x22, 0x9e)
__CRT_UUID_DECL(ICredentialProviderCredential, 0x63913a93, 0x40c1, 0x481a, 0x81, 0x8d, 0x40, 0x72, 0xff, 0x8c, 0x70, 0xcc)
__CRT_UUID_DECL(ICredentialProviderCredential2, 0xfd672c54, 0x40ea, 0x4d6e, 0x9b, 0x49, 0xcf, 0xb1, 0xa7, 0x50, 0x7b, 0xd7)
__CRT_UUID_DECL(ICredentialProviderCredentialEvents, 0xfa6fa76b, 0x66b7, 0x4b11, 0x95, 0xf1, 0x86, 0x17, 0x11, 0x18, 0xe8, 0x16)
__CRT_UUID_DECL(ICredentialProviderCredentialEvents2, 0xb53c00b6, 0x9922, 0x4b78, 0xb1, 0xf4, 0xdd, 0xfe, 0x77, 0x4d, 0xc3, 0x9b)
__CRT_UUID_DECL(ICredentialProviderEvents, 0x34201e5a, 0xa787, 0x41a3, 0xa5, 0xa4, 0xbd, 0x6d, 0xcf, 0x2a, 0x85, 0x4e)
__CRT_UUID_DECL(ICredentialProviderFilter, 0xa5da53f9, 0xd475, 0x4080, 0xa1, 0x20, 0x91, 0x0c, 0x4a, 0x73, 0x98, 0x80)
__CRT_UUID_DECL(ICredentialProviderUser, 0x13793285, 0x3ea6, 0x40fd, 0xb4, 0x20, 0x15, 0xf4, 0x7d, 0xa4, 0x1f, 0xbb)
__CRT_UUID_DECL(ICredentialProviderUserArray, 0x90c119ae, 0x0f18, 0x4520, 0xa1, 0xf1, 0x11, 0x43, 0x66, 0xa4, 0x0f, 0xe8)
__CRT_UUID_DECL(ICredentialProviderSetUserArray, 0x095c1484, 0x1c0c, 0x4388, 0x9c, 0x6d, 0x50, 0x0e, 0x61, 0xbf, 0x84, 0xbd)
// clang-format on
#endif

namespace cardea::credprov::abi {

// CPFG_CREDENTIAL_PROVIDER_LOGO, CPFG_CREDENTIAL_PROVIDER_LABEL and PKEY_Identity_QualifiedUserName, which
// not every import library has.
inline constexpr GUID kLogoField = {
    0x2d837775, 0xf6cd, 0x464e, {0xa7, 0x45, 0x48, 0x2f, 0xd0, 0xb4, 0x74, 0x93}};
inline constexpr GUID kLabelField = {
    0x286bbff3, 0xbad4, 0x438f, {0xb0, 0x07, 0x79, 0xb7, 0x26, 0x7c, 0x3d, 0x48}};
inline constexpr PROPERTYKEY kQualifiedUserName = {
    {0xda520e51, 0xf4e9, 0x4739, {0xac, 0x82, 0x02, 0xe0, 0xa9, 0x5c, 0x90, 0x30}}, 100};

// wincred.h; not every one has them all.
inline constexpr DWORD kCredUiGeneric = 0x1;
inline constexpr DWORD kCredUiPackageOnly = 0x10;
inline constexpr DWORD kCredUiPack32Wow = 0x10000000;

}  // namespace cardea::credprov::abi
