// SPDX-License-Identifier: Apache-2.0
// Programs that a test starts. Whatever happens to the test, they end with it: the destructor kills and
// reaps, and the kernel kills them when the test program itself dies. Setting up throws std::exception, which
// GoogleTest reports as the test's failure.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/wait_until.h"

namespace cardea::test_support {

using Environment = std::map<std::string, std::string>;  // added to the test program's own

class ChildProcess {
 public:
  struct Start {
    std::vector<std::string> command;  // found by PATH unless it has a slash
    std::filesystem::path log;         // gets standard output and error; empty: /dev/null
    Environment environment = {};
    std::filesystem::path working_directory = {};  // empty: that of the test
  };
  explicit ChildProcess(const Start& start);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }  // -1 once it is reaped
  [[nodiscard]] bool running();
  // Exit status, or 128 + signal number; empty when it still runs at the deadline.
  std::optional<int> wait(milliseconds patience = kPatience);
  void signal(int number);
  // SIGTERM, and SIGKILL when that does not help in time. Returns what wait() would.
  int stop(milliseconds patience = kPatience);
  void kill9();

  [[nodiscard]] std::string log_text() const;  // what this process wrote; the file may hold earlier ones' too
  // Both return false when the program ends or the deadline comes first.
  [[nodiscard]] bool wait_for_output(const std::string& text, milliseconds patience = kPatience);
  [[nodiscard]] bool wait_for_path(const std::filesystem::path& path, milliseconds patience = kPatience);

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  std::filesystem::path log_;
  std::size_t log_begin_ = 0;
};

struct CommandResult {
  int status = -1;     // exit status, 128 + signal, or -1 when it was killed at the deadline
  std::string output;  // standard output and error
  [[nodiscard]] bool ok() const noexcept { return status == 0; }
};
// Runs a program to its end.
CommandResult run_command(const std::vector<std::string>& command, const Environment& environment = {},
                          milliseconds patience = milliseconds(30'000));
// The same; throws std::runtime_error with the output when it fails.
std::string must_run(const std::vector<std::string>& command, const Environment& environment = {});

std::string read_text_file(const std::filesystem::path& path);  // "" when it can't be read

}  // namespace cardea::test_support
