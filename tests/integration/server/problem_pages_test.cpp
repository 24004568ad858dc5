// SPDX-License-Identifier: Apache-2.0
// The pages of the API's problems, as the portal's build makes them, over a real server: answers point to
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "build_paths.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The page an answer points to; empty when it points to none.
std::string help_of(const HttpReply& reply) {
  const auto link = reply.headers.find("link");
  if (link == reply.headers.end()) return {};
  EXPECT_TRUE(link->second.starts_with("<") && link->second.ends_with(">; rel=\"help\"")) << link->second;
  return link->second.substr(1, link->second.find('>') - 1);
}

TEST(ProblemPages, EveryProblemPointsToOneWithoutAnyScript) {
  ServerProcess server("[server]\nportal = " + std::string(CARDEA_BINARY_DIR) + "/server/portal/out\n");
  server.start();
  auto client = server.client();
  const HttpReply unsigned_request = client.call("GET", "/v1/account", {});
  EXPECT_EQ(unsigned_request.problem(), "signature-invalid");
  EXPECT_EQ(help_of(unsigned_request), "/problems/signature-invalid");
  const auto connection = TlsConnection::open(server.port(), server.ca_file());
  ASSERT_TRUE(connection->send("nonsense\r\n\r\n"));
  EXPECT_EQ(help_of(connection->receive()), "/problems/frame-malformed");  // refused before any route

  const HttpReply page = client.call("GET", "/problems/signature-invalid", {});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("script-src 'none'"));
  EXPECT_THAT(page.body, HasSubstr("urn:cardea:problem:signature-invalid"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_EQ(client.call("GET", "/problems/no-such-problem", {}).problem(), "not-found");
  EXPECT_EQ(help_of(client.call("GET", "/livez", {})), "");
}

TEST(ProblemPages, AreNotPointedToWhereThereAreNone) {
  ServerProcess server("[server]\nportal = off\n");
  server.start();
  EXPECT_EQ(help_of(server.client().call("GET", "/v1/account", {})), "");
}

}  // namespace
}  // namespace cardea::test
