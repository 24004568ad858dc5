// SPDX-License-Identifier: Apache-2.0
#include "ssh_helper/authorized_keys.h"

#include <gtest/gtest.h>

#include "tests/support/fake_daemon.h"

namespace cardea::ssh_helper {
namespace {

constexpr std::string_view kKey =
    "ecdsa-sha2-nistp256 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMXXf+"
    "BCN8qXJCNof5JlIJ7rsmlf236Z54W8ctgorQ9v3S0OFaWlcRPZ/HGw2NHs5if05O5GQsKzhtWq2rbpp60=";

std::string answer(std::initializer_list<std::string> lines) {
  std::string json = R"({"keys":[)";
  for (const std::string& line : lines)
    json.append(json.ends_with('[') ? "\"" : ",\"").append(line).append("\"");
  return json + "]}";
}

TEST(AuthorizedKeys, AsksForThisUserAndPrintsEachKeyOnALine) {
  test::FakeDaemon daemon({[](test::Conversation& client) {
    const wire::BeginOperation asked = client.begin_operation();
    EXPECT_EQ(asked.verb, "ssh.keys");
    ASSERT_EQ(asked.argument_count, 1);
    EXPECT_EQ(asked.arguments[0].name, "user");
    EXPECT_EQ(asked.arguments[0].value, "alice");
    client.result(Error{}, "", answer({std::string(kKey), std::string(kKey)}));
  }});
  const auto lines = authorized_keys(daemon.socket_path().c_str(), "alice");
  ASSERT_TRUE(lines.ok()) << error_name(lines.error());
  EXPECT_EQ(*lines, std::string(kKey) + "\n" + std::string(kKey) + "\n");
}

TEST(AuthorizedKeys, NoCardIsAnEmptyListAndNoError) {
  test::FakeDaemon daemon({[](test::Conversation& client) {
    (void)client.begin_operation();
    client.result(Error{}, "", answer({}));
  }});
  const auto lines = authorized_keys(daemon.socket_path().c_str(), "alice");
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(*lines, "");
}

TEST(AuthorizedKeys, ARefusalAQuestionAndAConnectionThatEndsHoldNoKey) {
  test::FakeDaemon daemon({[](test::Conversation& client) {
                             (void)client.begin_operation();
                             client.result(Error::revocation_stale, "", answer({std::string(kKey)}));
                           },
                           [](test::Conversation& client) {
                             (void)client.begin_operation();
                             wire::Ask ask;
                             ask.ask_id = 1;
                             ask.purpose = "pin";
                             ask.prompt = "PIN: ";
                             EXPECT_EQ(client.ask(ask).kind, wire::AnswerKind::refused);
                           },
                           [](test::Conversation& client) { (void)client.begin_operation(); }});
  EXPECT_EQ(authorized_keys(daemon.socket_path().c_str(), "alice").error(), Error::revocation_stale);
  EXPECT_EQ(authorized_keys(daemon.socket_path().c_str(), "alice").error(), Error::cancelled);
  EXPECT_EQ(authorized_keys(daemon.socket_path().c_str(), "alice").error(), Error::peer_closed);
}

TEST(AuthorizedKeys, WithoutADaemonThereIsNoKey) {
  EXPECT_EQ(authorized_keys("/nonexistent/recoveryd.sock", "alice").error(), Error::service_unreachable);
}

// One line that is no plain key, and none of the others is shown.
TEST(AuthorizedKeys, AnAnswerIsTakenAsAWholeOrNotAtAll) {
  const std::string key(kKey);
  for (const std::string& json :
       {answer({key, "command=\\\"sh\\\" " + key}), answer({key, key + "\\nssh-rsa AAAA"}), answer({key, ""}),
        std::string(R"({"keys":[1]})"), std::string(R"({"keys":null})"), std::string("{}"), std::string("["),
        std::string(), R"({"keys":[")" + key + R"("]} )" + "x"}) {
    EXPECT_FALSE(lines_of(json).ok()) << json;
  }
}

}  // namespace
}  // namespace cardea::ssh_helper
