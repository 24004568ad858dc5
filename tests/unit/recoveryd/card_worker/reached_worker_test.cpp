// SPDX-License-Identifier: Apache-2.0
// Workers that somebody else starts, one for each connection, as systemd does with cardea-card-worker.socket.
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "recoveryd/worker_link/reach.h"
#include "recoveryd/worker_link/spawn.h"
#include "tests/support/softhsm_token.h"
#include "tests/support/wait_until.h"
#include "tests/support/worker_fixture.h"

namespace cardea::worker {
namespace {

using namespace cardea::test;
using test_support::wait_until;

// Listens at `path` and starts a worker for each connection.
class Activator {
 public:
  Activator(std::string path, WorkerOptions options) : path_(std::move(path)), options_(std::move(options)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    thread_ = std::thread([this] {
      while (true) {
        const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection) return;
        const auto pid = spawn_worker(options_, connection.get());
        EXPECT_TRUE(pid.ok());
        if (pid.ok()) newest_ = *pid;
        started_.push_back(newest_);
      }
    });
  }
  ~Activator() {
    (void)::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    for (const pid_t pid : started_) {
      (void)::kill(pid, SIGKILL);
      (void)::waitpid(pid, nullptr, 0);
    }
  }
  [[nodiscard]] pid_t newest() const { return newest_; }

 private:
  std::string path_;
  WorkerOptions options_;
  UniqueFd listener_;
  std::atomic<pid_t> newest_ = -1;
  std::vector<pid_t> started_;
  std::thread thread_;
};

class ReachedWorker : public ::testing::Test {
 protected:
  SoftHsmToken token;
  TempDir directory;
  std::string path = directory.file("worker.sock");
  Activator activator{path, worker_options(SoftHsmToken::kModule)};
  std::unique_ptr<CardWorkerProcess> worker = start_worker([this] {
    WorkerOptions options;
    options.socket = path;
    return options;
  }());

  bool sees_card() {
    return wait_for_view(*worker, [](const ReaderView& v) { return !v.cards.empty(); }).cards.size() == 1;
  }
};

TEST_F(ReachedWorker, ServesAsAChildDoes) {
  EXPECT_TRUE(sees_card());
  EXPECT_EQ(worker->pid(), -1);
  EXPECT_TRUE(worker->refresh(kCallTimeout).ok());
}

TEST_F(ReachedWorker, IsReplacedWhenItDies) {
  ASSERT_TRUE(sees_card());
  const pid_t first = activator.newest();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] { return activator.newest() != first; }));
  EXPECT_TRUE(sees_card());
  EXPECT_TRUE(worker->refresh(kCallTimeout).ok());
}

TEST_F(ReachedWorker, IsLeftBehindWhenItHangs) {
  ASSERT_TRUE(sees_card());
  const pid_t first = activator.newest();
  ASSERT_EQ(::kill(first, SIGSTOP), 0);
  EXPECT_EQ(worker->refresh(Timeout(200)).error(), Error::worker_down);
  ASSERT_TRUE(wait_until([&] { return activator.newest() != first; }));
  EXPECT_TRUE(sees_card());
  EXPECT_TRUE(worker->refresh(kCallTimeout).ok());
}

TEST_F(ReachedWorker, EndsWithTheDaemon) {
  ASSERT_TRUE(sees_card());
  worker.reset();
  siginfo_t info{};
  EXPECT_TRUE(wait_until([&] {
    return ::waitid(P_PID, static_cast<id_t>(activator.newest()), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
           info.si_pid == activator.newest();
  }));
}

TEST(ReachWorker, NobodyListening) {
  const TempDir directory;
  EXPECT_EQ(reach_worker(directory.file("none.sock")).error(), Error::worker_down);
  EXPECT_EQ(reach_worker("").error(), Error::limit_exceeded);
  EXPECT_EQ(reach_worker("/" + std::string(200, 'x')).error(), Error::limit_exceeded);
}

// PINs go to whoever answers there.
TEST(ReachWorker, RefusesAStrangerWhoListens) {
  if (::geteuid() != 0) {
    GTEST_FAIL() << "only root can become another user; run the tests as root or in a user namespace";
  }
  const TempDir directory;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0777), 0);
  const std::string path = directory.file("stranger.sock");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t stranger = ::fork();
  if (stranger == 0) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
    bool good = ::setresuid(65533, 65533, 65533) == 0;
    good = good && ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    good = good && ::listen(socket, 1) == 0;
    (void)!::write(ready[1], good ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  EXPECT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(reach_worker(path).error(), Error::peer_not_trusted);
  (void)::kill(stranger, SIGKILL);
  (void)::waitpid(stranger, nullptr, 0);
  (void)::close(ready[0]);
  (void)::close(ready[1]);
}

}  // namespace
}  // namespace cardea::worker
