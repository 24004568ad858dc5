// SPDX-License-Identifier: Apache-2.0
// Every problem the API can answer with has its page, and every page its problem.
#include <map>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "core/api/json.h"
#include "core/base/secure_file.h"
#include "server/http/problem.h"
#include "tests/support/all_errors.h"

namespace cardea::server::http {
namespace {

TEST(Problems, TheCatalogueIsTheTableOfErrors) {
  std::map<std::string, std::int64_t> answered{{"internal", 500}};
  for (const Error error : test::all_errors()) {
    if (status_for(error) != 500) answered[error_name(error)] = status_for(error);
  }
  const auto text =
      read_state_file(std::string(CARDEA_SOURCE_DIR) + "/server/portal/problems/catalogue.json", 1 << 20);
  ASSERT_TRUE(text.ok());
  const auto catalogue = api::Json::parse(as_text(*text));
  ASSERT_TRUE(catalogue.ok());
  std::map<std::string, std::int64_t> explained;
  for (const api::Json& problem : *catalogue->array())
    explained[*problem.find("name")->string()] = *problem.find("status")->integer();
  EXPECT_EQ(explained, answered)
      << "a row of server/http/problem.cpp needs a text in server/portal/problems/catalogue.json";
}

}  // namespace
}  // namespace cardea::server::http
