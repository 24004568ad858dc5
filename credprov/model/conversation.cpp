// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/conversation.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/base/utf8.h"
#include "core/client/daemon_client.h"
#include "core/client/texts.h"
#include "credprov/model/kerb_logon.h"

namespace cardea::credprov {
namespace {

using client::Reply;
using client::Turn;

constexpr std::string_view kPasswordPurpose = "windows-password";
constexpr std::string_view kStorePasswordVerb = "windows.seal-password";

// What the field was meant for in which a person typed before anything was asked. Any other first question is
// put to him.
bool takes_first(Talk talk, std::string_view purpose) noexcept {
  switch (talk) {
    case Talk::login:
      return purpose == "pin" || purpose == "access-key" || purpose == "pin-or-access-key";
    case Talk::pin_change:
      return purpose == "pin";
    case Talk::store_password:
      return purpose == kPasswordPurpose;
  }
  return false;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_same(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// Windows' names have no case, and a name may stand for itself with this computer's before it.
bool is_same_user(std::string_view a, std::string_view b, std::string_view computer) {
  const LogonName left = split_logon_name(a, computer);
  const LogonName right = split_logon_name(b, computer);
  return is_same(left.user, right.user) && is_same(left.domain, right.domain);
}

Outcome failed(Error error) {
  Outcome outcome;
  outcome.error = error;
  return outcome;
}

}  // namespace

Conversation::Conversation(ConversationRequest request, std::unique_ptr<CancellableTransport> transport,
                           std::shared_ptr<ConversationListener> listener, std::uint32_t linger_ms)
    : request_(std::move(request)),
      transport_(std::move(transport)),
      listener_(std::move(listener)),
      linger_ms_(linger_ms),
      language_(text::language_of(request_.language)) {}

void Conversation::run() noexcept {
  try {
    Outcome outcome;
    try {
      outcome = converse();
    } catch (const std::bad_alloc&) {
      outcome = failed(Error::out_of_memory);
    } catch (...) {
      outcome = failed(Error::internal);
    }
    request_.first = SecretBytes();
    password_ = SecretBytes();  // revealed, and not granted
    if (listener_->on_end(*this, std::move(outcome))) {
      std::unique_lock lock(mutex_);
      const bool came = woken_.wait_for(lock, std::chrono::milliseconds(linger_ms_),
                                        [this] { return released_ || cancelled_; });
      lock.unlock();
      if (!came) listener_->on_forgotten(*this);
    }
  } catch (...) {
    // The listener's, who is told nothing more.
  }
  listener_.reset();
}

Outcome Conversation::converse() {
  client::Workspace workspace(client::Workspace::For::answers_and_reveals);
  if (!workspace.ok()) return failed(Error::out_of_memory);
  Outcome outcome = request_.talk == Talk::store_password ? hold_operation(workspace) : hold_login(workspace);
  std::lock_guard lock(mutex_);
  return cancelled_ ? failed(Error::cancelled) : std::move(outcome);
}

Outcome Conversation::hold_login(client::Workspace& workspace) {
  wire::Begin begin;
  begin.type = request_.talk == Talk::pin_change ? wire::MessageType::begin_pin_change
                                                 : wire::MessageType::begin_login;
  begin.service = request_.service;
  begin.user = request_.user;
  begin.flags = request_.first.empty() ? 0U : static_cast<std::uint32_t>(wire::kHasFirstPass);
  begin.timeout_ms = kConversationMs;
  begin.language = request_.language;
  client::DaemonClient client(*transport_, *this, workspace);
  wire::Verdict verdict;
  if (const Error error = client.login(begin, verdict); error != client::kNoError) return failed(error);
  return judge(verdict);
}

Outcome Conversation::hold_operation(client::Workspace& workspace) {
  wire::BeginOperation begin;
  begin.verb = kStorePasswordVerb;
  begin.timeout_ms = kConversationMs;
  begin.arguments[0] = {"user", request_.user};
  begin.arguments[1] = {"outcome", "none"};
  begin.argument_count = 2;
  begin.language = request_.language;
  client::DaemonClient client(*transport_, *this, workspace);
  wire::OperationResult result;
  if (const Error error = client.operation(begin, result); error != client::kNoError) return failed(error);
  Outcome outcome;
  outcome.decision = result.error == 0 ? wire::Decision::granted : wire::Decision::refused;
  outcome.message = result.message;
  return outcome;
}

// The daemon's word, or a refusal where it contradicts itself or is about somebody else.
Outcome Conversation::judge(const wire::Verdict& verdict) {
  Outcome outcome;
  outcome.decision = verdict.decision;
  outcome.message = verdict.message;
  if (verdict.decision == wire::Decision::refused) return outcome;
  if (!is_same_user(verdict.user, request_.user, request_.computer)) return failed(Error::user_changed);
  if (verdict.decision != wire::Decision::granted) return outcome;
  if (verdict.error != 0) return failed(Error::frame_malformed);
  outcome.password = std::move(password_);
  return outcome;
}

Reply Conversation::ask(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) noexcept {
  try {
    if (answer_from_first(ask, turn, answer)) return Reply::answered;
    return ask_person(ask, turn, answer);
  } catch (...) {
    return Reply::failed;
  }
}

// A warning before the question, of the last try for one, was not read by whoever typed before; an access key
// can't be a wrong PIN.
bool Conversation::answer_from_first(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) {
  if (turn != Turn::first || !first_ask_) return false;
  first_ask_ = false;
  const SecretBytes first = std::move(request_.first);
  if (first.empty() || (ask.flags & (wire::kEcho | wire::kAskTwice)) != 0) return false;
  if (!takes_first(request_.talk, ask.purpose)) return false;
  if (!ask.notice.empty() && !request_.first_is_access_key) return false;
  answer.assign(first.expose_text());
  return true;
}

Reply Conversation::ask_person(const wire::Ask& ask, Turn turn, client::SecretBuffer& answer) {
  Question question;
  question.echo = (ask.flags & wire::kEcho) != 0;
  if (turn == Turn::repeat) {
    question.text = text::translate(language_, client::kAgainPrompt);
  } else {
    question.text = ask.notice;
    if (!ask.notice.empty() && !ask.prompt.empty()) question.text += '\n';
    question.text += ask.prompt;
  }
  std::unique_lock lock(mutex_);
  waiting_ = true;
  answered_ = false;
  lock.unlock();
  listener_->on_question(*this, question);
  lock.lock();
  woken_.wait(lock, [this] { return answered_ || cancelled_; });
  waiting_ = false;
  const SecretBytes text = std::move(answer_);
  if (cancelled_) return Reply::failed;
  answer.assign(text.expose_text());
  return Reply::answered;
}

void Conversation::say(const wire::Say& say) noexcept {
  try {
    listener_->on_said(*this, say.line);
  } catch (...) {
    // Not said then; the verdict still comes.
  }
}

// Only the password of a login, and once. It is shown to nobody.
Reply Conversation::reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept {
  try {
    const std::string_view text = as_text(content);
    if (request_.talk != Talk::login || reveal.purpose != kPasswordPurpose || !password_.empty())
      return Reply::refused;
    if (text.empty() || text.size() > kMaxPasswordBytes || !is_valid_utf8(text) ||
        text.find('\0') != std::string_view::npos)
      return Reply::refused;
    password_ = SecretBytes(text);
    return Reply::answered;
  } catch (...) {
    return Reply::failed;
  }
}

bool Conversation::answer(SecretBytes text) noexcept {
  std::lock_guard lock(mutex_);
  if (!waiting_ || answered_ || cancelled_) return false;
  answer_ = std::move(text);
  answered_ = true;
  woken_.notify_all();
  return true;
}

void Conversation::release() noexcept {
  std::lock_guard lock(mutex_);
  released_ = true;
  woken_.notify_all();
}

void Conversation::cancel() noexcept {
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    answer_ = SecretBytes();
    woken_.notify_all();
  }
  transport_->cancel();
}

}  // namespace cardea::credprov
