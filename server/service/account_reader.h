// SPDX-License-Identifier: Apache-2.0
// Finds the user behind an account's name that a stranger has given, by the same steps whether there is one
// or not: the time must not tell. Asked by login_service and sheet_service.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "server/store/store.h"

namespace cardea::server {

class AccountReader {
 public:
  explicit AccountReader(Store& store) : store_(store) {}

  // Nothing for a name that nobody has. From any thread.
  Result<std::optional<User>> find(const std::string& account);

 private:
  Store& store_;
  std::mutex mutex_;
  std::string somebody_;  // the account that was found last
};

}  // namespace cardea::server
