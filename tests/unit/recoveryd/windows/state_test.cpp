// SPDX-License-Identifier: Apache-2.0
// What is particular to Windows, under Wine: its DPAPI seals with a key that everybody could make, and checks
// less than the real one, but tells entropy and account; of access-control lists it keeps Unix bits.
#include <filesystem>

#include <windows.h>

#include "core/base/secure_file.h"
#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"
#include "recoveryd/os/windows/data_folder.h"
#include "recoveryd/state/append_file.h"
#include "recoveryd/state/audit_chain.h"
#include "recoveryd/state/device_identity.h"
#include "recoveryd/state/gate_switch.h"
#include "recoveryd/state/state_file.h"
#include "recoveryd/state/state_protection.h"
#include "recoveryd/state/throttle_store.h"
#include "tests/support/file_rights.h"
#include "tests/unit/recoveryd/state_fixture.h"

namespace cardea::recoveryd {
namespace {

using WindowsStateTest = StateTest;

FileHandle hold(const std::string& path, DWORD share) {
  auto held = open_file(path, GENERIC_READ, share, OPEN_EXISTING);
  EXPECT_TRUE(held.ok());
  return std::move(held).value();
}

TEST_F(WindowsStateTest, WhatIsOnTheDiskDoesNotShowTheBody) {
  const std::string file = root_.file("gate"), body = "a seed that nobody may read";
  ASSERT_TRUE(write_state(file, StateKind::gate, as_bytes(body)).ok());
  EXPECT_EQ(slurp(file).find(body), std::string::npos);
  EXPECT_EQ(read_state(file, StateKind::gate)->expose_text(), body);
}

TEST_F(WindowsStateTest, WhatWasSealedAsAnotherKindIsDamage) {
  auto sealed = protect_state(StateKind::tries, SecretBytes(std::string_view("body")));
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(unprotect_state(StateKind::gate, sealed->clone()).error(), Error::corrupted);
  EXPECT_EQ(unprotect_state(StateKind::tries, std::move(sealed).value())->expose_text(), "body");
  // The same through a file: an envelope that says gate around what was sealed as tries.
  auto tries = protect_state(StateKind::tries, SecretBytes(std::string_view("body")));
  const std::string file = root_.file("gate");
  ASSERT_TRUE(write_file_atomically(file, wrap_state(StateKind::gate, tries->expose()).expose(), 0600).ok());
  EXPECT_EQ(read_state(file, StateKind::gate).error(), Error::corrupted);
}

TEST_F(WindowsStateTest, WhatWasNeverSealedIsDamage) {
  for (const auto* foreign : {"", "x", "a body as Linux keeps it"}) {
    EXPECT_EQ(unprotect_state(StateKind::gate, SecretBytes(std::string_view(foreign))).error(),
              Error::corrupted);
    const std::string file = root_.file("gate");
    ASSERT_TRUE(
        write_file_atomically(file, wrap_state(StateKind::gate, as_bytes(foreign)).expose(), 0600).ok());
    EXPECT_EQ(read_state(file, StateKind::gate).error(), Error::corrupted) << foreign;
  }
}

TEST_F(WindowsStateTest, AChangedOrShortenedSealNeverOpensAsSomethingElse) {
  const std::string_view body = "a seed that nobody may read";
  auto sealed = protect_state(StateKind::gate, SecretBytes(body));
  ASSERT_TRUE(sealed.ok());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    SecretBytes changed = sealed->clone();
    changed.expose_mutable()[i] ^= 0x20;
    const auto opened = unprotect_state(StateKind::gate, std::move(changed));
    refused += opened.ok() ? 0 : 1;
    // Wine does not look at every byte.
    EXPECT_EQ(opened.ok() ? opened->expose_text() : body, body) << i;
    const auto shorter = unprotect_state(StateKind::gate, SecretBytes(sealed->expose().first(i)));
    EXPECT_EQ(shorter.ok() ? Error::internal : shorter.error(), Error::corrupted) << i;
  }
  EXPECT_GT(refused, sealed->size() / 2);
}

TEST_F(WindowsStateTest, TheDirectoryStaysWhereItIsWhileADaemonHoldsIt) {
  {
    auto directory = StateDirectory::open(path_);
    ASSERT_TRUE(directory.ok()) << directory.failure().detail;
    std::error_code error;
    std::filesystem::rename(path_, root_.file("moved"), error);
    EXPECT_TRUE(error);
    std::filesystem::rename(path_ + "/users", root_.file("moved"), error);
    EXPECT_TRUE(error);
    EXPECT_FALSE(DeleteFileW(std::filesystem::path(path_ + "/lock").c_str()));
  }
  EXPECT_TRUE(StateDirectory::open(path_).ok());
}

TEST_F(WindowsStateTest, NobodyElseMayEnterWhatWasMade) {
  ASSERT_TRUE(StateDirectory::open(path_).ok());
  for (const auto& path : {path_, path_ + "/users"}) {
    const auto directory = open_file(path, FILE_LIST_DIRECTORY | READ_CONTROL | FILE_READ_ATTRIBUTES,
                                     FILE_SHARE_READ, OPEN_EXISTING);
    ASSERT_TRUE(directory.ok());
    EXPECT_TRUE(examine_file(*directory, path, FileKind::directory, Others::may_do_nothing).ok());
  }
  test::give_rights(path_ + "/users", 0755);
  EXPECT_EQ(StateDirectory::open(path_).error(), Error::unsafe_file);
}

// He could put an older directory, or none, in its place while no daemon runs.
TEST_F(WindowsStateTest, NobodyElseMayWriteInTheFolderAbove) {
  test::give_rights(root_.path(), 0777);
  const auto opened = StateDirectory::open(path_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error(), Error::unsafe_file);
  EXPECT_FALSE(std::filesystem::exists(path_));
  test::give_rights(root_.path(), 0755);
  EXPECT_TRUE(StateDirectory::open(path_).ok());
}

TEST_F(WindowsStateTest, TheDataFolderIsMadeOrGivenItsList) {
  const std::string folder = root_.file("Cardea");
  ASSERT_TRUE(protect_data_folder(folder).ok());
  EXPECT_TRUE(StateDirectory::open(folder + "/state").ok());
  test::give_rights(folder, 0777);
  EXPECT_EQ(StateDirectory::open(folder + "/state").error(), Error::unsafe_file);
  ASSERT_TRUE(protect_data_folder(folder).ok());
  EXPECT_TRUE(StateDirectory::open(folder + "/state").ok());
  spit(root_.file("file"), "x");
  EXPECT_EQ(protect_data_folder(root_.file("file")).error(), Error::unsafe_file);
  EXPECT_EQ(protect_data_folder(root_.file("no/such")).error(), Error::not_found);
}

TEST_F(WindowsStateTest, AFileInThePlaceOfTheDirectoryOrOfTheLockIsRefused) {
  spit(path_, "x");
  EXPECT_EQ(StateDirectory::open(path_).error(), Error::unsafe_file);
  std::filesystem::remove(path_);
  ASSERT_TRUE(StateDirectory::open(path_).ok());
  std::filesystem::remove(path_ + "/lock");
  std::filesystem::create_directory(path_ + "/lock");
  EXPECT_FALSE(StateDirectory::open(path_).ok());
}

TEST_F(WindowsStateTest, NotEnrolledIsNotSaidWhenTheFileCannotBeReadNow) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  ASSERT_TRUE(store.add(record()).ok());
  const auto held = hold(path_ + "/users/alice.enrolment", 0);
  EXPECT_EQ(store.load("alice").error(), Error::io_failed);
  EXPECT_FALSE(store.remove("alice").ok());
}

