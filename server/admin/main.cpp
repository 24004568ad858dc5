// SPDX-License-Identifier: Apache-2.0
// cardea-server-admin: `cardea admin` runs it with the words that were typed behind.
#include <cstdio>
#include <exception>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "server/admin/desk.h"
#include "server/admin/outcome.h"

namespace {

using namespace cardea;
using namespace cardea::server::admin;

int complain_usage(const Failure& failure) {
  std::fprintf(stderr, "cardea: %s. See “cardea admin --help”.\n", failure.detail.c_str());
  return kUsage;
}

int run(const std::vector<std::string>& words) {
  if (!words.empty() && words.front() == "--completion-words") {
    const std::string text = completion_words(std::span(words).subspan(1));
    return std::fputs(text.c_str(), stdout) < 0 ? kRefused : kDone;
  }
  if (words.size() == 1 && words.front() == "--version")
    return std::puts("cardea-server-admin " CARDEA_VERSION) < 0 ? kRefused : kDone;
  auto line = parse_command_line(words);
  if (!line.ok()) return complain_usage(line.failure());
  if (line->help) return std::fputs(help_text(line->verb).c_str(), stdout) < 0 ? kRefused : kDone;
  const bool json = line->json;
  const VerbSpec& verb = *line->verb;
  auto desk = Desk::open(std::move(line).value());
  return finish(desk.ok() ? verb.run(*desk) : Result<Answer>(desk.failure()), json);
}

}  // namespace

int main(int argc, char** argv) {
  // Seeds and passphrases are in the memory of this process.
  const rlimit no_core = {0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception&) {  // no memory, or a bug: never its text, which may hold anything
    std::fputs("cardea: Something went wrong inside. Please report this.\n", stderr);
    return kRefused;
  }
}
