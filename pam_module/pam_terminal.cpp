// SPDX-License-Identifier: Apache-2.0
#include "pam_module/pam_terminal.h"

#include "core/client/texts.h"
#include "pam_module/message_text.h"

namespace cardea::pam {
namespace {

using client::Reply;
using client::Turn;

// What an earlier module may have asked for on our behalf; anything else would put a password where it does
// not belong.
constexpr std::string_view kFirstPassPurposes[] = {"pin", "access-key", "pin-or-access-key"};

constexpr std::string_view kKeyringPurpose = "keyring";

// base64url of 32 bytes without padding (docs/spec/keyring.md): nothing that a C string or a line would cut.
bool is_keyring_text(std::string_view text) noexcept {
  for (const char c : text) {
    const bool known =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!known) return false;
  }
  return text.size() == 43;
}

bool takes_first_pass(const wire::Ask& ask) noexcept {
  for (const std::string_view purpose : kFirstPassPurposes) {
    if (ask.purpose == purpose) return (ask.flags & wire::kEcho) == 0;
  }
  return false;
}

// The reason stands before the question, in one prompt: greeters hide or replace a message that comes before
// it.
void compose(const wire::Ask& ask, Turn turn, text::Language language, MessageText& text) noexcept {
  const std::string_view question =
      turn == Turn::repeat ? text::translate(language, client::kAgainPrompt) : ask.prompt;
  if (turn == Turn::first && !ask.notice.empty()) {
    const std::size_t reserved = question.size() + 1;
    if (reserved < MessageText::kCapacity) text.append(ask.notice, MessageText::kCapacity - reserved);
    text.append(ask.notice.ends_with('\n') ? "" : " ");
  }
  text.append(question);
}

}  // namespace

PamTerminal::PamTerminal(PamHandle& pam, const Options& options, text::Language language, bool interactive,
                         bool silent) noexcept
    : pam_(pam),
      language_(language),
      interactive_(interactive),
      silent_(silent),
      only_first_pass_(options.use_first_pass),
      first_pass_(interactive && (options.use_first_pass || options.try_first_pass) &&
                  !pam.item(PAM_AUTHTOK).empty()) {}

Reply PamTerminal::ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept {
  if (answer_from_first_pass(ask, turn, answer)) return Reply::answered;
  if (!may_prompt()) {
    missed_ = true;
    return Reply::refused;
  }
  MessageText text;
  compose(ask, turn, language_, text);
  const int style = (ask.flags & wire::kEcho) != 0 ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
  return pam_.prompt(style, text.c_str(), answer) ? Reply::answered : Reply::failed;
}

bool PamTerminal::answer_from_first_pass(const wire::Ask& ask, Turn turn,
                                         client::SecretBuffer& answer) noexcept {
  const bool first = first_ask_;
  if (turn == Turn::first) first_ask_ = false;
  if (!first || turn != Turn::first || !first_pass_ || !takes_first_pass(ask)) return false;
  answer.assign(pam_.item(PAM_AUTHTOK));
  return true;
}

void PamTerminal::say(const wire::Say& say) noexcept {
  if (silent_) return;
  MessageText text;
  text.append(say.line);
  pam_.show(say.level == wire::SayLevel::error ? PAM_ERROR_MSG : PAM_TEXT_INFO, text.c_str());
}

Reply PamTerminal::reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  if (reveal.purpose != kKeyringPurpose || !interactive_ || !is_keyring_text(text)) return Reply::refused;
  keyring_memory_[text.size()] = '\0';
  keyring_.assign(text);
  return Reply::answered;
}

client::Channel PamTerminal::lend_agent() noexcept {
  const int agent = agent_.connect();
  return agent < 0 ? client::kNoChannel : agent;
}

}  // namespace cardea::pam