// Up to Windows 10 the names of devices are not those of files, also with an extension.
TEST_F(WindowsStateTest, AUserWithTheNameOfADeviceIsNeverLetIn) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  for (const auto* name : {"nul", "NUL", "aux"}) {
    login::EnrolmentRecord one = record();
    one.local_user = name;
    EXPECT_FALSE(store.add(one).ok()) << name;
    EXPECT_FALSE(store.load(name).ok()) << name;
    EXPECT_FALSE(ThrottleStore(*directory).begin_try(name, 1000).ok()) << name;
  }
}

// As with a full disk on Linux.
TEST_F(WindowsStateTest, AnUnconfirmedGateFallsBackEvenIfThatCannotBeWritten) {
  auto directory = StateDirectory::open(path_);
  GateSwitch gate(*directory);
  ASSERT_TRUE(gate.write(GateState{true, 700}).ok());
  const auto held = hold(path_ + "/gate", FILE_SHARE_READ);
  const auto state = gate.read(700);
  ASSERT_TRUE(state.ok()) << state.failure().detail;
  EXPECT_FALSE(state->card_required);
}

TEST_F(WindowsStateTest, ATryThatCannotBeCountedIsNotAllowed) {
  auto directory = StateDirectory::open(path_);
  ThrottleStore throttle(*directory);
  ASSERT_TRUE(throttle.begin_try("alice", 1000)->allowed);
  const auto held = hold(path_ + "/users/alice.tries", FILE_SHARE_READ);
  EXPECT_FALSE(throttle.begin_try("alice", 1000).ok());
  EXPECT_EQ(throttle.state("alice")->failures, 1U);
}

TEST_F(WindowsStateTest, AnAuditFileOthersMayWriteIsNotGoneOnWith) {
  const std::string file = root_.file("audit");
  spit(file, "");
  test::give_rights(file, 0666);
  EXPECT_EQ(AppendFile::open(file).error(), Error::unsafe_file);
}

}  // namespace
}  // namespace cardea::recoveryd
