// SPDX-License-Identifier: Apache-2.0
// A serialization that somebody else has made: it came over RDP, or from the caller of CredUI. Only the
// user's name is taken out of it; what else is in it logs nobody in.
#pragma once

#include <string>

#include "credprov/windows/credential_provider_abi.h"

namespace cardea::credprov {

// “DOMAIN\name”, or empty for anything that is not a whole logon buffer.
std::string remote_user(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& serialization);

// Another buffer with the same names and without the password. False, and nothing is allocated, for anything
// odd.
bool copy_without_password(const CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& from,
                           CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION& to);

}  // namespace cardea::credprov
