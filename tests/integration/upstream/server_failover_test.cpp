// SPDX-License-Identifier: Apache-2.0
// The daemon's way to its servers: real cardea-servers with one set of secrets behind proxies that are slow
// or dead, and the time between two measurements moved by the test.
#include <gmock/gmock.h>
#include <signal.h>

#include "core/text/voice.h"
#include "recoveryd/server_measurer.h"
#include "recoveryd/service/server_status.h"
#include "recoveryd/upstream/server_link.h"
#include "tests/support/server/listed_servers.h"
#include "tests/unit/recoveryd/service/service_fixture.h"
#include "upstream/login_calls.h"

namespace cardea::recoveryd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Answers take the time they take; days pass as the test wants.
class ShiftedClock final : public Clock {
 public:
  [[nodiscard]] UnixSeconds now() const override { return real_.now(); }
  [[nodiscard]] MonotonicMillis monotonic() const override { return real_.monotonic() + shift_; }
  void skip(MonotonicMillis millis) { shift_ += millis; }

 private:
  SystemClock real_;
  MonotonicMillis shift_ = 0;
};

constexpr MonotonicMillis kMinute = 60'000;
class ServerFailover : public ServiceTest {
 protected:
  void SetUp() override {
    settings_.ca_file = cluster_.ca_file();
    context_.servers = &directory_;
    record_.local_user = "owner";
    record_.user_id.fill(1);
    record_.account = "owner@example";
    record_.servers = {cluster_.proxies[0].url()};
    record_.device_share = random_.secret<32>();
    const auto link = ServerLink::open(context_, record_.servers);
    ASSERT_TRUE(link.ok());
    const auto shown = upstream::get_server_list((*link)->client());
    ASSERT_TRUE(shown.ok()) << shown.failure().detail;
    record_.checkpoint_key = (**shown).key;
    ASSERT_TRUE(enrolments_.add(record_).ok());
    refresh();
    ASSERT_EQ(directory_.listed(group()).size(), test::ListedServers::kCount);
  }
  [[nodiscard]] ServerGroup group() const { return server_group(record_); }
  void refresh() {
    const auto link = ServerLink::open(context_, record_);
    refresh_server_list(context_, **link, group());
  }
  void measure(int times = 1) {
    for (; times > 0; --times) {
      clock_.skip(5 * kMinute);
      measurer_.measure_all();
    }
  }
  // One operation with one request; which server answered, or the failure.
  std::string ask() {
    const auto link = ServerLink::open(context_, record_);
    const auto answer = upstream::get_server_list((*link)->client());
    return answer.ok() ? (*link)->client().authority() : error_name(answer.error());
  }
  [[nodiscard]] std::string name(std::size_t i) const { return cluster_.proxies[i].url().substr(8); }
  void delays(int a, int b, int c) { cluster_.set_delays(a, b, c); }

  test::ListedServers cluster_;
  ShiftedClock clock_;
  ServerDirectory directory_{*ServiceTest::directory_, clock_, random_, log_};
  Context context_{settings_, clock_, random_, log_,    *device_, enrolments_,
                   throttle_, gate_,  audit_,  worker_, memory_,  [] {}};
  ServerMeasurer measurer_{context_};
  login::EnrolmentRecord record_;
};

TEST_F(ServerFailover, TheFastOneIsTakenLeftWhenItSlowsDownAndTakenAgain) {
  delays(80, 0, 100);
  measure(2);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(ask(), name(1));
  delays(20, 200, 150);
  measure(12);  // one that was fast is given up slowly
  EXPECT_EQ(ask(), name(0));
  delays(80, 0, 100);
  measure(8);
  EXPECT_EQ(ask(), name(1));
}

TEST_F(ServerFailover, SmallDifferencesMoveNobody) {
  // Far apart, for a busy machine adds some of its own.
  delays(300, 290, 420);
  measure(3);
  const std::string in_use = ask();
  EXPECT_NE(in_use, name(2));
  for (int i = 0; i < 3; ++i) {
    delays(i % 2 == 0 ? 285 : 305, i % 2 == 0 ? 305 : 285, 420);
    measure();
    EXPECT_EQ(ask(), in_use) << i;
  }
}

