// SPDX-License-Identifier: Apache-2.0
// One tile with its conversation, for the threads of both: LogonUI calls from one side, the daemon's word
// comes from the other. Nothing here waits for the daemon. A change is told to the host outside of every
// lock, so that LogonUI may call back at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "credprov/model/conversation.h"
#include "credprov/model/password_sealing.h"

namespace cardea::credprov {

// Whoever draws the tile; called from any thread.
class TileHost {
 public:
  // view() is another one than before.
  virtual void on_tile_changed() noexcept = 0;
  // submit() is wanted now, without a person.
  virtual void on_tile_ready() noexcept = 0;

 protected:
  ~TileHost() = default;
};

struct SessionSetup {
  Scenario scenario = Scenario::logon;
  std::string user;      // DOMAIN\name; empty: the person is asked
  std::string computer;  // what a name without a domain belongs to
  std::string locale;    // POSIX
  std::uint32_t linger_ms = kLingerMs;
};

enum class Submitted : std::uint8_t { not_finished, credential, finished };

class Session final : public ConversationListener, public std::enable_shared_from_this<Session> {
 public:
  Session(SessionSetup setup, std::shared_ptr<Outside> outside);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  // Null: nobody draws. The host outlives its calls.
  void attach(std::shared_ptr<TileHost> host);

  // Before the last reference of LogonUI's side goes: a conversation that runs keeps the object alive. None
  // begins afterwards.
  void close() noexcept;

  // True: submit() is wanted at once.
  bool select();
  // Wipes what was typed and ends the conversation, but for one case: LogonUI takes the tile away to come
  // back for what on_tile_ready() has promised.
  void deselect();
  void type(Field field, SecretBytes text, bool too_long = false);
  void press_link();
  // Never waits. `packed` is set for `credential`: KERB_INTERACTIVE_UNLOCK_LOGON.
  Submitted submit(SecretBytes& packed);
  void reported(NtStatus status, NtStatus substatus);
  void set_card_status(const std::string& text);

  [[nodiscard]] View view() const;
  [[nodiscard]] std::string shown_text(Field field) const;
  [[nodiscard]] std::string message() const;
  // Somebody types or a conversation runs: drawing all tiles anew would take it away.
  [[nodiscard]] bool in_use() const;
  [[nodiscard]] bool wants_submit() const;
  [[nodiscard]] const SessionSetup& setup() const noexcept { return setup_; }

  void on_question(const Conversation& from, const Question& question) override;
  void on_said(const Conversation& from, std::string_view line) override;
  bool on_end(const Conversation& from, Outcome outcome) override;
  void on_forgotten(const Conversation& from) override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  void begin(Lock& lock);
  Submitted give(Lock& lock, SecretBytes& packed);
  void end_conversation(Lock& lock);
  void start_sealing(SecretBytes password);
  void told(Lock& lock, bool ready = false);

  const SessionSetup setup_;
  const std::shared_ptr<Outside> outside_;
  mutable std::mutex mutex_;
  Tile tile_;
  std::shared_ptr<TileHost> host_;
  std::shared_ptr<Conversation> conversation_;
  std::shared_ptr<PasswordSealing> sealing_;
  bool closed_ = false;
  bool host_called_ = false;  // on_tile_ready() was said, and the host has not come yet
};

}  // namespace cardea::credprov
