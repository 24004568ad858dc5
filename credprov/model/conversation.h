// SPDX-License-Identifier: Apache-2.0
// One conversation with the daemon on a thread of its own, for a tile: the first question gets what was typed
// before, the others wait for the person. LogonUI's thread only calls answer(), release() and cancel(), which
// never wait.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/client/terminal.h"
#include "core/client/workspace.h"
#include "core/text/language.h"
#include "credprov/model/outside.h"
#include "credprov/model/tile.h"

namespace cardea::credprov {

class Conversation;

// Who hears of it, on the conversation's thread. `from` says which one it is.
class ConversationListener {
 public:
  virtual void on_question(const Conversation& from, const Question& question) = 0;
  virtual void on_said(const Conversation& from, std::string_view line) = 0;
  // True: something secret was taken over, and on_forgotten() is wanted when nobody comes for it.
  virtual bool on_end(const Conversation& from, Outcome outcome) = 0;
  virtual void on_forgotten(const Conversation& from) = 0;

 protected:
  ~ConversationListener() = default;
};

struct ConversationRequest {
  Talk talk = Talk::login;
  std::string service;   // windows-logon, windows-unlock, windows-credui; pin change: the same
  std::string user;      // DOMAIN\name
  std::string computer;  // what a dot and no domain mean, when names are compared
  std::string language;  // POSIX locale name
  SecretBytes first;     // what was typed before it began, or empty
  bool first_is_access_key = false;
};

// How long the daemon may think altogether; the person's time does not count.
inline constexpr std::uint32_t kConversationMs = 60'000;
// How long a granted password waits for LogonUI, which comes for it at once when it is told.
inline constexpr std::uint32_t kLingerMs = 20'000;

class Conversation final : public client::Terminal {
 public:
  Conversation(ConversationRequest request, std::unique_ptr<CancellableTransport> transport,
               std::shared_ptr<ConversationListener> listener, std::uint32_t linger_ms = kLingerMs);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() = default;

  // On a thread of its own, once.
  void run() noexcept;

  // From LogonUI's thread. False when no question waits.
  bool answer(SecretBytes text) noexcept;
  // What was granted has been given away or is not wanted.
  void release() noexcept;
  void cancel() noexcept;

  client::Reply ask(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer) noexcept override;
  void say(const wire::Say& say) noexcept override;
  client::Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept override;

 private:
  Outcome converse();
  Outcome hold_login(client::Workspace& workspace);
  Outcome hold_operation(client::Workspace& workspace);
  Outcome judge(const wire::Verdict& verdict);
  bool answer_from_first(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer);
  client::Reply ask_person(const wire::Ask& ask, client::Turn turn, client::SecretBuffer& answer);

  ConversationRequest request_;
  const std::unique_ptr<CancellableTransport> transport_;
  std::shared_ptr<ConversationListener> listener_;
  const std::uint32_t linger_ms_;
  const text::Language language_;
  bool first_ask_ = true;
  SecretBytes password_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool waiting_ = false;   // for the person
  bool answered_ = false;  // answer_ holds it
  bool released_ = false;
  bool cancelled_ = false;
  SecretBytes answer_;
};

}  // namespace cardea::credprov
