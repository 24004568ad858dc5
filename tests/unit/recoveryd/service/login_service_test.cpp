// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/login_service.h"

#include "core/access_key/typed_form.h"
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

// What a program answers is put into its end of the line beforehand; a question that was not expected ends
// it.
class LoginByKey : public ServiceTest {
 protected:
  LoginByKey() {
    settings_.force_card_required = true;
    context_.canonical_name = [](const std::string& name) { return std::optional(name); };
    const worker::CardView card = worker_.insert("Alice's card", "1234");
    enrol("alice", card);
  }

  wire::Verdict log_in(const LoginRequest& request, const std::string& answer, int times,
                       uid_t uid = ::geteuid()) {
    Conversation client = client_of(uid);
    Bytes packet(wire::kMaxPacketBytes);
    for (int i = 1; i <= times; ++i) {
      const wire::Answer typed{static_cast<std::uint16_t>(i), wire::AnswerKind::text, answer};
      const wire::Packet sent = wire::encode(typed, packet);
      EXPECT_GT(::send(client_end_.get(), sent.data(), sent.size(), 0), 0);
    }
    ::shutdown(client_end_.get(), SHUT_WR);
    LoginService(context_).login(client, request);
    asked_ = 0;
    said_.clear();
    wire::Verdict verdict;
    while (true) {
      packet_.resize(wire::kMaxPacketBytes);
      const ssize_t size = ::recv(client_end_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT);
      if (size <= 0) ADD_FAILURE() << "no verdict";
      if (size <= 0) return verdict;
      const auto got = wire::Packet(packet_).first(static_cast<std::size_t>(size));
      wire::Say said;
      if (wire::decode(got, said)) {
        said_.emplace_back(said.line);
        continue;
      }
      wire::Ask question;
      if (wire::decode(got, question)) {
        ++asked_;
        prompt_ = question.prompt;
        continue;
      }
      EXPECT_TRUE(wire::decode(got, verdict));
      return verdict;
    }
  }
  static LoginRequest request(const std::string& service, const std::string& from = {}) {
    LoginRequest request;
    request.service = service;
    request.user = "alice";
    request.remote_host = from;
    return request;
  }
  // Well-formed, and of no generation.
  static std::string wrong_key() {
    const SecretBytes text = access_key::format_access_key(access_key::AccessKey{});
    return std::string(as_text(text.expose()));
  }

  Bytes packet_;
  int asked_ = 0;
  std::string prompt_;
  std::vector<std::string> said_;
};

// ssh's “password” answers every question with the same text: one wrong key is one try.
TEST_F(LoginByKey, AProgramThatGivesTheSameAnswerToEverythingPaysOnce) {
  const wire::Verdict verdict = log_in(request("sshd", "192.0.2.7"), wrong_key(), 5);
  EXPECT_EQ(verdict.error, static_cast<std::uint16_t>(Error::access_key_wrong));
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(*throttle_.remote_failures("alice"), 1U);
  EXPECT_EQ(throttle_.state("alice")->failures, 0U) << "nor is it counted at the computer";
}

TEST_F(LoginByKey, AServiceThatServesANetworkIsRemoteEvenIfItNamesNobody) {
  (void)log_in(request("sshd"), wrong_key(), 3);
  EXPECT_EQ(prompt_, "Access key: ");
  EXPECT_EQ(*throttle_.remote_failures("alice"), 1U);
  (void)log_in(request("login"), wrong_key(), 3);
  EXPECT_NE(prompt_, "Access key: ");
  EXPECT_EQ(throttle_.state("alice")->failures, 1U);
}

// Whoever may speak only for himself would have free tries from any address he likes to name.
TEST_F(LoginByKey, AnAddressIsBelievedOnlyOfAProgramThatSpeaksForEverybody) {
  (void)log_in(request("sshd", "192.0.2.7"), wrong_key(), 3, ordinary_uid());
  EXPECT_EQ(prompt_, "Access key: ") << "but it is remote all the same";
  EXPECT_EQ(*throttle_.remote_failures("alice"), 0U);
  EXPECT_EQ(throttle_.state("alice")->failures, 1U);
}

// LightDM's GTK greeter shows an empty field with the first question.
TEST_F(LoginByKey, AGreeterThatHidesTheFirstQuestionIsToldItBeforehandAndOnlyThatOne) {
  (void)log_in(request("lightdm"), wrong_key(), 3);
  EXPECT_EQ(said_, std::vector<std::string>{"PIN for card “Alice's card”"});
  (void)log_in(request("login"), wrong_key(), 3);
  EXPECT_TRUE(said_.empty());
  LoginRequest typed_elsewhere = request("lightdm");
  typed_elsewhere.flags = wire::kHasFirstPass;
  (void)log_in(typed_elsewhere, wrong_key(), 3);
  EXPECT_TRUE(said_.empty());
  typed_elsewhere.flags = wire::kOneField;
  (void)log_in(typed_elsewhere, wrong_key(), 3);
  EXPECT_TRUE(said_.empty());
}

TEST_F(LoginByKey, AOneFieldProgramIsAskedOnceAndToldNothing) {
  const wire::Verdict locker = log_in(request("i3lock"), wrong_key(), 3);
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(locker.error, static_cast<std::uint16_t>(Error::access_key_wrong));
  EXPECT_EQ(locker.message, "");
  EXPECT_NE(log_in(request("login"), wrong_key(), 3).message, "");
}

}  // namespace
}  // namespace cardea::recoveryd
