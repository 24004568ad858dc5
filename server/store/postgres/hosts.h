// SPDX-License-Identifier: Apache-2.0
// The hosts of a store's URL, and what its connections have learnt about them. libpq would go through the
// list from the beginning for each connection: while the first host is silent, each would wait for it, and
// one that was the primary and does not know that it was replaced would be believed. Used by connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace cardea::server::postgres {

// As libpq's parameters of these names; what is empty is not said.
struct Host {
  std::string host;
  std::string hostaddr;
  std::string port;
};

// Of a libpq URI, in its order; one that says nothing where the URI names none. config_invalid for a URI with
// a password, which would stand in server.conf, and for one that libpq does not understand.
Result<std::vector<Host>> hosts_of(const std::string& url);

// Shared by the connections of one store; of any thread.
struct Learnt {
  std::atomic<std::size_t> host{0};  // the place in the list of the one that took changes last
  // Grows by one with each promotion of a standby: who has less than was seen has been replaced.
  std::atomic<std::int64_t> timeline{0};
};

}  // namespace cardea::server::postgres
