// SPDX-License-Identifier: Apache-2.0
// What a service of the daemon works with, in a directory of its own and without a card worker's process.
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "tests/support/fake_card_worker.h"

namespace cardea::recoveryd {

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() : root_(make_root()), directory_(StateDirectory::open(root_ + "/state")) {}
  ~ServiceTest() override { std::filesystem::remove_all(root_); }

  // A user of this computer whose card this is.
  login::EnrolmentRecord enrol(const std::string& user, const worker::CardView& card) {
    login::EnrolmentRecord record;
    record.local_user = user;
    record.user_id.fill(0x11);
    record.account = user + "@account";
    record.servers = {"https://home.example"};
    record.epoch = 1;
    record.device_share = random_.secret<32>();
    record.revocation_checked_at = record.latest_time_seen = clock_.now();
    record.current = access_key::AccessKeyVerifier{1, 0, {}, {}};
    record.cards.push_back({*card.info.card_id, card.info.auth_spki, card.info.wrap_spki, card.info.label,
                            card.info.serial, login::CardState::active});
    EXPECT_TRUE(enrolments_.add(record).ok());
    return record;
  }

  // A client of this uid. What the daemon says to it waits in the other end.
  Conversation client_of(uid_t uid) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    client_end_ = UniqueFd(ends[1]);
    return Conversation(UniqueFd(ends[0]), Peer{uid, static_cast<gid_t>(uid), ::getpid()});
  }
  static uid_t ordinary_uid() { return ::geteuid() + 1; }

  static std::string make_root() {
    char name[] = "/tmp/cardea-service-XXXXXX";
    return ::mkdtemp(name);
  }

  const std::string root_;
  SystemRandom random_;
  FakeClock clock_;
  Settings settings_;
  Log log_{"test", LogLevel::error};
  Result<StateDirectory> directory_;
  Result<DeviceIdentity> device_ = DeviceIdentity::load_or_create(*directory_, random_);
  EnrolmentStore enrolments_{*directory_};
  ThrottleStore throttle_{*directory_};
  GateSwitch gate_{*directory_};
  AuditChain audit_ = AuditChain::open(*directory_);
  LoginMemory memory_;
  test::FakeCardWorker worker_;
  Context context_{settings_, clock_, random_, log_,    *device_, enrolments_,
                   throttle_, gate_,  audit_,  worker_, memory_,  [] {}};
  UniqueFd client_end_;
};

}  // namespace cardea::recoveryd
