// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_gate.h"

#include <array>

#include "cli/cmd_operation.h"
#include "cli/pam_rehearsal.h"

namespace cardea::cli {
namespace {

using client::Reply;
using client::Turn;

// Stands before the console while the daemon watches: when the daemon is ready to see the login, it asks for
// “rehearsal”, and the login is made here. What came of a login with card or key the daemon has seen itself;
// what came of the break-glass account's, during which it counts as stopped, it is told.
class RehearsalTerminal final : public client::Terminal {
 public:
  RehearsalTerminal(const PamRehearsal& rehearsal, Console& console) noexcept
      : rehearsal_(rehearsal), console_(console) {}

  Reply ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept override {
    if (ask.purpose != "rehearsal") return console_.ask(ask, turn, answer);
    const PamOutcome outcome = rehearse_pam_login(rehearsal_, console_);
    if (!outcome.passed) console_.output().warn(console_.speak("The login failed: %1.", {outcome.reason}));
    answer.clear();
    if (rehearsal_.tells_outcome) answer.assign(outcome.passed ? "passed" : "failed");
    return Reply::answered;
  }
  void say(const wire::Say& say) noexcept override { console_.say(say); }
  Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override {
    return console_.reveal(reveal, content);
  }

 private:
  const PamRehearsal& rehearsal_;
  Console& console_;
};

struct Step {
  const char* name;
  const char* purpose;
  const char* what_to_do;
};
constexpr std::array<Step, 3> kSteps{{
    {"card", "pin", text::tr("Log in with your card: insert it and type its PIN.")},
    {"access-key", "access-key",
     text::tr("Log in with an access key: take the card out and type the access key.")},
    {"break-glass", "password", text::tr("Log in as the administrator, without any card.")},
}};

bool is_wanted(const Invocation& invocation, std::string_view step) {
  bool any = false;
  for (const auto& [name, value] : invocation.own) {
    if (name != "--step") continue;
    if (value == step) return true;
    any = true;
  }
  return !any;
}

PamRehearsal rehearsal_of(const Invocation& invocation, const Step& step) {
  PamRehearsal out;
  out.service = invocation.option("--service", "login");
  out.user = invocation.option("--user");
  out.directory = invocation.option("--pam-dir");
  out.locale = invocation.global.locale;
  out.purpose = step.purpose;
  return out;
}

Result<Answer> rehearse_step(const Invocation& invocation, const Step& step, Console& console) {
  Request request{invocation.verb->operation, invocation.arguments};
  request.arguments.emplace_back("step", step.name);
  PamRehearsal rehearsal = rehearsal_of(invocation, step);
  if (std::string_view(step.name) == "break-glass") {
    rehearsal.user = invocation.option("--admin");
    rehearsal.tells_outcome = true;
    request.arguments.emplace_back("admin", rehearsal.user);
  }
  RehearsalTerminal terminal(rehearsal, console);
  return ask_daemon(invocation, request, terminal, console);
}

Result<Answer> rehearse(const Invocation& invocation, Console& console) {
  std::string rehearsed;
  for (const Step& step : kSteps) {
    if (!is_wanted(invocation, step.name)) continue;
    console.output().info(console.speak(step.what_to_do));
    TRY_ASSIGN(const Answer answer, rehearse_step(invocation, step, console));
    if (!answer.message.empty()) console.output().info(answer.message);
    rehearsed += (rehearsed.empty() ? "\"" : ",\"") + std::string(step.name) + "\"";
  }
  return Answer{{}, "{\"rehearsed\":[" + rehearsed + "]}"};
}

Result<Answer> gate_on(const Invocation& invocation, Console& console) {
  const bool confirm = !invocation.option("--confirm").empty();
  return ask_daemon(invocation, {confirm ? "gate.confirm" : invocation.verb->operation, invocation.arguments},
                    console, console);
}

}  // namespace

int run_gate_on(const Invocation& invocation) {
  if (!invocation.option("--confirm").empty() && !invocation.option("--confirm-within").empty()) {
    return wrong_usage(invocation,
                       text::tr("--confirm and --confirm-within contradict each other. Give one of them."));
  }
  return with_console(invocation, gate_on);
}

int run_gate_rehearse(const Invocation& invocation) {
  if (is_wanted(invocation, "break-glass") && invocation.option("--admin").empty()) {
    return wrong_usage(
        invocation,
        text::tr("The administrator's account is not named. Add --admin USER, or choose steps with --step."));
  }
  return with_console(invocation, rehearse);
}

}  // namespace cardea::cli
