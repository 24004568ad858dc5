// SPDX-License-Identifier: Apache-2.0
// The accounts and groups that a server wants on this computer, and to whom each id was ever given
// (docs/spec/accounts-database.md, section "What the daemon keeps"). The accounts database is made from it
// and can be made again at any time; this can't.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "core/base/bytes.h"
#include "nss_helper/account_rules.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

using OwnerId = std::array<std::uint8_t, 16>;  // the server's identifier of a user or group

struct WantedAccount {
  OwnerId owner{};
  nss::Account account;
  bool operator==(const WantedAccount&) const = default;
};

struct WantedGroup {
  OwnerId owner{};
  nss::Group group;
  bool operator==(const WantedGroup&) const = default;
};

struct WantedAccounts {
  std::vector<WantedAccount> accounts;
  std::vector<WantedGroup> groups;
  bool operator==(const WantedAccounts&) const = default;
};

struct AccountsState {
  std::map<std::uint32_t, OwnerId> given;  // ids that were ever published; only grows
  WantedAccounts wanted;
  bool operator==(const AccountsState&) const = default;
};

Bytes encode_accounts(const AccountsState& state);
// Error::corrupted or unknown_format.
Result<AccountsState> decode_accounts(ByteView file);

class AccountsStore {
 public:
  explicit AccountsStore(const StateDirectory& directory) : path_(directory.file("accounts")) {}
  // Error::not_found only when nothing was ever published here.
  [[nodiscard]] Result<AccountsState> read() const;
  // Durable when it returns. Error::limit_exceeded above 512 MiB; the old file is then untouched.
  [[nodiscard]] Status write(const AccountsState& state) const;

 private:
  std::string path_;
};

}  // namespace cardea::recoveryd
