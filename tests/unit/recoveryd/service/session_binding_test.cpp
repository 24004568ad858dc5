// SPDX-License-Identifier: Apache-2.0
// Which PAM sessions are bound to a card: docs/spec/login.md, "Card removal".
#include "recoveryd/removal_watch.h"
#include "recoveryd/service/login_service.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

class NoControl final : public SessionControl {
 public:
  Result<std::string_view> lock(const BoundSession&) override { return Error::internal; }
  Result<std::string_view> logout(const BoundSession&) override { return Error::internal; }
};

class SessionBinding : public ServiceTest {
 protected:
  SessionBinding() {
    settings_.force_card_required = true;
    context_.administrator = ::geteuid();
    context_.removal = &watch_;
    const worker::CardView card = worker_.insert("The card", "1234");
    enrol(user_, card);
    card_ = *card.info.card_id;
  }
  void came_in_by_card(const std::string& service = "login") {
    memory_.granted_by_card(::getpid(), {user_, service, card_, clock_.monotonic()});
  }
  LoginRequest request(wire::MessageType type) const {
    LoginRequest request;
    request.type = type;
    request.service = "login";
    request.user = user_;
    request.tty = "tty1";
    return request;
  }
  std::size_t bound_after(const LoginRequest& request, uid_t uid = ::geteuid()) {
    Conversation client = client_of(uid);
    LoginService(context_).session(client, request);
    return watch_.size();
  }
  static constexpr auto kOpen = wire::MessageType::begin_session;
  static constexpr auto kClose = wire::MessageType::end_session;

  const std::string user_ = name_of(::geteuid()).value_or("root");
  NoControl control_;
  RemovalWatch watch_{context_, control_};
  card::CardId card_{};
};

TEST_F(SessionBinding, TheSessionOfTheProgramThatTheCardLetInUntilItIsClosed) {
  came_in_by_card();
  EXPECT_EQ(bound_after(request(kOpen)), 1U);
  EXPECT_EQ(bound_after(request(kOpen)), 1U) << "one session for one login";
  EXPECT_EQ(bound_after(request(kClose)), 0U);
}

TEST_F(SessionBinding, NoSessionWithoutALoginByCard) {
  memory_.granted(user_, {true, clock_.now()});
  EXPECT_EQ(bound_after(request(kOpen)), 0U);
}

TEST_F(SessionBinding, NotOverANetworkNotInsideAnotherSessionNotForOneWhoSpeaksForHimself) {
  LoginRequest remote = request(kOpen);
  remote.remote_host = "192.0.2.7";
  came_in_by_card();
  EXPECT_EQ(bound_after(remote), 0U);
  LoginRequest ssh = request(kOpen);
  ssh.service = "sshd";
  came_in_by_card("sshd");
  EXPECT_EQ(bound_after(ssh), 0U);
  LoginRequest su = request(kOpen);
  su.service = "su";
  came_in_by_card("su");
  EXPECT_EQ(bound_after(su), 0U);
  came_in_by_card();
  EXPECT_EQ(bound_after(request(kOpen), ordinary_uid()), 0U);
}

TEST_F(SessionBinding, NotWhereARemovalHasNoEffect) {
  context_.removal = nullptr;
  came_in_by_card();
  EXPECT_EQ(bound_after(request(kOpen)), 0U);
}

TEST_F(SessionBinding, ItIsReleasedAlsoWhenTheGateIsOffByThenAndOnlyByRoot) {
  came_in_by_card();
  EXPECT_EQ(bound_after(request(kOpen)), 1U);
  settings_.force_card_required = false;
  EXPECT_EQ(bound_after(request(kClose), ordinary_uid()), 1U);
  EXPECT_EQ(bound_after(request(kClose)), 0U);
}

}  // namespace
}  // namespace cardea::recoveryd
