// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster/patroni.h"

#include <fstream>
#include <stdexcept>

#include <sys/stat.h>

namespace cardea::test {
namespace {

constexpr char kProgram[] = CARDEA_SOURCE_ROOT "/packaging/examples/cluster/try-here";
constexpr test_support::milliseconds kPatience{180'000};

}  // namespace

PatroniCluster::PatroniCluster() {
  // The database's user passes through.
  if (::chmod(dir_.path().c_str(), 0711) != 0) throw std::runtime_error("chmod failed");
  up_ = std::make_unique<test_support::ChildProcess>(
      test_support::ChildProcess::Start{{kProgram, "up", directory()}, dir_.file("log")});
  if (!up_->wait_for_output("ready\n", kPatience))
    throw std::runtime_error("the cluster did not come up:\n" + up_->log_text() +
                             test_support::read_text_file(directory() + "/db1/patroni.log"));
  // As an administrator does: the server reads no password file of another user.
  std::ofstream(password_file()) << test_support::read_text_file(directory() + "/password");
  if (::chmod(password_file().c_str(), 0600) != 0) throw std::runtime_error("chmod failed");
}

PatroniCluster::~PatroniCluster() {
  if (up_) (void)up_->stop(kPatience);
}

std::string PatroniCluster::url() const { return test_support::read_text_file(directory() + "/url"); }

void PatroniCluster::run(const std::string& command) const {
  const auto done = test_support::run_command({kProgram, command, directory()}, {}, kPatience);
  if (!done.ok()) throw std::runtime_error("try-here " + command + ": " + done.output);
}

}  // namespace cardea::test
