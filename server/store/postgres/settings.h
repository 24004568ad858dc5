// SPDX-License-Identifier: Apache-2.0
// How a PostgreSQL database is reached, and how long anything may take. From server.conf, section [store].
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/base/secret.h"
#include "server/store/postgres/hosts.h"

namespace cardea::server::postgres {

struct Settings {
  // A libpq URI: several hosts, TLS and everything else libpq knows; no password.
  std::string url;
  SecretBytes password;  // empty: the server asks for none, or libpq finds it (peer, certificate)
  std::size_t readers = 16;
  std::chrono::milliseconds statement{10'000};  // one statement, and the wait for a lock
  std::chrono::milliseconds borrow{5'000};      // the wait for a reader that others have
  // How long a transaction of ours may stand still between two statements. All servers wait for the one that
  // writes: when its machine vanishes without a word, this long. Longer than a busy machine pauses; a
  // transaction that was ended too early is run again.
  std::chrono::milliseconds idle_in_transaction{3'000};
  // For how long a command is tried anew while the database is away. More than an automatic failover takes,
  // less than a request may take.
  std::chrono::milliseconds recover{20'000};
  std::shared_ptr<Learnt> learnt = std::make_shared<Learnt>();
};

}  // namespace cardea::server::postgres
