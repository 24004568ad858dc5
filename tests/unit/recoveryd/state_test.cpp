// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "core/base/byte_builder.h"
#include "recoveryd/state/audit_chain.h"
#include "recoveryd/state/device_identity.h"
#include "recoveryd/state/gate_switch.h"
#include "recoveryd/state/state_file.h"
#include "recoveryd/state/throttle_store.h"
#include "tests/support/file_rights.h"
#include "tests/unit/recoveryd/state_fixture.h"

namespace cardea::recoveryd {
namespace {

TEST_F(StateTest, TwoDaemonsNeverShareADirectory) {
  auto first = StateDirectory::open(path_);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(StateDirectory::open(path_).error(), Error::already_exists);
}

TEST_F(StateTest, ADirectoryOthersMayEnterIsRefused) {
  std::filesystem::create_directory(path_);
  test::give_rights(path_, 0750);
  EXPECT_EQ(StateDirectory::open(path_).error(), Error::unsafe_file);
}

TEST_F(StateTest, NotEnrolledIsSaidOnlyOfAReadableDirectoryWithoutAFile) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  EXPECT_EQ(store.load("alice").error(), Error::not_enrolled);
  ASSERT_TRUE(store.add(record()).ok());
  EXPECT_TRUE(store.load("alice").ok());
  EXPECT_EQ(store.add(record()).error(), Error::already_exists);
  for (const auto* hostile : {"", "../alice", "al/ice", "-rf", ".hidden"}) {
    EXPECT_EQ(store.load(hostile).error(), Error::not_enrolled) << hostile;
  }
}

TEST_F(StateTest, EveryFlippedByteAndEveryTruncationOfAnEnrolmentIsDamageAndNeverNotEnrolled) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  ASSERT_TRUE(store.add(record()).ok());
  const std::string file = path_ + "/users/alice.enrolment";
  const std::string good = slurp(file);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    spit(file, bad);
    const auto loaded = store.load("alice");
    ASSERT_FALSE(loaded.ok()) << i;
    EXPECT_TRUE(loaded.error() == Error::corrupted || loaded.error() == Error::unknown_format) << i;
    if (i % 8 == 0) {
      spit(file, good.substr(0, i));
      EXPECT_EQ(store.load("alice").error(), Error::corrupted) << i;
    }
  }
  spit(file, good);
  EXPECT_TRUE(store.load("alice").ok());
  test::give_rights(file, 0640);
  EXPECT_EQ(store.load("alice").error(), Error::unsafe_file);
}

TEST_F(StateTest, ARemovedUserIsGoneWithAllHisFiles) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  EXPECT_TRUE(store.remove("alice").ok()) << "what was interrupted can be done again";
  ASSERT_TRUE(store.add(record()).ok());
  ASSERT_TRUE(ThrottleStore(*directory).begin_try("alice", 1000)->allowed);
  ASSERT_TRUE(ThrottleStore(*directory).begin_try("bob", 1000)->allowed);
  ASSERT_TRUE(store.remove("alice").ok());
  EXPECT_EQ(store.load("alice").error(), Error::not_enrolled);
  EXPECT_TRUE(store.users()->empty());
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/users"))
    left.push_back(entry.path().filename().string());
  EXPECT_EQ(left, std::vector<std::string>{"bob.tries"});
}

TEST_F(StateTest, AFileThatIsTooLongIsNeitherWrittenNorTakenForNothing) {
  auto directory = StateDirectory::open(path_);
  const std::string file = path_ + "/gate";
  const Bytes most(max_state_file_bytes(StateKind::gate) - 44 - 600, 'x');  // envelope; what sealing adds
  ASSERT_TRUE(write_state(file, StateKind::gate, most).ok());
  EXPECT_EQ(read_state(file, StateKind::gate)->size(), most.size());
  EXPECT_EQ(write_state(file, StateKind::gate, Bytes(max_state_file_bytes(StateKind::gate))).error(),
            Error::limit_exceeded);
  EXPECT_EQ(read_state(file, StateKind::gate)->size(), most.size());
  spit(file, std::string(max_state_file_bytes(StateKind::gate) + 1, 'x'));
  EXPECT_EQ(read_state(file, StateKind::gate).error(), Error::corrupted);
}

TEST_F(StateTest, TheRecordOfOneUserIsNotTheRecordOfAnother) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  ASSERT_TRUE(store.add(record()).ok());
  std::filesystem::copy_file(path_ + "/users/alice.enrolment", path_ + "/users/bob.enrolment");
  test::give_rights(path_ + "/users/bob.enrolment", 0600);
  EXPECT_EQ(store.load("bob").error(), Error::corrupted);
}

TEST_F(StateTest, AFailedChangeLeavesTheOldRecord) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  ASSERT_TRUE(store.add(record()).ok());
  EXPECT_FALSE(store
                   .update("alice",
                           [](login::EnrolmentRecord& changed) -> Status {
                             changed.epoch = 9;
                             return Error::access_key_wrong;
                           })
                   .ok());
  EXPECT_EQ(store.load("alice")->epoch, 0U);
}

