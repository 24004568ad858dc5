// SPDX-License-Identifier: Apache-2.0
// What every service of the daemon works with, made once in main.cpp. Everything in it may be used from any
// thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <sys/types.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "core/login/login_policy.h"
#include "recoveryd/guest_sessions.h"
#include "recoveryd/kept_access_keys.h"
#include "recoveryd/known_homes.h"
#include "recoveryd/os/linux/local_users.h"
#include "recoveryd/os/linux/logind_sessions.h"
#include "recoveryd/settings.h"
#include "recoveryd/state/audit_chain.h"
#include "recoveryd/state/device_identity.h"
#include "recoveryd/state/enrolment_store.h"
#include "recoveryd/state/gate_switch.h"
#include "recoveryd/state/keyring_store.h"
#include "recoveryd/state/throttle_store.h"
#include "recoveryd/worker_link/card_worker.h"
#include "upstream/guest_calls.h"

namespace cardea::recoveryd {

// What the daemon must remember between two calls of a login program, which may come from different
// processes.
class LoginMemory {
 public:
  struct Grant {
    bool by_access_key = false;
    UnixSeconds at = 0;
  };
  void granted(const std::string& user, Grant grant) {
    const std::lock_guard lock(mutex_);
    grants_[user] = grant;
    if (rehearsing_ == user) rehearsed_ = grant;
  }
  std::optional<Grant> last_grant(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(user);
    return found == grants_.end() ? std::nullopt : std::optional(found->second);
  }

  // A card of this computer's readers has let this user in through this program; for the session that the
  // program opens next.
  struct CardLogin {
    std::string user, service;
    card::CardId card_id{};
    MonotonicMillis at = 0;
  };
  void granted_by_card(pid_t program, CardLogin login) {
    const std::lock_guard lock(mutex_);
    std::erase_if(card_logins_,
                  [&](const auto& old) { return login.at - old.second.at > kLoginToSessionMillis; });
    if (card_logins_.size() < kMostCardLogins) card_logins_[program] = std::move(login);
  }
  // Once; and only shortly after, since programs' numbers are used again.
  std::optional<card::CardId> take_card_login(pid_t program, const std::string& user,
                                              const std::string& service, MonotonicMillis now) {
    const std::lock_guard lock(mutex_);
    const auto found = card_logins_.find(program);
    if (found == card_logins_.end()) return std::nullopt;
    const CardLogin login = std::move(found->second);
    card_logins_.erase(found);
    const bool fits =
        login.user == user && login.service == service && now - login.at <= kLoginToSessionMillis;
    return fits ? std::optional(login.card_id) : std::nullopt;
  }

  // Between these two, logins of this user are judged as if the gate were on (gate_service). The second
  // returns the login that was granted meanwhile.
  void begin_rehearsal(const std::string& user) {
    const std::lock_guard lock(mutex_);
    rehearsing_ = user;
    rehearsed_.reset();
  }
  std::optional<Grant> end_rehearsal() {
    const std::lock_guard lock(mutex_);
    rehearsing_.reset();
    return std::exchange(rehearsed_, std::nullopt);
  }
  bool is_rehearsing(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    return rehearsing_ == user;
  }

  // Between these two, the daemon counts as unavailable for logins of this account. The second tells whether
  // one came.
  void begin_break_glass(const std::string& admin) {
    const std::lock_guard lock(mutex_);
    break_glass_ = admin;
    break_glass_asked_ = false;
  }
  bool end_break_glass() {
    const std::lock_guard lock(mutex_);
    break_glass_.reset();
    return std::exchange(break_glass_asked_, false);
  }
  // Whether it is to be turned away as if nobody were here; remembers that it asked.
  bool counts_as_unavailable_for(const std::string& user) {
    const std::lock_guard lock(mutex_);
    if (break_glass_ != user) return false;
    break_glass_asked_ = true;
    return true;
  }

  KeptAccessKeys kept_keys;      // has a lock of its own
  GuestSessions guest_sessions;  // as well
  KnownHomes homes;              // as well
  // Held by whoever changes what a guest is here, which is account and record together.
  std::mutex guest_changes;

 private:
  static constexpr MonotonicMillis kLoginToSessionMillis = 300'000;
  static constexpr std::size_t kMostCardLogins = 256;
  mutable std::mutex mutex_;
  std::map<pid_t, CardLogin> card_logins_;
  std::map<std::string, Grant> grants_;
  std::optional<std::string> rehearsing_;
  std::optional<Grant> rehearsed_;
  std::optional<std::string> break_glass_;
  bool break_glass_asked_ = false;
};

class AccountsDatabase;
class KnownServerKey;
class NoticeStore;
class RecordMarkStore;
class RemovalWatch;
class ServerDirectory;

struct Context {
  const Settings& settings;
  const Clock& clock;
  Random& random;
  const Log& log;
  const DeviceIdentity& device;
  EnrolmentStore& enrolments;
  ThrottleStore& throttle;
  GateSwitch& gate;
  AuditChain& audit;
  worker::CardWorker& worker;
  LoginMemory& memory;
  std::function<void()> contact_server_soon;  // wakes the housekeeper
  // os/linux/local_users, except in tests.
  std::function<std::optional<std::string>(const std::string&)> canonical_name = canonical_name_of;
  // Whether the user is in the break-glass group; nothing where there is no such group. As above.
  std::function<std::optional<bool>(const std::string&)> in_break_glass_group = is_in_break_glass_group;
  // Users whom a server gave to this computer: in this process the C library does not name them.
  AccountsDatabase* accounts = nullptr;
  KeyringStore* keyrings = nullptr;         // null only in tests that have none
  uid_t administrator = 0;                  // beside root; peer_policy.h
  NoticeStore* notices = nullptr;           // null only in tests that have none
  RecordMarkStore* record_marks = nullptr;  // as above
  KnownServerKey* guest_key = nullptr;      // of the server whose guests are let in
  RemovalWatch* removal = nullptr;          // null where a removed card has no effect
  ServerDirectory* servers = nullptr;       // null only in tests that ask one server
  // What the server says of the owner of a card; empty: asked over HTTPS (guest_service).
  std::function<Result<upstream::GuestStatement>(const api::CardId&)> ask_about_guest = {};
  // Whether this uid has a session, as the service manager knows it. os/linux/logind_sessions, except in
  // tests.
  std::function<Result<bool>(uid_t)> has_sessions = has_logind_session;
};

}  // namespace cardea::recoveryd
