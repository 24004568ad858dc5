// SPDX-License-Identifier: Apache-2.0
// The layouts that credential_provider_abi.h and the packer of logon buffers rely on, against the system's
// headers.
#include <cstddef>

#include "credprov/windows/credential_provider_abi.h"

// ntsecapi.h needs the types of windows.h before it.
#include <ntsecapi.h>

#include "credprov/model/kerb_logon.h"

static_assert(sizeof(void*) == 8, "the logon buffer is that of 64-bit Windows");
static_assert(sizeof(CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR) == 32);
static_assert(offsetof(CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR, pszLabel) == 8);
static_assert(offsetof(CREDENTIAL_PROVIDER_FIELD_DESCRIPTOR, guidFieldType) == 16);
static_assert(sizeof(CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION) == 32);
static_assert(offsetof(CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION, clsidCredentialProvider) == 4);
static_assert(offsetof(CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION, cbSerialization) == 20);
static_assert(offsetof(CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION, rgbSerialization) == 24);
static_assert(sizeof(CREDENTIAL_PROVIDER_USAGE_SCENARIO) == 4 && CPUS_PLAP == 5);
static_assert(CPFT_SUBMIT_BUTTON == 9 && CPFS_DISPLAY_IN_BOTH == 3 && CPFIS_FOCUSED == 3);
static_assert(CPGSR_RETURN_NO_CREDENTIAL_FINISHED == 3 && CPSI_SUCCESS == 3);

static_assert(sizeof(KERB_INTERACTIVE_UNLOCK_LOGON) == cardea::credprov::kLogonHeadBytes);
static_assert(offsetof(KERB_INTERACTIVE_UNLOCK_LOGON, Logon.LogonDomainName) == 8);
static_assert(offsetof(KERB_INTERACTIVE_UNLOCK_LOGON, Logon.UserName) == 24);
static_assert(offsetof(KERB_INTERACTIVE_UNLOCK_LOGON, Logon.Password) == 40);
static_assert(offsetof(KERB_INTERACTIVE_UNLOCK_LOGON, LogonId) == 56);
static_assert(offsetof(UNICODE_STRING, MaximumLength) == 2 && offsetof(UNICODE_STRING, Buffer) == 8);
static_assert(KerbInteractiveLogon == 2 && KerbWorkstationUnlockLogon == 7);
