// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include "cli/tty.h"
#include "core/client/texts.h"

namespace cardea::cli {

using client::Reply;
using client::Turn;

void Console::say(const wire::Say& say) noexcept {
  if (say.level == wire::SayLevel::error) {
    output_.warn(say.line);
  } else {
    output_.info(say.line);
  }
}

Reply Console::reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept {
  return output_.reveal(reveal.purpose, reveal.caption, content) ? Reply::answered : Reply::refused;
}

Reply TtyConsole::ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept {
  std::string text;
  if (turn == Turn::first && !ask.notice.empty()) text = showable(ask.notice) + "\n";
  text += turn == Turn::repeat ? speak(client::kAgainPrompt) : showable(ask.prompt);
  const TtyOutcome outcome = ask_at_terminal(text, (ask.flags & wire::kEcho) != 0, answer);
  switch (outcome) {
    case TtyOutcome::answered:
      return Reply::answered;
    case TtyOutcome::no_terminal:
      set_problem(speak("There is no terminal to ask on. Give the answers with --answers."));
      return Reply::failed;
    case TtyOutcome::ended:
      set_problem(speak("Nothing was typed. Nothing was done."));
      return Reply::failed;
  }
  return Reply::failed;
}

Reply ScriptConsole::ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept {
  if (turn == Turn::repeat) {
    answer.assign(last_.expose_text());
    return Reply::answered;
  }
  auto value = answers_.take(ask.purpose);
  if (!value.has_value() && ask.purpose == "pin-or-access-key") {
    value = answers_.take("pin");
    if (!value.has_value()) value = answers_.take("access-key");
  }
  if (!value.has_value()) {
    if ((ask.flags & wire::kMayBeEmpty) != 0) return Reply::answered;
    const std::string purpose = showable(ask.purpose);
    // The warning in front of the question says why it was asked again.
    if (!ask.notice.empty()) output().warn(ask.notice);
    set_problem(speak("There is no answer left for “%1”. Add a line “%1=…” to the answers.", {purpose}));
    return Reply::failed;
  }
  last_ = std::move(*value);
  answer.assign(last_.expose_text());
  return Reply::answered;
}

std::optional<std::string> ScriptConsole::wish(std::string_view name) {
  const auto value = answers_.take(name);
  return value.has_value() ? std::optional(std::string(value->expose_text())) : std::nullopt;
}

Result<std::unique_ptr<Console>> make_console(Output& output, text::Voice& voice,
                                              const std::string& answers_file) {
  if (answers_file.empty()) return std::unique_ptr<Console>(std::make_unique<TtyConsole>(output));
  TRY_ASSIGN(Answers answers, Answers::read(answers_file, voice));
  return std::unique_ptr<Console>(std::make_unique<ScriptConsole>(output, std::move(answers)));
}

}  // namespace cardea::cli
