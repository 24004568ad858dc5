// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/local_socket.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace cardea::recoveryd {
namespace {

constexpr int kBacklog = 128;

Status safe_parent(const std::string& path) {
  const std::string parent = path.substr(0, path.rfind('/'));
  struct stat info {};
  if (::stat(parent.empty() ? "/" : parent.c_str(), &info) != 0)
    return fail(Error::not_found, parent + ": no such directory");
  if (info.st_uid != 0 && info.st_uid != ::geteuid())
    return fail(Error::unsafe_file, parent + ": belongs to another user");
  if ((info.st_mode & 022) != 0) return fail(Error::unsafe_file, parent + ": others may write to it");
  return {};
}

Status clear_old_socket(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return fail(Error::already_exists, path + ": is there and is not a socket");
  if (::unlink(path.c_str()) != 0) return fail(Error::io_failed, path + ": old socket can't be removed");
  return {};
}

// poll() until readable, hung up or the deadline. False on timeout.
bool wait_readable(int socket, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left <= 0) return false;
    pollfd entry{socket, POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the read that follows tells
  }
}

Result<Listener> with_administrator(UniqueFd listener) {
  TRY_ASSIGN(const Peer opener, peer_of(listener.get()));
  return Listener{std::move(listener), opener.uid};
}

Result<Listener> take_passed(const std::string& path, int count) {
  if (count != 1)
    return fail(Error::invalid_argument, std::to_string(count) + " sockets were passed, one is expected");
  UniqueFd listener(SD_LISTEN_FDS_START);
  if (::sd_is_socket_unix(listener.get(), SOCK_SEQPACKET, 1, path.c_str(), 0) <= 0) {
    return fail(Error::invalid_argument,
                "the socket that was passed is not a listening SOCK_SEQPACKET socket at " + path);
  }
  // A client that is gone between poll() and accept() must not block the others.
  if (::fcntl(listener.get(), F_SETFL, O_NONBLOCK) != 0) return fail(Error::io_failed, "fcntl() failed");
  return with_administrator(std::move(listener));
}

}  // namespace

Result<Listener> listen_at(const std::string& path) {
  if (const int passed = ::sd_listen_fds(1); passed != 0) return take_passed(path, passed);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Error::limit_exceeded, path + ": longer than a socket path may be");
  std::memcpy(address.sun_path, path.data(), path.size());
  TRY(safe_parent(path));
  TRY(clear_old_socket(path));
  UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener) return fail(Error::io_failed, "socket() failed");
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(Error::io_failed, path + ": " + std::strerror(errno));
  }
  if (::chmod(path.c_str(), 0666) != 0 || ::listen(listener.get(), kBacklog) != 0) {
    return fail(Error::io_failed, path + ": " + std::strerror(errno));
  }
  return with_administrator(std::move(listener));
}

Result<UniqueFd> accept_one(int listener, int wakeup) {
  while (true) {
    pollfd entries[2]{{listener, POLLIN, 0}, {wakeup, POLLIN, 0}};
    if (::poll(entries, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return fail(Error::io_failed, "poll() failed");
    }
    if (entries[1].revents != 0) return UniqueFd();
    UniqueFd connection(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) return connection;
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) continue;
    return fail(errno == EMFILE || errno == ENFILE ? Error::limit_exceeded : Error::io_failed,
                std::strerror(errno));
  }
}

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || size != sizeof credentials) {
    return fail(Error::io_failed, "no peer credentials");
  }
  return Peer{credentials.uid, credentials.gid, credentials.pid};
}

Result<std::size_t> next_packet_size(int socket, Deadline deadline) {
  while (true) {
    if (!wait_readable(socket, deadline)) return Error::timeout;
    // MSG_TRUNC: its real length, though nothing of it is copied.
    const ssize_t size = ::recv(socket, nullptr, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR && errno != EAGAIN) return Error::peer_closed;
  }
}

Result<ByteView> receive_packet(int socket, MutableBytes buffer, Deadline deadline) {
  iovec part{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;  // no room for control data: the kernel closes any descriptor and says MSG_CTRUNC
  while (true) {
    if (!wait_readable(socket, deadline)) return Error::timeout;
    const ssize_t got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return Error::peer_closed;
    if ((header.msg_flags & MSG_TRUNC) != 0) return Error::frame_too_large;
    if ((header.msg_flags & MSG_CTRUNC) != 0)
      return fail(Error::frame_malformed, "descriptors are not taken");
    return ByteView(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<PacketWithDescriptor> receive_packet_and_descriptor(int socket, MutableBytes buffer,
                                                           Deadline deadline) {
  iovec part{buffer.data(), buffer.size()};
  // Room for one; the kernel closes those that don't fit and says MSG_CTRUNC. (CMSG_SPACE may round up to
  // room for two.)
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  ssize_t got = -1;
  while (got < 0) {
    if (!wait_readable(socket, deadline)) return Error::timeout;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && errno != EINTR && errno != EAGAIN) return Error::peer_closed;
  }
  std::vector<UniqueFd> descriptors;
  for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t offset = 0; offset + sizeof(int) <= at->cmsg_len - CMSG_LEN(0); offset += sizeof(int)) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(at) + offset, sizeof descriptor);
      descriptors.emplace_back(descriptor);
    }
  }
  if (got == 0) return Error::peer_closed;
  if ((header.msg_flags & MSG_TRUNC) != 0) return Error::frame_too_large;
  if ((header.msg_flags & MSG_CTRUNC) != 0 || descriptors.size() > 1)
    return fail(Error::frame_malformed, "more than one descriptor");
  return PacketWithDescriptor{ByteView(buffer.data(), static_cast<std::size_t>(got)),
                              descriptors.empty() ? UniqueFd() : std::move(descriptors[0])};
}

Status send_packet(int socket, ByteView packet, int descriptor) {
  iovec part{const_cast<std::uint8_t*>(packet.data()), packet.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  if (descriptor >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* message = CMSG_FIRSTHDR(&header);
    message->cmsg_level = SOL_SOCKET;
    message->cmsg_type = SCM_RIGHTS;
    message->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(message), &descriptor, sizeof descriptor);
  }
  while (true) {
    // A client that does not read its one outstanding packet gets no second one: the socket buffer holds
    // both.
    const ssize_t sent = ::sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == static_cast<ssize_t>(packet.size())) return {};
    if (sent < 0 && errno == EINTR) continue;
    return errno == EPIPE || errno == ECONNRESET ? Error::peer_closed : Error::io_failed;
  }
}

bool peer_gone(int socket) noexcept {
  pollfd entry{socket, POLLRDHUP, 0};
  return ::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

Result<std::pair<UniqueFd, UniqueFd>> make_private_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(Error::io_failed, "socketpair() failed");
  return std::pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace cardea::recoveryd
