// SPDX-License-Identifier: Apache-2.0
// The state of one tile at the logon screen: which fields are shown, with which texts, and what a press of
// the arrow means. No I/O, no thread, no clock of its own; session.h drives it. It decides nothing about
// logins: “granted” is the daemon's word, and whether the password is right is Windows'.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/text/language.h"
#include "core/wire/local_messages.h"
#include "credprov/model/logon_result.h"
#include "credprov/model/scenario.h"

namespace cardea::credprov {

enum class Field : std::uint8_t {
  image,
  provider_label,
  title,
  card_status,       // what lies in the reader
  message,           // notice and question, or why not
  user_name,         // “other user” only
  pin,               // hidden
  access_key,        // visible: it is good for one use, and thirty characters can't be typed unseen
  key_check,         // which group is mistyped, while typing
  answer,            // to a later question, visible
  hidden_answer,     // to a later question, hidden
  windows_password,  // hidden
  submit,
  link,
};
inline constexpr std::size_t kFields = 14;

constexpr std::size_t index_of(Field field) noexcept { return static_cast<std::size_t>(field); }
// Whether a person types here, and whether what he types is a secret.
bool is_typed(Field field) noexcept;
bool is_secret(Field field) noexcept;

struct FieldView {
  bool shown = false;
  bool enabled = true;
  bool focused = false;
  std::string text;  // of texts and links; typed fields show what was typed
  bool operator==(const FieldView&) const = default;
};

struct View {
  std::array<FieldView, kFields> fields;
  Field submit_after = Field::pin;  // beside which field the arrow stands
  unsigned emptied = 0;             // counts how often the typed fields were emptied
};

// A question of the daemon that waits for a person.
struct Question {
  std::string text;  // notice and prompt
  bool echo = false;
};

// How a conversation ended.
struct Outcome {
  Error error{};  // it could not be held at all; 0 when the daemon has spoken
  wire::Decision decision = wire::Decision::refused;  // of an operation: granted when it was done
  std::string message;
  SecretBytes password;  // the stored Windows password, UTF-8; counts only when granted
};

enum class Step : std::uint8_t {
  wait,      // nothing to be done now
  begin,     // a conversation, with taken()
  answer,    // the waiting question, with taken()
  give,      // the password taken() to Windows
  finished,  // all is done without Windows
};

// Which conversation a `begin` means.
enum class Talk : std::uint8_t { login, pin_change, store_password };

// How long a granted login counts while the person looks for his Windows password, or LogonUI for its feet.
inline constexpr MonotonicMillis kGrantMs = 120'000;
inline constexpr std::size_t kMaxPasswordBytes = 512;
inline constexpr std::size_t kMaxMessageBytes = 1'024;

class Tile {
 public:
  // Without `user` the person is asked for the name.
  Tile(Scenario scenario, std::string user, text::Language language);

  // What LogonUI says.
  void deselect();
  // Wipes what was typed, and says so in the view.
  void empty_fields();
  void type(Field field, SecretBytes text, bool too_long);
  void press_link();
  Step submit(MonotonicMillis now);
  void reported(NtStatus status, NtStatus substatus);

  // What was typed for the last step, once. Of a `give` the Windows password.
  SecretBytes taken() { return std::move(taken_); }
  // After a `give`: the password was typed, and is not stored yet.
  [[nodiscard]] bool gives_new_password() const noexcept { return gives_new_password_; }
  [[nodiscard]] Talk talk() const noexcept { return talk_; }
  // An access key was typed for `begin`: no PIN, whatever the question is.
  [[nodiscard]] bool typed_access_key() const noexcept { return typed_access_key_; }
  [[nodiscard]] std::string user() const;

  // What the conversation says.
  void asked(const Question& question);
  void said(std::string_view line);
  void ended(Outcome outcome, MonotonicMillis now);
  // The password was granted, and nobody came for it.
  void forget();

  void set_card_status(std::string_view text) { card_status_ = text; }

  [[nodiscard]] View view() const;
  // What the person has typed where it may be seen.
  [[nodiscard]] std::string shown_text(Field field) const;
  // A granted password waits to be given, or the end to be told.
  [[nodiscard]] bool wants_submit() const noexcept {
    return state_ == State::ready || state_ == State::finished;
  }
  // Something would be lost if LogonUI drew the tile anew.
  [[nodiscard]] bool in_use() const noexcept;
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  enum class State : std::uint8_t {
    entry,            // a conversation may begin
    working,          // it runs
    asked,            // it waits for the person
    password_wanted,  // granted; the Windows password is missing
    ready,            // granted, and the password is there
    given,            // Windows has it
    finished,
  };
  enum class Entry : std::uint8_t { pin, access_key, new_password };

  void say(const char* english);
  void back_to_entry();
  void end_refused(const Outcome& outcome);
  void end_granted(Outcome& outcome, MonotonicMillis now);
  Step submit_entry();
  Step submit_password(MonotonicMillis now);
  [[nodiscard]] Field entry_field() const noexcept;
  [[nodiscard]] Field active_field() const noexcept;
  [[nodiscard]] const char* link_text() const noexcept;
  [[nodiscard]] std::string key_check() const;
  [[nodiscard]] SecretBytes& typed(Field field) noexcept { return typed_[index_of(field)]; }
  [[nodiscard]] const SecretBytes& typed(Field field) const noexcept { return typed_[index_of(field)]; }

  const Scenario scenario_;
  const std::string user_;
  const text::Language language_;
  State state_ = State::entry;
  Entry entry_ = Entry::pin;
  Talk talk_ = Talk::login;
  bool echo_ = false;
  bool too_long_ = false;
  bool typed_access_key_ = false;
  bool gives_new_password_ = false;
  // A password that Windows has refused once is not offered again: each try counts towards a lock-out.
  bool stored_password_wrong_ = false;
  unsigned emptied_ = 0;
  MonotonicMillis granted_at_ = 0;
  std::string message_, card_status_, said_;
  std::array<SecretBytes, kFields> typed_;
  SecretBytes taken_, password_;
};

}  // namespace cardea::credprov
