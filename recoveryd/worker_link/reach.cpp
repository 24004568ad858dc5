// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/reach.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace cardea::worker {

Result<UniqueFd> reach_worker(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(Error::limit_exceeded, path + ": longer than a socket path may be");
  std::memcpy(address.sun_path, path.data(), path.size());
  // Not waiting: when systemd's queue is full there is no use in one more.
  UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(Error::io_failed, std::strerror(errno));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(Error::worker_down, path + ": " + std::strerror(errno));
  ucred listener{};
  socklen_t size = sizeof listener;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &listener, &size) != 0 || size != sizeof listener)
    return fail(Error::peer_not_trusted, path + ": nobody knows who listens");
  if (listener.uid != 0 && listener.uid != ::geteuid())
    return fail(Error::peer_not_trusted, path + ": uid " + std::to_string(listener.uid) + " listens");
  // From here on as the end of a pair.
  if (::fcntl(socket.get(), F_SETFL, 0) != 0) return fail(Error::io_failed, std::strerror(errno));
  return socket;
}

}  // namespace cardea::worker
