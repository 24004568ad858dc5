// SPDX-License-Identifier: Apache-2.0
// Switching the gate on with a probation, and the rehearsal of the break-glass account.
#include "recoveryd/service/gate_service.h"

#include <functional>
#include <thread>

#include "recoveryd/service/login_service.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

// A conversation of the daemon's, and the client's end of it.
struct Pair {
  Pair() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    daemon = UniqueFd(ends[0]);
    client = UniqueFd(ends[1]);
  }
  // Received packets stay valid as long as the pair.
  wire::Packet receive() {
    const ssize_t size = ::recv(client.get(), packet_.data(), packet_.size(), 0);
    return wire::Packet(packet_).first(size < 0 ? 0 : static_cast<std::size_t>(size));
  }
  UniqueFd daemon, client;

 private:
  Bytes packet_ = Bytes(wire::kMaxPacketBytes);
};

class GateServiceTest : public ServiceTest {
 protected:
  GateServiceTest() {
    context_.canonical_name = [](const std::string& name) { return std::optional(name); };
    context_.in_break_glass_group = [this](const std::string& user) -> std::optional<bool> {
      if (!group_exists_) return std::nullopt;
      return user == "admin";
    };
    enrol("ana", worker_.insert("Ana's card", "1234"));
  }

  static OperationRequest request(const char* verb,
                                  std::vector<std::pair<std::string, std::string>> arguments) {
    OperationRequest out;
    out.verb = verb;
    out.arguments = std::move(arguments);
    return out;
  }

  // What a login or account check of this user is told.
  wire::Verdict judged(const std::string& user, wire::MessageType type = wire::MessageType::begin_login) {
    Pair pair;
    Conversation client(std::move(pair.daemon), Peer{::geteuid(), ::getegid(), ::getpid()});
    LoginRequest login;
    login.type = type;
    login.service = "login";
    login.user = user;
    LoginService logins(context_);
    type == wire::MessageType::begin_login ? logins.login(client, login) : logins.account(client, login);
    wire::Verdict verdict;
    EXPECT_TRUE(wire::decode(pair.receive(), verdict));
    return verdict;
  }

  // The utility's side: asked for “rehearsal”, it makes the login (`meanwhile`) and answers.
  Result<OperationOutcome> rehearse(
      const std::string& admin, const std::string& answer, const std::function<void()>& meanwhile = [] {}) {
    Pair pair;
    Conversation client(std::move(pair.daemon), Peer{::geteuid(), ::getegid(), ::getpid()});
    std::thread utility([&] {
      wire::Ask ask;
      if (!wire::decode(pair.receive(), ask)) return;  // refused before it came to that
      EXPECT_EQ(ask.purpose, "rehearsal");
      meanwhile();
      wire::Answer reply;
      reply.ask_id = ask.ask_id;
      reply.kind = answer.empty() ? wire::AnswerKind::empty : wire::AnswerKind::text;
      reply.text = answer;
      Bytes buffer(wire::kMaxPacketBytes);
      const wire::Packet packet = wire::encode(reply, buffer);
      EXPECT_EQ(::send(pair.client.get(), packet.data(), packet.size(), 0),
                static_cast<ssize_t>(packet.size()));
    });
    auto result = GateService(context_).rehearse(
        client, request("gate.rehearse", {{"step", "break-glass"}, {"admin", admin}}), "ana");
    (void)::shutdown(pair.client.get(), SHUT_RD);  // where nothing was asked, the utility stops waiting
    utility.join();
    return result;
  }

  [[nodiscard]] bool rehearsed() { return enrolments_.load("ana")->rehearsals.break_glass != 0; }

  bool group_exists_ = true;
};

