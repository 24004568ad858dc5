// SPDX-License-Identifier: Apache-2.0
// What two hundred logins, closed standard streams and inherited descriptors do to the program that asks.
#include <chrono>
#include <cstring>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/pam_module/pam_login.h"
#include "tests/integration/pam_module/scripts.h"

namespace cardea::test {
namespace {

// A daemon in a process of its own, so that the memory of this one is the module's alone.
class DaemonProcess {
 public:
  explicit DaemonProcess(FakeDaemon::Script script) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control_), 0);
    child_ = fork();
    if (child_ == 0) serve(std::move(script));
    close(control_[1]);
    char path[108] = {};
    EXPECT_GT(recv(control_[0], path, sizeof path - 1, 0), 0);
    path_ = path;
  }
  ~DaemonProcess() {
    close(control_[0]);
    int status = -1;
    EXPECT_EQ(waitpid(child_, &status, 0), child_);
    EXPECT_EQ(status, 0);
  }
  [[nodiscard]] const std::string& socket_path() const { return path_; }

 private:
  [[noreturn]] void serve(FakeDaemon::Script script) {
    close(control_[0]);
    {
      FakeDaemon daemon = FakeDaemon::every(std::move(script));
      const std::string path = daemon.socket_path();
      (void)send(control_[1], path.data(), path.size(), 0);
      char end = 0;
      (void)recv(control_[1], &end, 1, 0);  // until the parent has closed its end
    }
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int control_[2];
  pid_t child_ = -1;
  std::string path_;
};

// How much 200 logins leave behind.
std::ptrdiff_t growth(PamLogin& login, const std::function<void(int)>& prepare) {
  const auto once = [&](int number) {
    prepare(number);
    login.forget_shown();
    (void)login.authenticate();
    (void)take_syslog();
  };
  for (int i = 0; i < 10; ++i)
    once(i);
  const auto before = static_cast<std::ptrdiff_t>(mallinfo2().uordblks);
  for (int i = 0; i < 200; ++i)
    once(i);
  return static_cast<std::ptrdiff_t>(mallinfo2().uordblks) - before;
}

// CVE-2018-9275 (pam_yubico), CVE-2019-12210 (pam-u2f): descriptors stayed open in the program. And memory;
// what libpam itself leaves is not ours, so pam_permit is the measure.
TEST(Cve, NothingIsLeftAfterTwoHundredLogins) {
  PamLogin permit = PamLogin::with_service("auth required pam_permit.so\n", "ana");
  const std::ptrdiff_t unavoidable = growth(permit, [](int) {});

  DaemonProcess daemon([](Conversation& c) {
    (void)c.begin();
    const Answered answered = c.ask(ask_pin_or_key());
    if (answered.kind == AnswerKind::refused) return;
    const bool right = answered.secret == "1234";
    c.verdict(right ? Decision::granted : Decision::refused, right ? Error{} : Error::pin_wrong, "ana");
    c.wait_for_end();
  });
  PamLogin login("quiet socket=" + daemon.socket_path(), "ana");
  const std::size_t descriptors = open_descriptors();
  EXPECT_LE(
      growth(login, [&](int number) { login.type({Typed::answer(number % 2 == 0 ? "1234" : "4321")}); }),
      unavoidable + 256);
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(login.authenticate(), PAM_CONV_ERR);  // the answers were all taken: the logins were real
}

// The client's end of a connection: its peer is the daemon's address. (The daemon of this test lives in the
// same process, and its own end may well get the low number.)
bool is_connection_to(int descriptor, const std::string& path) {
  sockaddr_un peer{};
  socklen_t size = sizeof peer;
  return getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && path == peer.sun_path;
}

// The module must not keep descriptors in the range of the standard streams, even when a daemon closed them.
TEST(HostileHost, StandardStreamsMayBeClosed) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    EXPECT_EQ(c.ask(ask_pin_or_key()).secret, "1234");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  Typed typed = Typed::answer("1234");
  bool low_is_ours = true;
  typed.meanwhile = [&] { low_is_ours = is_connection_to(0, daemon.socket_path()); };
  PamLogin login(socket_option(daemon), "ana", {typed});
  const int kept = fcntl(0, F_DUPFD_CLOEXEC, 100);
  close(0);
  const int result = login.authenticate();
  dup2(kept, 0);
  close(kept);
  EXPECT_EQ(result, PAM_SUCCESS);
  EXPECT_FALSE(low_is_ours);
}

TEST(HostileHost, DescriptorsAreNotInherited) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    (void)c.ask(ask_pin_or_key());
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  int connections = 0;
  int inherited = 0;
  Typed typed = Typed::answer("1234");
  typed.meanwhile = [&] {
    for (int descriptor = 3; descriptor < 200; ++descriptor) {
      if (!is_connection_to(descriptor, daemon.socket_path())) continue;
      ++connections;
      inherited += (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0 ? 1 : 0;
    }
  };
  PamLogin login(socket_option(daemon), "ana", {typed});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(connections, 1);
  EXPECT_EQ(inherited, 0);
}

}  // namespace
}  // namespace cardea::test
