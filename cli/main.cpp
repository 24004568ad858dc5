// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include <sys/resource.h>

#include "cli/command_line.h"
#include "cli/exit_codes.h"

int main(int argc, char** argv) {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);  // PINs and passwords are typed here
  try {
    const auto line = cardea::cli::parse_command_line(argc, argv);
    if (!line.invocation.has_value()) return line.exit_code;
    return line.invocation->verb->run(*line.invocation);
  } catch (const std::exception&) {  // no memory, or a bug: never its text, which may hold anything
    std::fputs("cardea: Something went wrong inside. Please report this.\n", stderr);
    return static_cast<int>(cardea::cli::ExitCode::refused);
  }
}
