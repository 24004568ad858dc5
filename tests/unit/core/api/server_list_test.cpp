// SPDX-License-Identifier: Apache-2.0
// tests/vectors/server-list.json, made by another implementation from docs/spec/server-list.md.
#include "core/api/server_list.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "core/api/json.h"

namespace cardea::api {
namespace {

Bytes list_bytes(const Json& json, std::string_view name) {
  return from_hex(*json.find(name)->string()).value();
}

TEST(ServerListVectors, EachIsReadOrRefusedForItsReason) {
  std::ifstream file(std::string(CARDEA_SOURCE_DIR) + "/tests/vectors/server-list.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto json = Json::parse(text);
  ASSERT_TRUE(json.ok()) << json.failure().detail;
  const Bytes key = list_bytes(*json, "key");
  std::size_t good = 0;
  for (const Json& one : *json->find("cases")->array()) {
    const std::string& name = *one.find("name")->string();
    const Bytes bytes = list_bytes(one, "list");
    const auto opened = open_server_list(bytes, list_bytes(one, "signature"), key);
    EXPECT_EQ(opened.ok() ? "" : error_name(opened.error()), *one.find("error")->string()) << name;
    if (!opened.ok()) continue;
    ++good;
    EXPECT_EQ(encode(*opened), bytes) << name;
    if (name != "good") continue;
    EXPECT_EQ(opened->version, 7u);
    EXPECT_EQ(opened->time, 1'800'000'000);
    ASSERT_EQ(opened->servers.size(), 3u);
    EXPECT_EQ(opened->servers[1], (ListedServer{"https://b.example:8443", "south"}));
  }
  EXPECT_EQ(good, 4u);
}

}  // namespace
}  // namespace cardea::api