TEST_F(StateTest, TriesAreOnDiskBeforeTheyAreAllowed) {
  auto directory = StateDirectory::open(path_);
  ThrottleStore throttle(*directory);
  for (std::uint32_t i = 1; i <= 5; ++i) {
    ASSERT_TRUE(throttle.begin_try("alice", 1000)->allowed);
    EXPECT_EQ(ThrottleStore(*directory).state("alice")->failures, i) << "a second reader sees it at once";
  }
  EXPECT_FALSE(throttle.begin_try("alice", 1000)->allowed);
  EXPECT_EQ(throttle.begin_try("alice", 1000)->wait_seconds, 30);
  ASSERT_TRUE(throttle.succeeded("alice").ok());
  EXPECT_TRUE(throttle.begin_try("alice", 1000)->allowed);
  spit(path_ + "/users/alice.tries", "damaged");
  EXPECT_FALSE(throttle.begin_try("alice", 1000).ok()) << "a damaged counter refuses";
}

// Whoever has the computer in his hands can set its clock to the next century, type wrong keys, and set it
// back.
TEST_F(StateTest, AClockThatWasOnceFarAheadCostsTheOwnerOneWaitAndNotACentury) {
  auto directory = StateDirectory::open(path_);
  ThrottleStore throttle(*directory);
  constexpr UnixSeconds kNow = 1'800'000'000, kNextCentury = 4'200'000'000;
  for (int i = 0; i < 6; ++i)
    (void)throttle.begin_try("alice", kNextCentury);
  EXPECT_EQ(throttle.begin_try("alice", kNow)->wait_seconds, 30);
  EXPECT_EQ(ThrottleStore(*directory).begin_try("alice", kNow + 29)->wait_seconds, 1)
      << "also after a restart";
  EXPECT_TRUE(throttle.begin_try("alice", kNow + 30)->allowed);
}

TEST_F(StateTest, AFallBackIsToldOnceForEachSwitchingOn) {
  auto directory = StateDirectory::open(path_);
  int told = 0;
  GateSwitch gate(*directory, [&] { ++told; });
  for (int round = 1; round <= 2; ++round) {
    ASSERT_TRUE(gate.write(GateState{true, 700}).ok());
    EXPECT_TRUE(gate.read(699)->card_required);
    EXPECT_EQ(told, round - 1);
    for (int again = 0; again < 2; ++again)
      EXPECT_FALSE(gate.read(700)->card_required);
    EXPECT_EQ(told, round);
  }
  EXPECT_TRUE(gate.read(100)->fell_back()) << "known for the server's list, until somebody switches";
  ASSERT_TRUE(gate.write(GateState{true, 0, 800}).ok());
  EXPECT_FALSE(gate.read(900)->fell_back());
  ASSERT_TRUE(gate.write(GateState{}).ok());
  EXPECT_FALSE(gate.read(700)->card_required);
  EXPECT_FALSE(gate.read(700)->fell_back());
  EXPECT_EQ(told, 2) << "switched off by hand";
}

TEST_F(StateTest, AnUnconfirmedGateFallsBackAlsoAfterARestartAndADamagedOneStaysShut) {
  {
    auto directory = StateDirectory::open(path_);
    GateSwitch gate(*directory);
    EXPECT_FALSE(gate.read(100)->card_required);
    ASSERT_TRUE(gate.write(GateState{true, 700}).ok());
    EXPECT_TRUE(gate.read(699)->card_required);
  }
  auto directory = StateDirectory::open(path_);
  GateSwitch gate(*directory);
  EXPECT_FALSE(gate.read(700)->card_required);
  EXPECT_FALSE(gate.read(100)->card_required) << "written off, not only read as off";
  spit(path_ + "/gate", "x");
  test::give_rights(path_ + "/gate", 0600);
  EXPECT_EQ(gate.read(100).error(), Error::corrupted);
}

TEST_F(StateTest, AGateFileOfAnOlderVersionIsRead) {
  auto directory = StateDirectory::open(path_);
  ByteBuilder old;
  old.u8(1).u64(700);
  ASSERT_TRUE(write_state(path_ + "/gate", StateKind::gate, old.view()).ok());
  GateSwitch gate(*directory);
  EXPECT_TRUE(gate.read(1)->card_required) << "it does not say since when";
  EXPECT_FALSE(gate.read(700)->card_required);
}

TEST_F(StateTest, TheComputerStaysTheSameAndADamagedKeyIsNotReplaced) {
  auto directory = StateDirectory::open(path_);
  const auto first = DeviceIdentity::load_or_create(*directory, random_);
  const auto second = DeviceIdentity::load_or_create(*directory, random_);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->computer_id, second->computer_id);
  std::string damaged = slurp(path_ + "/computer");
  damaged[20] ^= 1;
  spit(path_ + "/computer", damaged);
  EXPECT_EQ(DeviceIdentity::load_or_create(*directory, random_).error(), Error::corrupted);
}

