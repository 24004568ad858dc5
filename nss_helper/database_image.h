// SPDX-License-Identifier: Apache-2.0
// An admitted list as the bytes of a database (docs/spec/accounts-database.md). Called by database_writer;
// tests and benchmarks make their databases with it.
#pragma once

#include "core/base/bytes.h"
#include "nss_helper/account_rules.h"

namespace cardea::nss {

struct ImageHead {
  std::uint64_t seed = 0;  // random: so that nobody can choose names that fall into one bucket
  std::uint64_t generation = 0;
  std::uint64_t written_at = 0;  // UTC seconds
};

// `list` as admit() returns it. Error::limit_exceeded when the file would be larger than the format holds.
Result<Bytes> make_image(const AccountList& list, const ImageHead& head);

}  // namespace cardea::nss
