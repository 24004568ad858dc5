// SPDX-License-Identifier: Apache-2.0
// A computer with accounts from a server, as far as the C library can see: inside tests/support/private-world
// it has its own nsswitch.conf, passwd and group, and an empty /var/cache. The machine's own files are not
// touched.
#pragma once

#include <string>

#include "nss_helper/account_rules.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace cardea::nss::test {

inline constexpr const char* kDatabase = "/var/cache/cardea/accounts.db";

class NameServiceWorld {
 public:
  // Throws when it is not in a private world: these mounts would be the machine's.
  NameServiceWorld();
  ~NameServiceWorld();
  NameServiceWorld(const NameServiceWorld&) = delete;
  NameServiceWorld& operator=(const NameServiceWorld&) = delete;

  void publish(const AccountList& list);
  void add_local(const std::string& passwd_line, const std::string& group_line);

  // Programs of the C library, with the built module on their library path.
  static test_support::CommandResult run(const std::vector<std::string>& command,
                                         test_support::Environment extra = {});
  static std::string module();  // the built libnss_cardea.so.2

 private:
  cardea::test::TempDir dir_;
  std::uint64_t generation_ = 0;
};

}  // namespace cardea::nss::test
