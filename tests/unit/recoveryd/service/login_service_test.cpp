// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/login_service.h"

#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

class LoginOfAStranger : public ServiceTest {
 protected:
  LoginOfAStranger() {
    settings_.force_card_required = true;
    context_.canonical_name = [](const std::string& name) -> std::optional<std::string> {
      if (name == "ALICE" || name == "DOMAIN\\alice" || name == "alice ") return "alice";
      if (name == "toor" || name == "alice" || name == "bob") return name;
      return std::nullopt;
    };
    enrol("alice", worker_.insert("Alice's card", "1234"));
  }

  wire::Verdict judge(const std::string& user, wire::MessageType type = wire::MessageType::begin_login) {
    Conversation client = client_of(::geteuid());
    LoginRequest request;
    request.type = type;
    request.service = "login";
    request.user = user;
    LoginService logins(context_);
    type == wire::MessageType::begin_login ? logins.login(client, request) : logins.account(client, request);
    const ssize_t size = ::recv(client_end_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT);
    wire::Verdict verdict;
    EXPECT_TRUE(size > 0 &&
                wire::decode(wire::Packet(packet_).first(static_cast<std::size_t>(size)), verdict));
    return verdict;
  }

  Bytes packet_ = Bytes(wire::kMaxPacketBytes);
};

// “Not enrolled” leads a PAM stack on to the password, and some name services take ALICE for alice.
TEST_F(LoginOfAStranger, AnotherSpellingOfAnEnrolledNameIsNoWayRoundTheGate) {
  for (const auto* name : {"ALICE", "DOMAIN\\alice", "alice "}) {
    const wire::Verdict verdict = judge(name);
    EXPECT_EQ(verdict.decision, wire::Decision::refused) << name;
    EXPECT_EQ(verdict.error, static_cast<std::uint16_t>(Error::user_changed)) << name;
    EXPECT_EQ(judge(name, wire::MessageType::begin_account).decision, wire::Decision::refused) << name;
  }
}

TEST_F(LoginOfAStranger, NamesOfOtherAccountsAndOfNobodyAreNotEnrolled) {
  for (const auto* name : {"bob", "toor", "nobody-here", "DOMAIN\\carol"})
    EXPECT_EQ(judge(name).decision, wire::Decision::not_enrolled) << name;
}

TEST_F(LoginOfAStranger, WithTheGateOffTheSpellingDoesNotMatter) {
  settings_.force_card_required = false;
  EXPECT_EQ(judge("ALICE").decision, wire::Decision::gate_off);
}

}  // namespace
}  // namespace cardea::recoveryd
