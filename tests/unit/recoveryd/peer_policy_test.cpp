// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/peer_policy.h"

#include <gtest/gtest.h>

namespace cardea::recoveryd {
namespace {

constexpr uid_t kRoot = 0, kAlice = 1000, kBob = 1001, kDaemon = 990;

TEST(PeerPolicy, RootAndTheUserHimselfMayBegin) {
  EXPECT_TRUE(may_begin(kRoot, kDaemon, kAlice).ok());
  EXPECT_TRUE(may_begin(kRoot, kDaemon, std::nullopt).ok());
  EXPECT_TRUE(may_begin(kAlice, kDaemon, kAlice).ok());
  EXPECT_FALSE(may_begin(kBob, kDaemon, kAlice).ok());
  EXPECT_FALSE(may_begin(kBob, kDaemon, std::nullopt).ok());
  EXPECT_FALSE(may_begin(kBob, kRoot, kAlice).ok());
}

TEST(PeerPolicy, AnInstanceOfAnOrdinaryUserTakesThatUserForItsRoot) {
  EXPECT_TRUE(may_begin(kAlice, kAlice, kBob).ok());
  EXPECT_FALSE(may_begin(kBob, kAlice, kAlice).ok());
}

// The computer's own daemon runs as a system user, but its socket was opened by systemd: its user has no
// rights over others, and root keeps them.
TEST(PeerPolicy, TheUserADaemonRunsAsIsNobodyWhenRootOpenedItsSocket) {
  EXPECT_TRUE(may_begin(kRoot, kRoot, kAlice).ok());
  EXPECT_FALSE(may_begin(kDaemon, kRoot, kAlice).ok());
  EXPECT_FALSE(may_operate(kDaemon, kRoot, kAlice, "gate.off").ok());
  EXPECT_FALSE(may_operate(kDaemon, kRoot, kDaemon, "gate.off").ok());
  EXPECT_FALSE(acts_for_everybody(kDaemon, kRoot));
  EXPECT_TRUE(acts_for_everybody(kRoot, kDaemon));
  EXPECT_TRUE(acts_for_everybody(kDaemon, kDaemon));
}

TEST(PeerPolicy, EveryVerbHasARowAndGateVerbsAreForRootOnly) {
  for (const auto* verb :
       {"gate.on", "gate.off", "gate.confirm", "gate.rehearse", "card.enrol", "guest.list", "guest.remove"}) {
    EXPECT_EQ(authority_of(verb), Authority::root_only) << verb;
    EXPECT_FALSE(may_operate(kAlice, kDaemon, kAlice, verb).ok()) << verb;
    EXPECT_TRUE(may_operate(kRoot, kDaemon, kAlice, verb).ok()) << verb;
  }
  for (const auto* verb : {"status", "register", "card.show", "card.replace", "card.change-pin",
                           "access-key.rotate", "records.get"}) {
    EXPECT_EQ(authority_of(verb), Authority::own_account) << verb;
    EXPECT_TRUE(may_operate(kAlice, kDaemon, kAlice, verb).ok()) << verb;
    EXPECT_FALSE(may_operate(kBob, kDaemon, kAlice, verb).ok()) << verb;
  }
  for (const auto* verb : {"", "gate", "gate.on ", "GATE.ON", "shell"}) {
    EXPECT_FALSE(may_operate(kRoot, kDaemon, kAlice, verb).ok()) << verb;
  }
}

// sshd's helper asks for everybody and may do nothing else; who is enrolled is nobody else's business.
TEST(PeerPolicy, OnlyTheUserOfSshdsHelperAsksForTheKeysOfOthers) {
  constexpr uid_t kHelper = 980;
  EXPECT_TRUE(may_operate(kHelper, kDaemon, kAlice, "ssh.keys", kHelper).ok());
  EXPECT_TRUE(may_operate(kHelper, kDaemon, std::nullopt, "ssh.keys", kHelper).ok());
  EXPECT_TRUE(may_operate(kRoot, kDaemon, kAlice, "ssh.keys", kHelper).ok());
  EXPECT_TRUE(may_operate(kAlice, kDaemon, kAlice, "ssh.keys", kHelper).ok());
  EXPECT_FALSE(may_operate(kBob, kDaemon, kAlice, "ssh.keys", kHelper).ok());
  EXPECT_FALSE(may_operate(kHelper, kDaemon, kAlice, "ssh.keys").ok()) << "there is no such user";
  for (const auto* verb : {"status", "card.show", "card.suspend", "records.list", "gate.off"})
    EXPECT_FALSE(may_operate(kHelper, kDaemon, kAlice, verb, kHelper).ok()) << verb;
}

}  // namespace
}  // namespace cardea::recoveryd
