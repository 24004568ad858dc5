// SPDX-License-Identifier: Apache-2.0
// The accounts of this computer that come from a server: keeps the list, decides what of it may be published
// here, and writes the database that libnss_cardea reads (docs/spec/accounts-database.md). Whoever has a new
// list calls publish(); the housekeeper calls refresh() at its turns (start, check-in, SIGHUP), because local
// accounts come and go. May be used from any thread.
#pragma once

#include <mutex>
#include <optional>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "recoveryd/state/accounts_store.h"

namespace cardea::recoveryd {

class AccountsDatabase {
 public:
  // `path`: the database; `local`: the files that say which names and ids this computer uses itself.
  AccountsDatabase(const StateDirectory& directory, std::string path, nss::LocalAccountFiles local,
                   const Clock& clock, Random& random, const Log& log)
      : store_(directory),
        path_(std::move(path)),
        local_(std::move(local)),
        clock_(clock),
        random_(random),
        log_(log) {}

  // Makes `wanted` the list of this computer, in place of the one before. What clashes is left out, logged
  // and returned; it is published later if the clash goes away. An empty list withdraws the database. On an
  // error the database is what it was, and refresh() makes it right.
  Result<std::vector<nss::Refusal>> publish(WantedAccounts wanted);

  // Adds one account to the list, or changes it, and puts it into exactly these groups (their members are
  // ignored). Error::already_exists, with the reason, when it clashes with this computer's own users or with
  // another account; nothing is changed then.
  Status publish_account(const WantedAccount& account, const std::vector<WantedGroup>& groups);

  // Takes the account of this owner out of the list, and out of its groups. Its number stays his for ever.
  // Nothing happens when there is none.
  Status remove_account(const OwnerId& owner);

  // The list, also what of it could not be published.
  [[nodiscard]] Result<std::vector<WantedAccount>> accounts() const;

  // Writes the database anew if it is missing, damaged, left marked, or no longer what this computer's own
  // accounts allow. Where nothing was ever published, nothing is touched.
  Status refresh();

  // From the database, for the daemon itself: in its process the module answers nothing.
  [[nodiscard]] std::optional<std::uint32_t> uid_of(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> name_of(std::uint32_t uid) const;

 private:
  struct Judged {
    nss::Admission admission;
    std::map<std::uint32_t, OwnerId> owners;  // of the ids in it
  };
  [[nodiscard]] Result<Judged> judge(AccountsState& state) const;
  Result<std::vector<nss::Refusal>> apply(AccountsState state, bool changed);
  Result<AccountsState> read_state() const;
  Status write_if_needed(const nss::AccountList& list, bool withdraw);
  void tell(const std::vector<nss::Refusal>& refusals) const;

  AccountsStore store_;
  std::string path_;
  nss::LocalAccountFiles local_;
  const Clock& clock_;
  Random& random_;
  const Log& log_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
