// SPDX-License-Identifier: Apache-2.0
// What a server says about one of its accounts to a computer that is open to guests (docs/spec/guests.md,
// "Account statement"): who he is, under which numbers, with which card, and until when that may be believed.
// Made and signed by server/service/guest_accounts, checked by recoveryd/service/guest_service.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/identifiers.h"
#include "core/base/clock.h"

namespace cardea::api {

// uids and gids that servers give out: inside of what libnss_cardea answers (docs/spec/accounts-database.md).
inline constexpr std::uint32_t kFirstUnixId = 2'010'000'000;
inline constexpr std::uint32_t kLastUnixId = 2'147'000'000;
constexpr bool is_unix_id(std::uint32_t id) noexcept { return id >= kFirstUnixId && id <= kLastUnixId; }

inline constexpr std::size_t kMaxLoginName = 32;  // what utmp and useradd can stand
inline constexpr std::size_t kMaxGuestGroups = 16;
inline constexpr std::int64_t kMaxStatementSeconds = 7 * 24 * 3600;
// By how much the clocks of server and computer may differ; the same as for signed requests.
inline constexpr std::int64_t kStatementSkewSeconds = 300;

// [a-z][a-z0-9_-]{0,31}, and no name by which Linux programs give rights (root, sudo, wheel, docker, …): a
// guest's private group has his name, and sudoers and polkit ask for groups by name.
bool is_login_name(std::string_view name) noexcept;
// The login name of an account: the account in lower case, when that is one. Accounts differ by more than
// case, so no two have the same.
std::string login_name_of(std::string_view account);  // empty: this account can't be a guest

struct UnixGroup {
  std::string name;
  std::uint32_t gid = 0;
  bool operator==(const UnixGroup&) const = default;
};

struct AccountStatement {
  std::string server;  // the authority by which its clients call it
  ComputerId computer;
  UserId user;
  std::string account;
  std::string login;
  std::uint32_t uid = 0;  // and the gid of his private group
  std::vector<UnixGroup> groups;
  std::string display_name;
  std::uint32_t epoch = 0;
  CardId card;
  Bytes auth_spki;
  Bytes wrap_spki;
  UnixSeconds issued_at = 0;
  UnixSeconds expires_at = 0;
};

// The exact bytes that are signed. What breaks a rule of the format must not be given to it.
Bytes encode(const AccountStatement& statement);
// Error::corrupted for whatever encode() would not have made of a statement that keeps the rules.
Result<AccountStatement> decode_account_statement(ByteView bytes);

// What the computer that asked knows itself.
struct StatementExpected {
  std::vector<std::string> servers;  // authorities; any of them
  ComputerId computer;
  CardId card;
  UnixSeconds now = 0;
};

// Error::signature_invalid unless `key` (an Ed25519 SubjectPublicKeyInfo) signed exactly these bytes; then
// server_misbehaved for one about another server, computer or card; clock_skewed for one from the future;
// session_expired for one that has ended.
Result<AccountStatement> open_account_statement(ByteView bytes, ByteView signature, ByteView key,
                                                const StatementExpected& expected);

}  // namespace cardea::api
