// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peer_process.h"

#include <stdexcept>

#include <unistd.h>

#include "tests/support/wait_until.h"

namespace cardea::bench {

PeerProcess::~PeerProcess() {
  if (process_) (void)process_->stop();
}

void PeerProcess::start(const std::vector<std::string>& command,
                        const test_support::Environment& environment) {
  process_.emplace(test_support::ChildProcess::Start{command, root() + "/peer.log", environment});
  const auto listens = [this] {
    const int handle = test::connect_loopback(port_);
    if (handle >= 0) ::close(handle);
    return handle >= 0;
  };
  if (!test_support::wait_until([&] { return listens() || !process_->running(); }) || !process_->running())
    throw std::runtime_error(command.front() + " did not start: " + process_->log_text());
}

}  // namespace cardea::bench
