// SPDX-License-Identifier: Apache-2.0
// KERB_INTERACTIVE_UNLOCK_LOGON as a credential provider hands it to LSA, in the layout of 64-bit Windows and
// with offsets in place of pointers: 64 bytes (message type, three UNICODE_STRING, logon id), then the texts
// in UTF-16LE. Packed here because CredPackAuthenticationBuffer does not serve the unlock, and unpacked here
// because a buffer that came over RDP is a stranger's (docs/decisions/0049-credential-provider.md).
#pragma once

#include <string>
#include <string_view>

#include "core/base/secret.h"

namespace cardea::credprov {

inline constexpr std::size_t kLogonHeadBytes = 64;
// Of the whole: names and passwords of Windows have at most some hundred characters.
inline constexpr std::size_t kMaxLogonBytes = std::size_t{32} * 1024;

// KERB_LOGON_SUBMIT_TYPE. CREDUI looks at none.
enum class LogonMessage : std::uint32_t { credui = 0, interactive = 2, unlock = 7 };

struct LogonName {
  std::string domain;  // empty: the user name says it all (ana@example.org)
  std::string user;
};

// “DOMAIN\user” → both; a dot for this computer becomes `computer`. A name without a domain is one of this
// computer's, unless it has an @.
LogonName split_logon_name(std::string_view name, std::string_view computer);

// All texts in UTF-8. Error::invalid_argument when one of them is none or holds a NUL, or the user is empty;
// limit_exceeded beyond kMaxLogonBytes.
Result<SecretBytes> pack_logon(LogonMessage message, const LogonName& name, std::string_view password);

struct UnpackedLogon {
  LogonMessage message = LogonMessage::interactive;
  std::uint64_t logon_id = 0;
  LogonName name;
  SecretBytes password;  // UTF-8
};

// Error::corrupted for anything that pack_logon could not have made with some texts: a length or an offset
// that leaves the buffer or is odd, a text in the head, a text that is not UTF-16, another message type.
Result<UnpackedLogon> unpack_logon(ByteView buffer);

}  // namespace cardea::credprov
