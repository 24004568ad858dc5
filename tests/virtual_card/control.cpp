// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/control.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kLongestCommand = 4200;  // a verb and a path

// Owns a bound datagram socket and its path.
struct BoundSocket {
  int descriptor = -1;
  std::string path;
  BoundSocket() = default;
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;
  ~BoundSocket() {
    if (descriptor < 0) return;
    ::close(descriptor);
    ::unlink(path.c_str());
  }
};

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(Error::invalid_argument, "socket path must have 1 to 107 bytes: " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

int datagram_socket() { return ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }

bool somebody_listens(const sockaddr_un& address) {
  const int probe = datagram_socket();
  const bool reached = ::connect(probe, generic(address), sizeof address) == 0;
  ::close(probe);
  return reached;
}

Failure system_failure(const std::string& path) {
  return fail(Error::io_failed, path + ": " + std::strerror(errno));
}

}  // namespace

Result<ControlSocket> ControlSocket::bind(const std::filesystem::path& path) {
  TRY_ASSIGN(const sockaddr_un address, address_of(path.string()));
  if (somebody_listens(address)) {
    return fail(Error::already_exists, path.string() + ": another virtual card answers here");
  }
  ::unlink(path.c_str());
  const int descriptor = datagram_socket();
  if (descriptor < 0 || ::bind(descriptor, generic(address), sizeof address) != 0) {
    const Failure failure = system_failure(path.string());
    if (descriptor >= 0) ::close(descriptor);
    return failure;
  }
  return ControlSocket(descriptor, path);
}

ControlSocket::ControlSocket(ControlSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

ControlSocket::~ControlSocket() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(path_.c_str());
}

std::optional<ControlSocket::Request> ControlSocket::receive() {
  std::array<char, kLongestCommand + 1> buffer{};
  sockaddr_un from{};
  socklen_t from_size = sizeof from;
  const ssize_t size = ::recvfrom(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr*>(&from), &from_size);
  if (size < 0) return std::nullopt;
  Request request;
  // One byte over the limit means the kernel may have cut the rest off: never act on half a command.
  if (static_cast<std::size_t>(size) <= kLongestCommand)
    request.text.assign(buffer.data(), static_cast<std::size_t>(size));
  if (from_size > sizeof(sa_family_t)) {
    request.reply_path.assign(from.sun_path, ::strnlen(from.sun_path, sizeof from.sun_path));
  }
  return request;
}

void ControlSocket::reply(const Request& request, const std::string& text) {
  const auto address = address_of(request.reply_path);
  if (!address.ok()) return;
  (void)::sendto(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, generic(*address),
                 sizeof(sockaddr_un));
}

Result<std::string> request_control(const std::filesystem::path& path, const std::string& command,
                                    int timeout_ms) {
  static std::atomic<unsigned> sequence{0};
  BoundSocket mine;
  mine.path = path.string() + "." + std::to_string(::getpid()) + "." + std::to_string(sequence++);
  TRY_ASSIGN(const sockaddr_un server, address_of(path.string()));
  TRY_ASSIGN(const sockaddr_un address, address_of(mine.path));
  mine.descriptor = datagram_socket();
  if (mine.descriptor < 0 || ::bind(mine.descriptor, generic(address), sizeof address) != 0)
    return system_failure(mine.path);
  const ssize_t sent =
      ::sendto(mine.descriptor, command.data(), command.size(), MSG_NOSIGNAL, generic(server), sizeof server);
  if (sent < 0) return fail(Error::service_unreachable, path.string() + ": " + std::strerror(errno));
  pollfd waiting{mine.descriptor, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return fail(Error::timeout, path.string() + ": no answer");
  std::array<char, kLongestCommand> answer{};
  const ssize_t size = ::recv(mine.descriptor, answer.data(), answer.size(), 0);
  if (size < 0) return system_failure(mine.path);
  return std::string(answer.data(), static_cast<std::size_t>(size));
}

}  // namespace cardea::virtual_card
