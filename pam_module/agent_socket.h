// SPDX-License-Identifier: Apache-2.0
// The ssh agent of the person for whom this program runs as root, found by SSH_AUTH_SOCK. That variable is
// whatever he wrote there, so the socket is opened with his rights and never with root's. PamTerminal lends
// it to the daemon.
#pragma once

namespace cardea::pam {

class AgentSocket {
 public:
  // Looks at the environment only.
  AgentSocket() noexcept;

  // There is an absolute path of a possible length, and somebody other than root for whom the program runs.
  [[nodiscard]] bool offered() const noexcept { return path_[0] != '\0'; }
  // A connected socket, closed on exec and not below 3, that the caller owns; negative when the person may
  // not open it, nobody listens, too many wait, or it was not he who made it.
  [[nodiscard]] int connect() const noexcept;

 private:
  void take(const char* path) noexcept;
  char path_[108];  // sockaddr_un
};

}  // namespace cardea::pam
