// SPDX-License-Identifier: Apache-2.0
// OpenSSL writes to sockets with write(2): a server that has gone would end the whole program with SIGPIPE,
// whatever the program has said about signals. Blocks it for this thread while it exists, and takes away one
// that came meanwhile. Called by poco_line.cpp and server_look.cpp.
#pragma once

#include <signal.h>

namespace cardea::upstream {

class SigpipeBlock {
 public:
  SigpipeBlock() noexcept;
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;
  ~SigpipeBlock();

 private:
  sigset_t before_;
  bool was_pending_ = false;
};

}  // namespace cardea::upstream
