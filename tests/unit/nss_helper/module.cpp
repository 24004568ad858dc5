// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/nss_helper/module.h"

#include "nss_helper/database_path.h"

namespace cardea::nss {
namespace {

std::string current_path = "/nonexistent/accounts.db";

}  // namespace

const char* database_path() noexcept { return current_path.c_str(); }

namespace test {

void set_database_path(const std::string& path) { current_path = path; }

}  // namespace test
}  // namespace cardea::nss