TEST_F(StateTest, TheAuditChainGoesOnAfterARestart) {
  auto directory = StateDirectory::open(path_);
  std::array<std::uint8_t, 32> head{};
  {
    auto chain = AuditChain::open(*directory);
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(chain.append(1000 + i, "login", {{"user", "al\"ice\n"}}).ok());
    head = chain.head();
  }
  const std::string good = slurp(path_ + "/audit");
  EXPECT_EQ(AuditChain::open(*directory).head(), head);
  spit(path_ + "/audit", good + "{\"n\":4,\"ti");
  auto torn = AuditChain::open(*directory);
  EXPECT_EQ(torn.trouble(), "");
  EXPECT_EQ(torn.length(), 3U);
  EXPECT_EQ(slurp(path_ + "/audit.torn"), "{\"n\":4,\"ti");
  ASSERT_TRUE(torn.append(2000, "login", {}).ok());
  EXPECT_EQ(AuditChain::open(*directory).length(), 4U);
}

// A daemon that does not start locks everybody out, so nothing in the chain's file may keep it from starting.
TEST_F(StateTest, ADamagedAuditFileIsKeptAsideAndTheChainGoesOnBehindTheLastGoodEvent) {
  auto directory = StateDirectory::open(path_);
  {
    auto chain = AuditChain::open(*directory);
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(chain.append(1000 + i, "login", {{"user", "alice"}}).ok());
  }
  const std::string good = slurp(path_ + "/audit");
  std::string changed = good;
  changed[changed.find("1001")] = '2';
  spit(path_ + "/audit", changed);
  {
    auto chain = AuditChain::open(*directory);
    EXPECT_NE(chain.trouble().find("broken at event 2; moved to"), std::string::npos) << chain.trouble();
    EXPECT_EQ(slurp(path_ + "/audit.damaged.2"), changed);
    EXPECT_EQ(chain.length(), 1U);
    ASSERT_TRUE(chain.append(3000, "login", {}).ok());
    auto after = AuditChain::open(*directory);
    EXPECT_EQ(after.trouble(), "");
    EXPECT_EQ(after.length(), 3U) << "the good one, the one that continues it, the new one";
  }

  for (const std::string& bad : {good.substr(good.find('\n') + 1), std::string("\n"),
                                 std::string(100, '\0') + "\n", std::string(kMaxAuditFile * 2, 'x')}) {
    spit(path_ + "/audit", bad);
    auto next = AuditChain::open(*directory);
    EXPECT_NE(next.trouble(), "") << bad.substr(0, 40);
    EXPECT_TRUE(next.append(4000, "login", {}).ok());
    EXPECT_EQ(AuditChain::open(*directory).trouble(), "");
  }
  test::give_rights(path_ + "/audit", 0666);
  EXPECT_NE(AuditChain::open(*directory).trouble(), "") << "others may have written it";
}

// Whoever is logged in can open and close sessions in a loop; each is an event.
TEST_F(StateTest, AFloodOfEventsFillsNeitherTheDiskNorStopsTheNextStart) {
  auto directory = StateDirectory::open(path_);
  const std::string long_text(4096, 'x');
  {
    auto chain = AuditChain::open(*directory);
    ASSERT_TRUE(chain.append(1000, "session-opened", {{"tty", long_text}}).ok());
    EXPECT_LT(slurp(path_ + "/audit").size(), 600U);
  }
  // A file that is nearly full, as a flood leaves it: written here without its 30,000 syncs.
  AuditPosition at;
  std::string lines;
  while (lines.size() < kMaxAuditFile - 600)
    lines += next_audit_line(at, 1000, "session-opened", {{"tty", long_text}});
  for (int round = 1; round <= kKeptAuditFiles + 2; ++round) {
    spit(path_ + "/audit", lines);
    auto chain = AuditChain::open(*directory);
    ASSERT_EQ(chain.trouble(), "");
    ASSERT_EQ(chain.length(), at.length);
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(chain.append(2000, "session-opened", {{"tty", long_text}}).ok());
    auto next = AuditChain::open(*directory);
    EXPECT_EQ(next.trouble(), "");
    EXPECT_EQ(next.head(), chain.head()) << "the new file continues the full one";
    EXPECT_LT(std::filesystem::file_size(path_ + "/audit"), 4096U);
  }
  EXPECT_TRUE(std::filesystem::exists(path_ + "/audit.8"));
  EXPECT_FALSE(std::filesystem::exists(path_ + "/audit.9"));
  std::filesystem::remove(path_ + "/audit");
  EXPECT_GE(AuditChain::open(*directory).length(), at.length) << "a crash before the new file's first event";
}

}  // namespace
}  // namespace cardea::recoveryd
