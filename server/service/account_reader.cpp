// SPDX-License-Identifier: Apache-2.0
#include "server/service/account_reader.h"

namespace cardea::server {

// Twice in each case, once for somebody and once for a name that nobody can have: a row takes 20 microseconds
// of the 500 that an answer takes, and a look into PostgreSQL a round trip.
Result<std::optional<User>> AccountReader::find(const std::string& account) {
  TRY_ASSIGN(auto user, store_.find_user_by_account(account));
  std::string other;
  {
    const std::lock_guard lock(mutex_);
    if (user) {
      somebody_ = account;
    } else {
      other = somebody_;
    }
  }
  TRY(store_.find_user_by_account(other));
  return user;
}

}  // namespace cardea::server
