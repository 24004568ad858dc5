// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_register.h"

#include "cli/cmd_operation.h"
#include "core/text/catalogue.h"

namespace cardea::cli {
namespace {

Result<Answer> act(const Invocation& invocation, Console& console) {
  Request request{invocation.verb->operation, invocation.arguments};
  if (const auto wish = console.wish("sheet-confirm")) {
    if (*wish != "no-check")
      return fail(Error::invalid_argument, text::tr("“sheet-confirm” is “no-check”, or is left out."));
    request.arguments.emplace_back("sheet-confirm", "no");
  }
  return ask_daemon(invocation, request, console, console);
}

}  // namespace

int run_register(const Invocation& invocation) { return with_console(invocation, act); }

}  // namespace cardea::cli
