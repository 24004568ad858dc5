// SPDX-License-Identifier: Apache-2.0
// The servers of https_test_server.py, as the tests under Wine see them. Their authority is in the store of
// the build folder's own Wine while the program runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "upstream/https_transport.h"
#include "upstream/server_line.h"

namespace cardea::upstream {

// By its name in https_test_server.py; "nobody" is a port where nobody listens. By name, because Wine does
// not look for addresses in certificates.
std::string url_of(const std::string& server, const std::string& host = "localhost");
// Of a good server that this program has not asked yet: Wine keeps connections beyond the session that made
// them.
std::string fresh_url();
// Whole requests whose path has this name as its second word.
int requests(const std::string& name);
int connections(const std::string& server);
// Ends the connections of "mute".
void release();
// A name that no other request has.
std::string fresh_name();

class WinHttpTest : public ::testing::Test {
 protected:
  // Generous, because other builds share the machine; tests of deadlines set their own.
  std::unique_ptr<HttpsTransport> to(std::vector<std::string> urls, MonotonicMillis total = 20'000);
  std::unique_ptr<ServerLine> line_to(const std::string& url);
  AttemptLimits within(MonotonicMillis millis) const;
  // May be repeated, but for post().
  static HttpRequest get(const std::string& path);
  static HttpRequest post(const std::string& path);
  static Error error_of(const Result<HttpResponse>& result);

  SystemClock clock_;
  std::string name_ = fresh_name();
};

}  // namespace cardea::upstream
