// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/session.h"

#include "credprov/model/kerb_logon.h"

namespace cardea::credprov {
namespace {

const char* service_of(Scenario scenario) noexcept {
  switch (scenario) {
    case Scenario::unlock:
      return "windows-unlock";
    case Scenario::credui:
      return "windows-credui";
    default:
      return "windows-logon";
  }
}

LogonMessage message_of(Scenario scenario) noexcept {
  switch (scenario) {
    case Scenario::unlock:
      return LogonMessage::unlock;
    case Scenario::credui:
      return LogonMessage::credui;
    default:
      return LogonMessage::interactive;
  }
}

std::string qualified(const std::string& name, const std::string& computer) {
  const LogonName split = split_logon_name(name, computer);
  return split.domain.empty() ? split.user : split.domain + "\\" + split.user;
}

}  // namespace

Session::Session(SessionSetup setup, std::shared_ptr<Outside> outside)
    : setup_(std::move(setup)),
      outside_(std::move(outside)),
      tile_(setup_.scenario, setup_.user, text::language_of(setup_.locale)) {}

void Session::close() noexcept {
  Lock lock(mutex_);
  closed_ = true;
  host_.reset();
  end_conversation(lock);
  tile_.deselect();
  if (sealing_ != nullptr) sealing_->decide(false);
  sealing_.reset();
}

void Session::attach(std::shared_ptr<TileHost> host) {
  Lock lock(mutex_);
  host_ = std::move(host);
}

bool Session::select() {
  Lock lock(mutex_);
  host_called_ = false;
  return tile_.wants_submit();
}

void Session::deselect() {
  Lock lock(mutex_);
  if (host_called_ && tile_.wants_submit()) {
    tile_.empty_fields();
  } else {
    host_called_ = false;
    end_conversation(lock);
    tile_.deselect();
  }
  told(lock);
}

void Session::type(Field field, SecretBytes text, bool too_long) {
  Lock lock(mutex_);
  tile_.type(field, std::move(text), too_long);
  told(lock);
}

void Session::press_link() {
  Lock lock(mutex_);
  tile_.press_link();
  told(lock);
}

Submitted Session::submit(SecretBytes& packed) {
  Lock lock(mutex_);
  host_called_ = false;
  Submitted submitted = Submitted::not_finished;
  switch (tile_.submit(outside_->clock().monotonic())) {
    case Step::wait:
      break;
    case Step::begin:
      begin(lock);
      break;
    case Step::answer:
      if (conversation_ != nullptr) (void)conversation_->answer(tile_.taken());
      break;
    case Step::give:
      return give(lock, packed);
    case Step::finished:
      end_conversation(lock);
      submitted = Submitted::finished;
      break;
  }
  told(lock);
  return submitted;
}

void Session::begin(Lock& lock) {
  end_conversation(lock);
  ConversationRequest request;
  request.talk = tile_.talk();
  request.service = service_of(setup_.scenario);
  request.user = qualified(tile_.user(), setup_.computer);
  request.computer = setup_.computer;
  request.language = setup_.locale;
  request.first = tile_.taken();
  request.first_is_access_key = tile_.typed_access_key();
  Outcome failure;
  failure.error = Error::out_of_memory;
  std::unique_ptr<CancellableTransport> transport = outside_->transport();
  if (transport != nullptr && !closed_) {
    conversation_ = std::make_shared<Conversation>(std::move(request), std::move(transport),
                                                   shared_from_this(), setup_.linger_ms);
    if (outside_->run([talk = conversation_] { talk->run(); })) return;
    conversation_.reset();
  }
  tile_.ended(std::move(failure), outside_->clock().monotonic());
}

Submitted Session::give(Lock& lock, SecretBytes& packed) {
  const SecretBytes password = tile_.taken();
  const std::string user = tile_.user();
  // CredUI's callers say nothing about what became of it.
  const bool seal = tile_.gives_new_password() && setup_.scenario != Scenario::credui;
  end_conversation(lock);
  Result<SecretBytes> result = pack_logon(message_of(setup_.scenario),
                                          split_logon_name(user, setup_.computer), password.expose_text());
  if (!result.ok()) {
    tile_.deselect();
    told(lock);
    return Submitted::not_finished;
  }
  packed = std::move(result).value();
  if (seal) start_sealing(password.clone());
  told(lock);
  return Submitted::credential;
}

// Without a thread or memory for it the password is asked for again at the next login.
void Session::start_sealing(SecretBytes password) {
  if (sealing_ != nullptr) sealing_->decide(false);
  sealing_.reset();
  std::unique_ptr<CancellableTransport> transport = outside_->transport();
  if (transport == nullptr) return;
  auto sealing = std::make_shared<PasswordSealing>(qualified(tile_.user(), setup_.computer), setup_.locale,
                                                   std::move(password), std::move(transport));
  if (outside_->run([sealing] { sealing->run(); })) sealing_ = std::move(sealing);
}

void Session::reported(NtStatus status, NtStatus substatus) {
  Lock lock(mutex_);
  if (sealing_ != nullptr) sealing_->decide(status == 0);
  sealing_.reset();
  tile_.reported(status, substatus);
  told(lock);
}

void Session::set_card_status(const std::string& text) {
  Lock lock(mutex_);
  tile_.set_card_status(text);
  told(lock);
}

// Both of its ways to wait end: cancel() and release() never wait themselves.
void Session::end_conversation(Lock&) {
  if (conversation_ == nullptr) return;
  conversation_->release();
  conversation_->cancel();
  conversation_.reset();
}

View Session::view() const {
  Lock lock(mutex_);
  return tile_.view();
}

std::string Session::shown_text(Field field) const {
  Lock lock(mutex_);
  return tile_.shown_text(field);
}

std::string Session::message() const {
  Lock lock(mutex_);
  return tile_.message();
}

bool Session::in_use() const {
  Lock lock(mutex_);
  return tile_.in_use();
}

bool Session::wants_submit() const {
  Lock lock(mutex_);
  return tile_.wants_submit();
}

void Session::on_question(const Conversation& from, const Question& question) {
  Lock lock(mutex_);
  if (&from != conversation_.get()) return;
  tile_.asked(question);
  told(lock);
}

void Session::on_said(const Conversation& from, std::string_view line) {
  Lock lock(mutex_);
  if (&from != conversation_.get()) return;
  tile_.said(line);
  told(lock);
}

bool Session::on_end(const Conversation& from, Outcome outcome) {
  Lock lock(mutex_);
  if (&from != conversation_.get()) return false;
  tile_.ended(std::move(outcome), outside_->clock().monotonic());
  const bool ready = tile_.wants_submit();
  if (!ready) conversation_.reset();
  host_called_ = ready && host_ != nullptr;
  told(lock, ready);
  return ready;
}

void Session::on_forgotten(const Conversation& from) {
  Lock lock(mutex_);
  if (&from != conversation_.get()) return;
  conversation_.reset();
  host_called_ = false;
  tile_.forget();
  told(lock);
}

// Ends the lock.
void Session::told(Lock& lock, bool ready) {
  const std::shared_ptr<TileHost> host = host_;
  lock.unlock();
  if (host == nullptr) return;
  host->on_tile_changed();
  if (ready) host->on_tile_ready();
}

}  // namespace cardea::credprov
