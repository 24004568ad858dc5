// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL's five-letter states mean to us (PostgreSQL manual, appendix A). Called by connection.cpp.
#pragma once

#include <string_view>

#include "core/base/error.h"

namespace cardea::server::postgres {

enum class Aftermath {
  statement,    // this statement failed; the connection is good
  transaction,  // the whole transaction must be run again
  connection,   // the connection is of no more use: broken, ended, or to a server that can't write (any more)
};

struct Meaning {
  Error error = Error::io_failed;
  Aftermath aftermath = Aftermath::statement;
};

// An empty state is a connection that broke.
Meaning meaning_of(std::string_view sqlstate) noexcept;

}  // namespace cardea::server::postgres