TEST_F(ServerFailover, AKilledServerCostsNobodyAnything) {
  delays(60, 0, 120);
  measure(2);
  ASSERT_EQ(ask(), name(1));
  // In the middle of an operation, with a kept connection.
  const auto link = ServerLink::open(context_, record_);
  ASSERT_TRUE(upstream::get_server_list((*link)->client()).ok());
  ASSERT_EQ((*link)->client().authority(), name(1));
  (void)cluster_.servers[1]->end(SIGKILL);
  EXPECT_TRUE(upstream::get_server_list((*link)->client()).ok());
  EXPECT_EQ((*link)->client().authority(), name(0));
  // A challenge, whose proof names its server, is shown to the next one anew.
  const auto key = crypto::Ed25519KeyPair::generate(random_);
  const auto session =
      upstream::open_card_session((*link)->client(), api::CardId(), key.spki(), clock_.now() + 600,
                                  [](ByteView) -> Result<Bytes> { return Bytes(64); });
  EXPECT_EQ(session.error(), Error::identity_not_accepted);  // asked and refused: nobody has this card
  const int before = cluster_.proxies[1].connections();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(ask(), name(0));
  EXPECT_EQ(cluster_.proxies[1].connections(), before) << "the dead one is asked again and again";

  cluster_.servers[1]->start();
  cluster_.proxies[1].lead_to(cluster_.servers[1]->port());
  measure();
  EXPECT_EQ(ask(), name(0)) << "it is back for a moment only";
  measure(2);
  EXPECT_EQ(ask(), name(1));
}

TEST_F(ServerFailover, ASilentServerIsNotWaitedFor) {
  delays(60, 0, 120);
  measure(2);
  ASSERT_EQ(ask(), name(1));
  cluster_.servers[1]->signal(SIGSTOP);
  const SystemClock real;
  const MonotonicMillis began = real.monotonic();
  EXPECT_NE(ask(), name(1));
  EXPECT_LT(real.monotonic() - began, 15'000);
  EXPECT_NE(ask(), name(1));
  cluster_.servers[1]->signal(SIGCONT);
}

TEST_F(ServerFailover, AllDownIsSaidAndOneComesBack) {
  measure(2);
  for (auto& proxy : cluster_.proxies)
    proxy.set_dead(true);
  EXPECT_EQ(ask(), "server-unreachable");
  measure();
  cluster_.proxies[2].set_dead(false);
  EXPECT_EQ(ask(), name(2));
}

TEST_F(ServerFailover, OldAndForgedListsAreRefused) {
  const upstream::ShownServerList good = [&] {
    const auto link = ServerLink::open(context_, record_);
    return *upstream::get_server_list((*link)->client()).value();
  }();
  test::ListedServers stranger(9);
  login::EnrolmentRecord elsewhere = record_.clone();
  elsewhere.servers = {stranger.proxies[0].url()};
  settings_.ca_file = stranger.ca_file();
  // Its list has a higher number and is well signed, with a key of its own.
  const auto there = ServerLink::open(context_, elsewhere.servers);
  const auto shown = upstream::get_server_list((*there)->client());
  ASSERT_TRUE(shown.ok()) << shown.failure().detail;
  EXPECT_EQ(directory_.take(group(), **shown).error(), Error::signature_invalid);
  upstream::ShownServerList forged = **shown;
  forged.key = record_.checkpoint_key;
  EXPECT_EQ(directory_.take(group(), forged).error(), Error::signature_invalid);
  EXPECT_FALSE(*directory_.take(group(), good));
  EXPECT_EQ(directory_.standing(group()).list_version, 1u);
}

TEST_F(ServerFailover, TheStatusSaysWhichOneAndWhy) {
  delays(60, 0, 0);
  cluster_.proxies[2].set_dead(true);
  measure(2);
  ASSERT_EQ(ask(), name(1));
  ServerStatus status = server_status(context_, record_, text::Voice());
  EXPECT_THAT(status.message, HasSubstr("Server: " + cluster_.proxies[1].url() + " (south), "));
  EXPECT_THAT(status.message,
              HasSubstr(" ms; none is clearly faster. Others: " + cluster_.proxies[0].url() + " (north), "));
  EXPECT_THAT(status.message, HasSubstr(cluster_.proxies[2].url() + " (south), does not answer."));
  const api::Json json = std::move(status.json).json();
  EXPECT_EQ(*json.find("reason")->string(), "fastest");
  EXPECT_EQ(*json.find("list_version")->integer(), 1);
  const auto& servers = *json.find("servers")->array();
  ASSERT_EQ(servers.size(), test::ListedServers::kCount);
  EXPECT_TRUE(*servers[1].find("in_use")->boolean());
  EXPECT_NE(servers[1].find("millis"), nullptr);
  EXPECT_FALSE(*servers[2].find("answering")->boolean());
  EXPECT_EQ(*servers[0].find("region")->string(), "north");
}

}  // namespace
}  // namespace cardea::recoveryd
