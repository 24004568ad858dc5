// SPDX-License-Identifier: Apache-2.0
// One connection to a person's ssh agent, borrowed from the login program that runs for him. LoginRun has the
// cards that may open sign through it. The agent may be anything: slow, silent, hostile; it costs its owner
// no more than the time until the deadline.
#pragma once

#include <functional>

#include "core/crypto/signature.h"
#include "recoveryd/os/linux/local_socket.h"

namespace cardea::recoveryd::agent {

class SshAgent {
 public:
  // Error::peer_not_trusted unless it is a connected AF_UNIX stream socket whose other end was made by
  // `owner`.
  static Result<SshAgent> take(UniqueFd socket, uid_t owner);

  // A signature over `message` in the form of PublicKey::verify, not yet verified. Error::not_found when the
  // agent does not have the key or its owner refuses; then it may be asked for another key. After any other
  // error (timeout, peer_closed, io_failed, frame_malformed, frame_too_large, cancelled when `given_up`) it
  // may not.
  Result<Bytes> sign(const crypto::PublicKey& key, ByteView message, Deadline deadline,
                     const std::function<bool()>& given_up);

 private:
  explicit SshAgent(UniqueFd socket) : socket_(std::move(socket)) {}
  UniqueFd socket_;
};

}  // namespace cardea::recoveryd::agent
