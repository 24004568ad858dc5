// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/tile.h"

#include <algorithm>

#include "core/access_key/grouped_code.h"
#include "core/client/texts.h"
#include "credprov/model/texts.h"

namespace cardea::credprov {
namespace {

constexpr std::size_t kAccessKeyGroups = 6;

// A text of the daemon, cut between characters.
std::string_view bounded(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
    --limit;
  return text.substr(0, limit);
}

void append_line(std::string& text, std::string_view line) {
  if (line.empty()) return;
  if (!text.empty()) text += '\n';
  text += line;
  text = bounded(text, kMaxMessageBytes);
}

}  // namespace

bool is_typed(Field field) noexcept {
  return is_secret(field) || field == Field::user_name || field == Field::answer;
}

bool is_secret(Field field) noexcept {
  return field == Field::pin || field == Field::access_key || field == Field::hidden_answer ||
         field == Field::windows_password;
}

Tile::Tile(Scenario scenario, std::string user, text::Language language)
    : scenario_(scenario), user_(std::move(user)), language_(language) {
  if (scenario == Scenario::change_password) say(texts::kTypeOldPin);
}

void Tile::say(const char* english) { message_ = text::translate(language_, english); }

void Tile::empty_fields() {
  for (std::size_t i = 0; i < kFields; ++i) {
    if (i != index_of(Field::user_name)) typed_[i] = SecretBytes();
  }
  too_long_ = false;
  ++emptied_;
}

void Tile::back_to_entry() {
  state_ = State::entry;
  said_.clear();
  password_ = SecretBytes();
  taken_ = SecretBytes();
  gives_new_password_ = false;
  empty_fields();
}

void Tile::deselect() {
  back_to_entry();
  entry_ = Entry::pin;
  message_.clear();
  if (scenario_ == Scenario::change_password) say(texts::kTypeOldPin);
}

void Tile::type(Field field, SecretBytes text, bool too_long) {
  if (!is_typed(field)) return;
  typed(field) = std::move(text);
  if (field == active_field()) too_long_ = too_long;
}

void Tile::press_link() {
  if (state_ != State::entry || link_text() == nullptr) return;
  empty_fields();
  if (entry_ != Entry::pin) {
    entry_ = Entry::pin;
    message_.clear();
    if (scenario_ == Scenario::change_password) say(texts::kTypeOldPin);
  } else if (scenario_ == Scenario::change_password) {
    entry_ = Entry::new_password;
    say(texts::kTypeNewPassword);
  } else {
    entry_ = Entry::access_key;
    say(texts::kTypeAccessKey);
  }
}

Step Tile::submit(MonotonicMillis now) {
  if (too_long_) {
    empty_fields();
    say(texts::kTooLong);
    return Step::wait;
  }
  switch (state_) {
    case State::entry:
      return submit_entry();
    case State::asked:
      taken_ = std::move(typed(active_field()));
      state_ = State::working;
      say(texts::kWorking);
      empty_fields();
      return Step::answer;
    case State::password_wanted:
    case State::ready:
      return submit_password(now);
    case State::finished: {
      back_to_entry();
      entry_ = Entry::pin;
      return Step::finished;
    }
    case State::given:  // Windows has asked anew without a word about the last one
      back_to_entry();
      return Step::wait;
    case State::working:
      return Step::wait;
  }
  return Step::wait;
}

Step Tile::submit_entry() {
  if (user_.empty() && typed(Field::user_name).empty()) {
    say(texts::kTypeUserName);
    return Step::wait;
  }
  SecretBytes& text = typed(entry_field());
  if (text.empty() && entry_ != Entry::pin) {
    say(entry_ == Entry::access_key ? texts::kTypeAccessKey : texts::kTypeNewPassword);
    return Step::wait;
  }
  if (entry_ == Entry::access_key && text.size() <= wire::kMaxPinBytes) {
    say(texts::kNotAnAccessKey);  // a PIN, typed into the field where it can be seen
    empty_fields();
    return Step::wait;
  }
  taken_ = std::move(text);
  typed_access_key_ = entry_ == Entry::access_key;
  talk_ = entry_ == Entry::new_password            ? Talk::store_password
          : scenario_ == Scenario::change_password ? Talk::pin_change
                                                   : Talk::login;
  state_ = State::working;
  said_.clear();
  say(texts::kWorking);
  empty_fields();
  return Step::begin;
}

Step Tile::submit_password(MonotonicMillis now) {
  if (now - granted_at_ > kGrantMs || now < granted_at_) {
    back_to_entry();
    say(texts::kTooSlow);
    return Step::wait;
  }
  const bool stored = state_ == State::ready;
  SecretBytes& password = stored ? password_ : typed(Field::windows_password);
  if (password.empty()) return Step::wait;
  if (password.size() > kMaxPasswordBytes) {
    empty_fields();
    say(texts::kTooLong);
    return Step::wait;
  }
  gives_new_password_ = !stored;
  taken_ = std::move(password);
  state_ = State::given;
  say(texts::kWorking);
  empty_fields();
  return Step::give;
}

void Tile::reported(NtStatus status, NtStatus substatus) {
  if (state_ != State::given) return;
  const LogonResult result = logon_result(status, substatus);
  const bool was_typed = gives_new_password_;
  back_to_entry();
  if (result == LogonResult::wrong_password) {
    // The daemon's grant still counts: it was Windows that refused.
    if (!was_typed) stored_password_wrong_ = true;
    state_ = State::password_wanted;
    say(was_typed ? texts::kPasswordWrong : texts::kStoredPasswordWrong);
  } else if (result == LogonResult::accepted) {
    if (was_typed) stored_password_wrong_ = false;
    message_.clear();
  } else {
    message_ = logon_result_text(language_, result, status);
  }
}

std::string Tile::user() const {
  return user_.empty() ? std::string(typed(Field::user_name).expose_text()) : user_;
}

void Tile::asked(const Question& question) {
  if (state_ != State::working && state_ != State::asked) return;
  state_ = State::asked;
  echo_ = question.echo;
  message_ = std::move(said_);
  said_.clear();
  append_line(message_, question.text);
  empty_fields();
}

void Tile::said(std::string_view line) {
  if (state_ != State::working) return;
  append_line(said_, line);
  message_ = said_;
}

void Tile::ended(Outcome outcome, MonotonicMillis now) {
  if (state_ != State::working && state_ != State::asked) return;
  back_to_entry();
  if (outcome.error == Error{} && outcome.decision == wire::Decision::granted) {
    end_granted(outcome, now);
  } else {
    end_refused(outcome);
  }
}

void Tile::end_refused(const Outcome& outcome) {
  if (outcome.error == Error::cancelled) {
    message_.clear();
  } else if (outcome.error == Error::out_of_memory || outcome.error == Error::internal) {
    say(texts::kFailed);
  } else if (outcome.error != Error{}) {
    say(client::kServiceDownText);
  } else if (outcome.decision != wire::Decision::refused) {
    say(texts::kNotSetUp);
  } else if (outcome.message.empty()) {
    say(talk_ == Talk::login ? texts::kRefused : texts::kFailed);
  } else {
    message_ = bounded(outcome.message, kMaxMessageBytes);
  }
}

void Tile::end_granted(Outcome& outcome, MonotonicMillis now) {
  if (talk_ != Talk::login) {
    state_ = State::finished;
    say(talk_ == Talk::pin_change ? texts::kPinChanged : texts::kPasswordStored);
    if (!outcome.message.empty()) message_ = bounded(outcome.message, kMaxMessageBytes);
    return;
  }
  granted_at_ = now;
  if (outcome.password.empty() || stored_password_wrong_) {
    state_ = State::password_wanted;
    say(stored_password_wrong_ ? texts::kStoredPasswordWrong : texts::kPasswordWanted);
    return;
  }
  password_ = std::move(outcome.password);
  state_ = State::ready;
  message_ = bounded(outcome.message, kMaxMessageBytes);
}

void Tile::forget() {
  if (state_ != State::ready) return;
  back_to_entry();
  say(texts::kTooSlow);
}

bool Tile::in_use() const noexcept {
  if (state_ != State::entry || entry_ != Entry::pin) return true;
  return std::ranges::any_of(typed_, [](const SecretBytes& text) { return !text.empty(); });
}

Field Tile::entry_field() const noexcept {
  switch (entry_) {
    case Entry::pin:
      return Field::pin;
    case Entry::access_key:
      return Field::access_key;
    case Entry::new_password:
      return Field::windows_password;
  }
  return Field::pin;
}

Field Tile::active_field() const noexcept {
  switch (state_) {
    case State::asked:
      return echo_ ? Field::answer : Field::hidden_answer;
    case State::password_wanted:
      return Field::windows_password;
    default:
      return entry_field();
  }
}

const char* Tile::link_text() const noexcept {
  if (state_ != State::entry) return nullptr;
  switch (entry_) {
    case Entry::access_key:
      return texts::kCardLink;
    case Entry::new_password:
      return texts::kChangePinLink;
    case Entry::pin:
      return scenario_ == Scenario::change_password ? texts::kStorePasswordLink : texts::kNoCardLink;
  }
  return nullptr;
}

std::string Tile::key_check() const {
  const int group = access_key::mistyped_so_far(typed(Field::access_key).expose(), kAccessKeyGroups);
  return group == 0 ? std::string() : text::spoken(language_, texts::kGroupMistyped, {std::to_string(group)});
}

View Tile::view() const {
  View view;
  const auto show = [&](Field field, std::string_view text) {
    FieldView& shown = view.fields[index_of(field)];
    shown.shown = true;
    shown.text = text;
  };
  const bool changing = scenario_ == Scenario::change_password;
  show(Field::image, {});
  show(Field::title, text::translate(language_, changing ? texts::kChangeTitle : texts::kTitle));
  if (!card_status_.empty()) show(Field::card_status, card_status_);
  if (!message_.empty()) show(Field::message, message_);
  if (user_.empty()) {
    show(Field::user_name, {});
    view.fields[index_of(Field::user_name)].enabled = state_ == State::entry;
  }
  view.submit_after = active_field();
  show(view.submit_after, {});
  const bool open = state_ == State::entry || state_ == State::asked || state_ == State::password_wanted;
  FieldView& active = view.fields[index_of(view.submit_after)];
  active.enabled = open;
  active.focused = open && !(user_.empty() && state_ == State::entry);
  if (view.submit_after == Field::access_key) {
    if (const std::string check = key_check(); !check.empty()) show(Field::key_check, check);
  }
  show(Field::submit, text::translate(language_, texts::kSubmitLabel));
  if (const char* link = link_text(); link != nullptr) show(Field::link, text::translate(language_, link));
  view.emptied = emptied_;
  return view;
}

std::string Tile::shown_text(Field field) const {
  if (is_typed(field)) return is_secret(field) ? std::string() : std::string(typed(field).expose_text());
  if (field == Field::provider_label) return std::string(text::translate(language_, texts::kProviderLabel));
  return view().fields[index_of(field)].text;
}

}  // namespace cardea::credprov
