// SPDX-License-Identifier: Apache-2.0
// Accounts and groups as values, and what may be published of them on this computer. Called by recoveryd
// before it writes the database: an account or group that breaks a rule or clashes is left out and named with
// the reason; nothing is renamed, renumbered or merged.
#pragma once

#include <string>
#include <vector>

#include "nss_helper/database_format.h"
#include "nss_helper/local_accounts.h"

namespace cardea::nss {

// The primary group is the account's private one: its name, and gid = uid.
struct Account {
  std::string name;
  std::uint32_t uid = 0;
  std::string comment;  // the "GECOS" field
  std::string home;
  std::string shell;
  bool operator==(const Account&) const = default;
};

struct Group {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;  // names of accounts of the same list
  bool operator==(const Group&) const = default;
};

struct AccountList {
  std::vector<Account> accounts;
  std::vector<Group> groups;
  bool operator==(const AccountList&) const = default;
};

struct Refusal {
  std::string name;
  std::uint32_t id = 0;
  std::string reason;
};

struct Admission {
  AccountList list;  // sorted by id; members sorted and only those that are in it
  std::vector<Refusal> refusals;
};

// Error::limit_exceeded when the whole list is too long. Of two entries with the same name or id neither is
// admitted: which of them is right can't be known here.
Result<Admission> admit(AccountList wanted, const LocalAccounts& local);

}  // namespace cardea::nss
