// SPDX-License-Identifier: Apache-2.0
// Threads and forked processes look up while the database is replaced under them. Runs under the thread and
// address sanitizers too.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/nss_helper/module.h"
#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

constexpr std::uint64_t kReplacements = 150;

// A list whose every account tells the generation in its comment.
AccountList list_of(std::uint64_t generation) {
  AccountList list;
  for (std::uint32_t i = 0; i < 20 + generation % 5; ++i)
    list.accounts.push_back(
        test::account("user" + std::to_string(i), kFirstId + 2 * i, std::to_string(generation)));
  list.groups.push_back({"pilots", kFirstId + 1, {"user0", "user7"}});
  return list;
}

// Looks three ways; returns a text when an answer is wrong or older than `at_least`.
const char* wrong_answer(std::uint64_t at_least) {
  char buffer[512];
  int error = 0;
  struct passwd passwd {};
  if (_nss_cardea_getpwnam_r("user7", &passwd, buffer, sizeof buffer, &error) != NSS_STATUS_SUCCESS)
    return "no user7";
  if (passwd.pw_uid != kFirstId + 14 || std::strcmp(passwd.pw_dir, "/home/user7") != 0)
    return "another user7";
  if (std::strtoull(passwd.pw_gecos, nullptr, 10) < at_least) return "an old user7";
  struct group group {};
  if (_nss_cardea_getgrgid_r(kFirstId + 1, &group, buffer, sizeof buffer, &error) != NSS_STATUS_SUCCESS)
    return "no pilots";
  if (std::strcmp(group.gr_mem[1], "user7") != 0) return "other pilots";
  if (_nss_cardea_getpwuid_r(kFirstId + 1000, &passwd, buffer, sizeof buffer, &error) != NSS_STATUS_NOTFOUND)
    return "an account that never was";
  return nullptr;
}

class Replacement : public ::testing::Test {
 protected:
  Replacement() {
    test::set_database_path(path_);
    test::publish(path_, list_of(1), 1);
  }
  ~Replacement() override { (void)withdraw_database(path_); }
  // Replaces until done; `published_` is raised when a replacement has returned.
  void replace_all() {
    for (std::uint64_t generation = 2; generation <= kReplacements; ++generation) {
      test::publish(path_, list_of(generation), generation);
      published_.store(generation);
    }
    done_.store(true);
  }
  const cardea::test::TempDir dir_;
  const std::string path_ = dir_.file("accounts.db");
  std::atomic<std::uint64_t> published_{1};
  std::atomic<bool> done_{false};
};

TEST_F(Replacement, NoThreadEverSeesAWrongOrAnOldAccount) {
  std::atomic<const char*> wrong{nullptr};
  std::atomic<std::uint64_t> looks{0};
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done_.load() && wrong.load() == nullptr) {
        if (const char* text = wrong_answer(published_.load())) wrong.store(text);
        looks.fetch_add(1);
      }
    });
  }
  replace_all();
  for (std::thread& reader : readers)
    reader.join();
  EXPECT_EQ(wrong.load(), nullptr) << wrong.load();
  EXPECT_GT(looks.load(), kReplacements);
  EXPECT_EQ(wrong_answer(kReplacements), nullptr);
}

// Children are made while threads are in the middle of look-ups and exchanges. Each looks up in the database
// that was there when it began and in those that come.
TEST_F(Replacement, AForkedChildIsNeverStuckAndNeverWrong) {
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop.load())
      (void)wrong_answer(0);
  });
  std::thread writer([&] { replace_all(); });
  unsigned children = 0;
  do {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::alarm(20);  // stuck: ended by SIGALRM, which the parent sees
      bool right = true;
      for (unsigned i = 0; i < 50; ++i)
        right = right && wrong_answer(0) == nullptr;
      ::_exit(right ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    ++children;
  } while (!done_.load());
  writer.join();
  stop.store(true);
  reader.join();
  EXPECT_GT(children, 5u);
}

// Several threads enumerate together: each account goes to one of them.
TEST_F(Replacement, ThreadsThatShareAnEnumerationGetEachAccountOnce) {
  test::publish(path_, test::many(2000), kReplacements + 1);
  std::vector<std::atomic<unsigned>> seen(2000);
  _nss_cardea_setpwent(0);
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      char buffer[512];
      int error = 0;
      struct passwd passwd {};
      while (_nss_cardea_getpwent_r(&passwd, buffer, sizeof buffer, &error) == NSS_STATUS_SUCCESS)
        seen.at((passwd.pw_uid - kFirstId) / 2).fetch_add(1);
    });
  }
  for (std::thread& reader : readers)
    reader.join();
  for (std::size_t i = 0; i < seen.size(); ++i)
    ASSERT_EQ(seen[i].load(), 1u) << i;
}

}  // namespace
}  // namespace cardea::nss
