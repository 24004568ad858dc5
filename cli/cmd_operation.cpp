// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_operation.h"

#include "cli/daemon_address.h"
#include "core/client/linux/unix_socket_transport.h"

namespace cardea::cli {
namespace {

Result<Answer> act(const Invocation& invocation, Console& console) {
  return ask_daemon(invocation, {invocation.verb->operation, invocation.arguments}, console, console);
}

}  // namespace

Result<Answer> ask_daemon(const Invocation& invocation, const Request& request, client::Terminal& terminal,
                          const Console& console) {
  const text::Language language = invocation.global.language();
  wire::BeginOperation begin;
  begin.verb = request.operation;
  begin.language = invocation.global.locale;
  begin.timeout_ms = invocation.global.timeout_s * 1000;
  if (request.arguments.size() > wire::kMaxPairs)
    return fail(Error::invalid_argument, console.speak("Too many options."));
  for (const auto& [name, value] : request.arguments)
    begin.arguments[begin.argument_count++] = {name, value};

  TRY_ASSIGN(const std::string socket, daemon_socket(invocation.global));
  client::Workspace workspace(client::Workspace::For::answers_and_reveals);
  if (!workspace.ok()) return fail(Error::out_of_memory, error_text(Error::out_of_memory, {}, language));
  client::UnixSocketTransport transport(socket.c_str());
  client::DaemonClient daemon(transport, terminal, workspace);
  wire::OperationResult result;
  const Error error = daemon.operation(begin, result);
  if (error == Error::cancelled && !console.problem().empty()) return fail(error, console.problem());
  if (error != client::kNoError) return fail(error, error_text(error, {}, language));
  if (result.error != 0) {
    const auto refused = static_cast<Error>(result.error);
    return fail(refused, error_text(refused, result.message, language));
  }
  return Answer{std::string(result.message), std::string(result.json)};
}

int with_console(const Invocation& invocation, Result<Answer> (*act)(const Invocation&, Console&)) {
  Output output(invocation.global.json, invocation.global.language());
  text::Voice voice(output.language());
  auto console = make_console(output, voice, invocation.global.answers);
  if (!console.ok()) {
    const Failure& failure = console.failure();
    return static_cast<int>(
        output.failed_with(ExitCode::usage, failure.error,
                           error_text(failure.error, voice.explain(failure), output.language())));
  }
  const auto answer = act(invocation, **console);
  if (answer.ok()) return static_cast<int>(output.done(answer->message, answer->json));
  const Failure& failure = answer.failure();
  return static_cast<int>(output.failed_with(exit_code(failure.error), failure.error, failure.detail));
}

int wrong_usage(const Invocation& invocation, std::string_view english) {
  const Output output(invocation.global.json, invocation.global.language());
  return static_cast<int>(output.failed_with(ExitCode::usage, Error::invalid_argument,
                                             text::translate(output.language(), english)));
}

int run_operation(const Invocation& invocation) { return with_console(invocation, act); }

}  // namespace cardea::cli
