// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/agent_link/ssh_agent.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "recoveryd/agent_link/agent_messages.h"

namespace cardea::recoveryd::agent {
namespace {

// How long a person who has hung up may go unnoticed.
constexpr std::chrono::milliseconds kTurn{200};

Result<int> option(int socket, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(socket, SOL_SOCKET, name, &value, &size) != 0 || size != sizeof value)
    return Error::peer_not_trusted;  // not a socket
  return value;
}

bool would_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// The socket's owner decides whether it blocks, so every call says by itself that it must not.
class Exchange {
 public:
  Exchange(int socket, Deadline deadline, const std::function<bool()>& given_up)
      : socket_(socket), deadline_(deadline), given_up_(given_up) {}

  Status write(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      } else if (sent < 0 && would_wait(errno)) {
        TRY(wait(POLLOUT));
      } else {
        return Error::peer_closed;
      }
    }
    return {};
  }

  Status read(MutableBytes bytes) {
    while (!bytes.empty()) {
      // recv() has no room for descriptors: the kernel drops those that come.
      const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(got));
      } else if (got < 0 && would_wait(errno)) {
        TRY(wait(POLLIN));
      } else {
        return Error::peer_closed;
      }
    }
    return {};
  }

 private:
  Status wait(short events) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error::timeout;
    if (given_up_()) return Error::cancelled;
    pollfd entry{socket_, events, 0};
    if (::poll(&entry, 1, static_cast<int>(std::min(left, kTurn).count())) < 0 && errno != EINTR)
      return Error::io_failed;
    return {};
  }

  int socket_;
  Deadline deadline_;
  const std::function<bool()>& given_up_;
};

}  // namespace

Result<SshAgent> SshAgent::take(UniqueFd socket, uid_t owner) {
  TRY_ASSIGN(const int domain, option(socket.get(), SO_DOMAIN));
  TRY_ASSIGN(const int type, option(socket.get(), SO_TYPE));
  TRY_ASSIGN(const int listening, option(socket.get(), SO_ACCEPTCONN));
  sockaddr_storage other{};
  socklen_t size = sizeof other;
  if (domain != AF_UNIX || type != SOCK_STREAM || listening != 0 ||
      ::getpeername(socket.get(), reinterpret_cast<sockaddr*>(&other), &size) != 0) {
    return Error::peer_not_trusted;
  }
  const auto peer = peer_of(socket.get());
  if (!peer.ok() || peer->uid != owner) return Error::peer_not_trusted;
  return SshAgent(std::move(socket));
}

Result<Bytes> SshAgent::sign(const crypto::PublicKey& key, ByteView message, Deadline deadline,
                             const std::function<bool()>& given_up) {
  Exchange exchange(socket_.get(), deadline, given_up);
  TRY(exchange.write(sign_request(key, message)));
  Bytes head(kLengthBytes);
  TRY(exchange.read(head));
  TRY_ASSIGN(const std::size_t length, answer_length(head));
  Bytes answer(length);
  TRY(exchange.read(answer));
  return signature_in_answer(key, answer);
}

}  // namespace cardea::recoveryd::agent
