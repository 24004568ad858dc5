// SPDX-License-Identifier: Apache-2.0
// Most verbs: one operation of the daemon, with this utility as its terminal.
#pragma once

#include "cli/console.h"
#include "cli/verbs.h"
#include "core/client/daemon_client.h"

namespace cardea::cli {

int run_operation(const Invocation& invocation);

struct Request {
  std::string operation;
  std::vector<std::pair<std::string, std::string>> arguments;
};

// What the daemon said at the end.
struct Answer {
  std::string message;
  std::string json;
};

// One conversation. `terminal` may be the console or something in front of it. Failure: the error with the
// text to show, as error_text() makes it.
Result<Answer> ask_daemon(const Invocation& invocation, const Request& request, client::Terminal& terminal,
                          const Console& console);

// Makes the console and runs `act` with it: the frame of every verb that talks to the daemon; exit code.
int with_console(const Invocation& invocation, Result<Answer> (*act)(const Invocation&, Console&));

// Says what is wrong with the options, which CLI11 could not know; exit code.
int wrong_usage(const Invocation& invocation, std::string_view english);

}  // namespace cardea::cli