TEST_F(GateServiceTest, BreakGlassIsRehearsedWithTheDaemonCountingAsStopped) {
  const auto login = [&] {
    for (const auto type : {wire::MessageType::begin_login, wire::MessageType::begin_account}) {
      const wire::Verdict verdict = judged("admin", type);
      EXPECT_EQ(verdict.decision, wire::Decision::refused);
      EXPECT_EQ(verdict.error, static_cast<std::uint16_t>(Error::service_unreachable));
    }
    EXPECT_EQ(judged("bob").decision, wire::Decision::not_enrolled) << "others notice nothing";
  };
  const auto done = rehearse("admin", "passed", login);
  EXPECT_TRUE(done.ok()) << done.failure().detail;
  EXPECT_TRUE(rehearsed());
  EXPECT_EQ(judged("admin").decision, wire::Decision::not_enrolled) << "it is over";
}

TEST_F(GateServiceTest, ALoginThatFailsOrAsksNothingIsNoRehearsal) {
  const auto login = [&] { (void)judged("admin"); };
  EXPECT_EQ(rehearse("admin", "failed", login).error(), Error::rehearsal_missing);
  EXPECT_EQ(rehearse("admin", "", login).error(), Error::rehearsal_missing);
  EXPECT_EQ(rehearse("admin", "passed").error(), Error::rehearsal_missing) << "the daemon was not asked";
  EXPECT_EQ(rehearse("admin", "passed", [&] { (void)judged("bob"); }).error(), Error::rehearsal_missing);
  EXPECT_FALSE(rehearsed());
  EXPECT_EQ(judged("admin").decision, wire::Decision::not_enrolled) << "it is over";
}

TEST_F(GateServiceTest, WhoIsNotInTheGroupOrIsEnrolledCantBeTheWayOut) {
  const auto refused = rehearse("bob", "passed", [&] { (void)judged("bob"); });
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.failure().detail.find("bob is not in the group cardea-breakglass"), std::string::npos);
  EXPECT_EQ(rehearse("ana", "passed", [&] { (void)judged("ana"); }).error(), Error::invalid_argument);
  EXPECT_FALSE(rehearsed());
  group_exists_ = false;  // other names, other rules: what PAM says counts
  EXPECT_TRUE(rehearse("bob", "passed", [&] { (void)judged("bob"); }).ok());
}

class Probation : public GateServiceTest {
 protected:
  Probation() {
    const UnixSeconds now = clock_.now();
    EXPECT_TRUE(enrolments_
                    .update("ana",
                            [&](login::EnrolmentRecord& record) -> Status {
                              record.rehearsals = {now, now, now};
                              return {};
                            })
                    .ok());
    Pair pair;
    Conversation client(std::move(pair.daemon), Peer{::geteuid(), ::getegid(), ::getpid()});
    EXPECT_TRUE(
        GateService(context_).on(client, request("gate.on", {{"confirm-within", "600"}}), "ana").ok());
  }
  [[nodiscard]] bool shut() { return gate_.read(clock_.now())->card_required; }
  // The daemon is started anew: only the file is left.
  [[nodiscard]] bool shut_after_restart() {
    return GateSwitch(*directory_).read(clock_.now())->card_required;
  }
};

TEST_F(Probation, EndsByItselfAlsoAfterARestart) {
  clock_.advance(599);
  EXPECT_TRUE(shut());
  EXPECT_TRUE(shut_after_restart());
  clock_.advance(1);
  EXPECT_FALSE(shut_after_restart());
  EXPECT_FALSE(shut());
}

// A battery that is flat at the boot: the clock begins years ago, and would reach the end years from now.
TEST_F(Probation, EndsWhenTheClockIsTurnedBack) {
  clock_.advance(60);
  clock_.set_wall(clock_.now() - 366LL * 86'400);
  EXPECT_FALSE(shut_after_restart());
  clock_.set_wall(clock_.now() + 366LL * 86'400);
  EXPECT_FALSE(shut()) << "written off, not only read as off";
}

TEST_F(Probation, ConfirmedTheGateStaysWhateverTheClockSays) {
  ASSERT_TRUE(GateService(context_).confirm().ok());
  clock_.advance(86'400);
  EXPECT_TRUE(shut_after_restart());
  clock_.set_wall(clock_.now() - 366LL * 86'400);
  EXPECT_TRUE(shut_after_restart());
}

}  // namespace
}  // namespace cardea::recoveryd
