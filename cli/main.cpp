// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <sys/resource.h>

#include "cli/command_line.h"
#include "cli/exit_codes.h"
#include "core/text/catalogue.h"

int main(int argc, char** argv) {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);  // PINs and passwords are typed here
  const std::string_view locale =
      cardea::text::wished_locale([](const char* name) { return std::getenv(name); });
  try {
    const auto line = cardea::cli::parse_command_line(argc, argv, locale);
    if (!line.invocation.has_value()) return line.exit_code;
    return line.invocation->verb->run(*line.invocation);
  } catch (const std::exception&) {  // no memory, or a bug: never its text, which may hold anything
    const auto said =
        cardea::text::translate(cardea::text::language_of(locale),
                                cardea::text::tr("Something went wrong inside. Please report this."));
    std::fprintf(stderr, "cardea: %.*s\n", static_cast<int>(said.size()), said.data());
    return static_cast<int>(cardea::cli::ExitCode::refused);
  }
}
