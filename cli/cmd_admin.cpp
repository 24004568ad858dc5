// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_admin.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "cli/output.h"

namespace cardea::cli {
namespace {

// Installed with this program, at a place that is fixed between the two: so that a tree that was installed
// elsewhere uses its own.
std::string admin_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  return (self.parent_path() / CARDEA_ADMIN_PROGRAM).lexically_normal().string();
}

}  // namespace

int run_admin(const Invocation& invocation) {
  std::string program = admin_program();
  std::vector<std::string> words = {program};
  if (invocation.global.json) words.emplace_back("--json");
  for (const auto& [name, value] :
       {std::pair{"--config", invocation.global.config}, std::pair{"--answers", invocation.global.answers}}) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  }
  words.insert(words.end(), invocation.passed_on.begin(), invocation.passed_on.end());
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  (void)::execv(program.c_str(), arguments.data());
  const Error error = errno == ENOENT ? Error::not_found : Error::io_failed;
  const Output output(invocation.global.json, invocation.global.language());
  return static_cast<int>(output.failed_with(
      ExitCode::refused, error,
      output.speak("%1 can't be started. Install the package cardea-server; this works on the server only.",
                   {program})));
}

}  // namespace cardea::cli
