// SPDX-License-Identifier: Apache-2.0
// The events' ids and texts are a contract: what is in the code is on the page, and nothing else.
#include "recoveryd/log_events.h"

#include <fstream>
#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "build_paths.h"

namespace cardea::recoveryd {
namespace {

TEST(LogEvents, AreTheTableOfThePage) {
  std::ifstream page(std::string(CARDEA_SOURCE_DIR) + "/docs/spec/log.md");
  ASSERT_TRUE(page.is_open());
  const std::regex row("\\| `([0-9a-f]{32})` \\| `([^`]+)` \\|.*");
  std::map<std::string, std::string> listed;
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    EXPECT_TRUE(listed.emplace(match[1], match[2]).second) << line;
  }
  std::map<std::string, std::string> here;
  for (const LogEvent& event : events::kAll)
    EXPECT_TRUE(here.emplace(event.id, event.text).second) << event.text;
  EXPECT_EQ(here, listed);
}

}  // namespace
}  // namespace cardea::recoveryd
