// SPDX-License-Identifier: Apache-2.0
#include "pam_module/agent_socket.h"

#include <cstring>

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cardea::pam {
namespace {

constexpr char kVariable[] = "SSH_AUTH_SOCK=";

// Rights of the calling person in everything that has to do with files, for as long as it lives. They are
// this thread's only, so no other of the program is changed. His supplementary groups are those of the
// process.
class RightsOfTheCaller {
 public:
  RightsOfTheCaller() noexcept
      : group_(::setfsgid(::getgid())),
        user_(::setfsuid(::getuid())),
        // Neither call tells whether it worked; asking once more does.
        worked_(static_cast<gid_t>(::setfsgid(::getgid())) == ::getgid() &&
                static_cast<uid_t>(::setfsuid(::getuid())) == ::getuid()) {}
  RightsOfTheCaller(const RightsOfTheCaller&) = delete;
  RightsOfTheCaller& operator=(const RightsOfTheCaller&) = delete;
  ~RightsOfTheCaller() {
    (void)::setfsuid(static_cast<uid_t>(user_));
    (void)::setfsgid(static_cast<gid_t>(group_));
  }
  [[nodiscard]] bool worked() const noexcept { return worked_; }

 private:
  const int group_, user_;
  const bool worked_;
};

int above_standard_streams(int descriptor) noexcept {
  if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
  const int higher = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  (void)::close(descriptor);
  return higher;
}

bool made_by_the_caller(int socket) noexcept {
  ucred other{};
  socklen_t size = sizeof other;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 && size == sizeof other &&
         other.uid == ::getuid();
}

// Not by getenv(): sudo has one of its own, which hides what its policy does not keep for the command.
const char* from_environment() noexcept {
  constexpr std::size_t size = sizeof kVariable - 1;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, kVariable, size) == 0) return *entry + size;
  }
  return nullptr;
}

}  // namespace

AgentSocket::AgentSocket() noexcept {
  path_[0] = '\0';
  // Root itself has no agent to ask: its card is not what opens sudo.
  if (::geteuid() != 0 || ::getuid() == 0) return;
  take(from_environment());
}

void AgentSocket::take(const char* path) noexcept {
  if (path == nullptr || path[0] != '/') return;
  const std::size_t size = strnlen(path, sizeof path_);
  if (size < sizeof path_) std::memcpy(path_, path, size + 1);
}

int AgentSocket::connect() const noexcept {
  if (!offered()) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  static_assert(sizeof path_ <= sizeof address.sun_path);
  std::memcpy(address.sun_path, path_, sizeof path_);
  const int socket = above_standard_streams(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket < 0) return -1;
  bool connected = false;
  {
    const RightsOfTheCaller rights;
    // Not blocking: a listener whose queue is full is as good as none.
    connected = rights.worked() &&
                ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  if (connected && made_by_the_caller(socket)) return socket;
  (void)::close(socket);
  return -1;
}

}  // namespace cardea::pam
