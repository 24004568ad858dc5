// SPDX-License-Identifier: Apache-2.0
// The cluster of packaging/examples/cluster, brought up by its own try-here in a private directory; ended
// with this object.
#pragma once

#include <memory>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class PatroniCluster {
 public:
  PatroniCluster();  // until both databases are in step
  PatroniCluster(const PatroniCluster&) = delete;
  PatroniCluster& operator=(const PatroniCluster&) = delete;
  ~PatroniCluster();

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string password_file() const { return dir_.file("password"); }
  void switch_over() { run("switch-over"); }
  // All that runs on the leader's machine is killed, or stands still.
  void kill_leader() { run("kill"); }
  void freeze_leader() { run("freeze"); }
  void thaw() { run("thaw"); }
  // Starts what was killed; returns when both databases are in step.
  void start() { run("start"); }

 private:
  void run(const std::string& command) const;
  [[nodiscard]] std::string directory() const { return dir_.file("c"); }

  TempDir dir_;
  std::unique_ptr<test_support::ChildProcess> up_;
};

}  // namespace cardea::test
