// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/guest_administration.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "recoveryd/json.h"
#include "recoveryd/log_events.h"
#include "recoveryd/service/accounts_database.h"

namespace cardea::recoveryd {
namespace {

// A line each, in the longest language, is below the 4,096 bytes of a message.
constexpr std::size_t kPage = 16;

}  // namespace

Result<std::vector<WantedAccount>> GuestAdministration::accounts() const {
  if (context_.accounts == nullptr) return std::vector<WantedAccount>{};
  return context_.accounts->accounts();
}

Result<GuestAdministration::Guest> GuestAdministration::find(
    const std::string& user, const std::vector<WantedAccount>& accounts) const {
  Guest guest;
  guest.user = user;
  auto record = context_.enrolments.load(user);
  // One that can't be read may be an owner's.
  if (!record.ok() && record.error() != Error::not_enrolled) return record.failure();
  if (record.ok() && !record->is_guest()) return Error::state_forbidden;
  if (record.ok()) guest.record = std::move(*record);
  for (const WantedAccount& account : accounts) {
    const bool his = !guest.record.has_value() || guest.record->user_id == account.owner;
    if (account.account.name == user && his) guest.account = account;
  }
  if (!guest.record.has_value() && !guest.account.has_value()) return Error::not_found;
  return guest;
}

Result<bool> GuestAdministration::is_logged_in(const Guest& guest) const {
  if (context_.memory.guest_sessions.has(guest.user)) return true;
  if (!guest.account.has_value()) return false;
  return context_.has_sessions(guest.account->account.uid);
}

std::string GuestAdministration::describe(const Guest& guest, bool logged_in,
                                          const text::Voice& voice) const {
  const std::string uid = guest.account.has_value() ? std::to_string(guest.account->account.uid) : "–";
  std::string line;
  if (!guest.record.has_value()) {
    line = voice.speak("%1, uid %2: an account without a record", {guest.user, uid});
  } else if (guest.record->guest_until > context_.clock.now()) {
    line = voice.speak("%1, uid %2: the server's word lasts until %3",
                       {guest.user, uid, format_utc(guest.record->guest_until)});
  } else {
    line = voice.speak("%1, uid %2: gets in when the server says so again", {guest.user, uid});
  }
  return logged_in ? voice.speak("%1; logged in", {line}) : line;
}

Result<OperationOutcome> GuestAdministration::list(Conversation& client, const OperationRequest& request) {
  TRY_ASSIGN(const auto accounts, this->accounts());
  TRY_ASSIGN(const auto users, context_.enrolments.users());
  // Also an account whose record was not written, or is gone already: a change that was interrupted.
  std::set<std::string> names(users.begin(), users.end());
  for (const WantedAccount& account : accounts)
    names.insert(account.account.name);
  std::string message, next;
  JsonArray guests;
  for (auto name = names.upper_bound(request.argument("after")); name != names.end(); ++name) {
    const auto guest = find(*name, accounts);
    if (!guest.ok()) continue;
    if (guests.size() == kPage) {
      next = *guests.back().find("user")->string();
      break;
    }
    TRY_ASSIGN(const bool logged_in, is_logged_in(*guest));
    JsonObject one;
    one.set("user", guest->user);
    if (guest->record.has_value()) {
      one.set("account", guest->record->account).set("until", guest->record->guest_until);
      one.set("server_last_heard", guest->record->revocation_checked_at);
    }
    if (guest->account.has_value())
      one.set("uid", guest->account->account.uid).set("home", guest->account->account.home);
    guests.push_back(std::move(one.set("logged_in", logged_in)).json());
    message.append(message.empty() ? "" : "\n").append(describe(*guest, logged_in, client.voice()));
  }
  if (guests.empty()) message = client.voice().speak("Nobody is a guest at this computer.");
  JsonObject json;
  json.set("guests", std::move(guests));
  if (!next.empty()) json.set("next", next);
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> GuestAdministration::remove(Conversation& client, const std::string& user) {
  text::Voice& voice = client.voice();
  // No login makes or renews him meanwhile.
  const std::lock_guard lock(context_.memory.guest_changes);
  TRY_ASSIGN(const auto accounts, this->accounts());
  const auto guest = find(user, accounts);
  if (!guest.ok() && guest.error() == Error::not_found)
    return voice.refuse(Error::not_found, "%1 is no guest at this computer. See “cardea guest list”.",
                        {user});
  if (!guest.ok() && guest.error() == Error::state_forbidden)
    return voice.refuse(Error::state_forbidden, "%1 is enrolled at this computer and is no guest.", {user});
  if (!guest.ok()) return guest.failure();
  TRY_ASSIGN(const bool logged_in, is_logged_in(*guest));
  if (logged_in) {
    return voice.refuse(Error::state_forbidden,
                        "%1 is logged in, or has left programs running. Nothing was changed.", {user});
  }
  // The record last: until it is gone the rest can be done again.
  if (guest->account.has_value()) TRY(context_.accounts->remove_account(guest->account->owner));
  TRY(context_.enrolments.remove(user));
  const std::string account = guest->record.has_value() ? guest->record->account : std::string();
  const Status written =
      context_.audit.append(context_.clock.now(), "guest-removed", {{"user", user}, {"account", account}});
  if (!written.ok())
    context_.log.error(events::kAuditEventLost,
                       {{"kind", "guest-removed"}, {"user", user}, {"error", error_name(written.error())}});
  const bool wiped = context_.settings.guests_are_wiped;
  JsonObject json;
  json.set("user", user).set("account", account);
  std::string message = voice.speak("%1 is no guest here any more; the number stays reserved.", {user});
  if (guest->account.has_value()) {
    const std::string& home = guest->account->account.home;
    json.set("uid", guest->account->account.uid).set("home", home).set("home_is_removed", wiped);
    message += " " + (wiped ? voice.speak("The home %1 goes with the next cleaning.", {home})
                            : voice.speak("The home %1 stays, if there is one.", {home}));
  }
  return OperationOutcome{message, std::move(json).text()};
}

}  // namespace cardea::recoveryd
