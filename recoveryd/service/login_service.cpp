// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/login_service.h"

#include <algorithm>

#include "core/base/linux/program_end.h"
#include "core/base/text.h"
#include "core/login/texts.h"
#include "recoveryd/log_events.h"
#include "recoveryd/peer_policy.h"
#include "recoveryd/removal_watch.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/service/guest_service.h"
#include "recoveryd/service/login_run.h"
#include "recoveryd/service/notice_service.h"

namespace cardea::recoveryd {
namespace {

// How long an account check after a login may rely on how that login was made.
constexpr std::int64_t kGrantMemorySeconds = 300;

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

wire::Decision to_wire(login::Decision decision) {
  switch (decision) {
    case login::Decision::granted:
      return wire::Decision::granted;
    case login::Decision::gate_off:
      return wire::Decision::gate_off;
    case login::Decision::not_enrolled:
      return wire::Decision::not_enrolled;
    case login::Decision::refused:
      break;
  }
  return wire::Decision::refused;
}

// Not every program that serves a network names the other side.
bool is_remote(const Settings& settings, const LoginRequest& request) {
  return !request.remote_host.empty() || contains(settings.remote_services, request.service);
}

bool is_one_field(const Settings& settings, const LoginRequest& request) {
  return (request.flags & wire::kOneField) != 0 || contains(settings.one_field_services, request.service);
}

login::LoginContext login_context(const Settings& settings, const LoginRequest& request,
                                  const std::string& user, text::Language language, Random& random) {
  login::LoginContext context;
  context.language = language;
  context.service = request.service;
  context.user = user;
  context.tty = request.tty;
  context.requester = request.remote_user;
  context.attempt = to_hex(random.array<16>());
  context.remote = is_remote(settings, request);
  context.one_field = is_one_field(settings, request);
  context.interactive = (request.flags & wire::kNotInteractive) == 0;
  context.silent = (request.flags & wire::kSilent) != 0;
  context.has_first_pass = (request.flags & wire::kHasFirstPass) != 0;
  context.tell_who_asks = contains(settings.asking_services, request.service) && !context.one_field;
  context.may_ask_agent = (request.flags & wire::kHasAgent) != 0 && !context.one_field &&
                          !context.has_first_pass && contains(settings.agent_services, request.service);
  context.announced = contains(settings.announced_services, request.service) && !context.one_field;
  context.wait_for_card_ms = request.wait_for_card_ms;
  return context;
}

// A program without a place for a message would drop what is said only once.
bool may_hear(const Settings& settings, const LoginRequest& request) {
  constexpr auto kDeaf = wire::kSilent | wire::kNotInteractive;
  return (request.flags & kDeaf) == 0 && !is_one_field(settings, request);
}

GuestSessions::Session session_of(const Conversation& client, const LoginRequest& request) {
  return {request.user, request.service, request.tty, client.peer().pid};
}

bool has_card_of(const login::EnrolmentRecord& record, const worker::ReaderView& view) {
  return std::any_of(view.cards.begin(), view.cards.end(), [&](const worker::CardView& card) {
    return card.info.card_id.has_value() && record.find_card(*card.info.card_id) != nullptr;
  });
}

}  // namespace

void send_verdict(Conversation& client, const login::Verdict& verdict, std::string_view user) {
  wire::Verdict message;
  message.decision = to_wire(verdict.decision);
  message.error = verdict.decision == login::Decision::refused ? static_cast<std::uint16_t>(verdict.error)
                                                               : std::uint16_t{0};
  message.user = user;
  message.message = verdict.message;
  if (verdict.decision == login::Decision::granted && !verdict.card_label.empty()) {
    message.environment[0] = {"PKCS11_LOGIN_TOKEN_NAME", verdict.card_label};
    message.environment_count = 1;
  }
  (void)client.finish(message);
}

login::Readers readers_of(const worker::ReaderView& view) {
  login::Readers readers;
  readers.service_running =
      view.service != worker::ReaderService::down;  // a starting one will see the card in a moment
  for (const worker::CardView& card : view.cards) {
    login::PresentCard present;
    present.has_cardea_keys = card.info.has_cardea_keys && card.info.card_id.has_value();
    if (card.info.card_id.has_value()) present.card_id = *card.info.card_id;
    present.label = card.info.label;
    present.pin = card.info.pin.state;
    present.least_pin_length = card.info.min_pin;
    present.most_pin_length = card.info.max_pin;
    readers.cards.push_back(std::move(present));
  }
  return readers;
}

// A program with one field has no place for a message; some take one for the next question.
void LoginService::answer(Conversation& client, const LoginRequest& request, login::Verdict verdict,
                          std::string_view user) const {
  if (is_one_field(context_.settings, request)) verdict.message.clear();
  send_verdict(client, verdict, user);
}

// Where a wrong access key of this login is counted. Whoever may speak only for himself could name any
// address.
TryOrigin LoginService::origin_of(const Conversation& client, const LoginRequest& request) const {
  const bool believed = acts_for_everybody(client.peer().uid, context_.administrator);
  if (!believed || !is_remote(context_.settings, request)) return {};
  return remote_origin(request.remote_host);
}

bool LoginService::counts_as_off(const std::string& service) const {
  return contains(context_.settings.services_without_card, service);
}

Result<std::string> LoginService::user_by_card() const {
  std::string found;
  TRY_ASSIGN(const auto users, context_.enrolments.users());
  const worker::ReaderView view = context_.worker.view();
  for (const std::string& user : users) {
    auto record = context_.enrolments.load(user);
    if (!record.ok()) continue;  // his own login will say what is wrong with it
    for (const worker::CardView& card : view.cards) {
      if (!card.info.card_id.has_value() || record->find_card(*card.info.card_id) == nullptr) continue;
      if (!found.empty() && found != user)
        return fail(Error::invalid_argument, "the cards name more than one user");
      found = user;
    }
  }
  if (found.empty()) return Error::not_enrolled;
  return found;
}

// “Not enrolled” leads on to the password. So it is not said of another spelling of a name that is enrolled.
login::Verdict LoginService::judge_stranger(const LoginRequest& request, const std::string& user,
                                            text::Language language) {
  const login::Verdict stranger{login::Decision::not_enrolled, Error::not_enrolled, {}, {}};
  const auto canonical = user.empty() ? std::nullopt : context_.canonical_name(user);
  if (!canonical.has_value() || *canonical == user) return stranger;
  const auto enrolled = context_.enrolments.load(*canonical);
  if (!enrolled.ok() && enrolled.error() == Error::not_enrolled) return stranger;
  login::EnrolmentRecord record;
  if (auto early = before_judging(request, *canonical, language, record)) return std::move(*early);
  return login::Verdict::refused(Error::user_changed, login::texts::other_spelling(language, *canonical));
}

std::optional<login::Verdict> LoginService::before_judging(const LoginRequest& request,
                                                           const std::string& user, text::Language language,
                                                           login::EnrolmentRecord& record) {
  if (context_.memory.counts_as_unavailable_for(user))
    return login::Verdict::refused(Error::service_unreachable, {});
  auto loaded = context_.enrolments.load(user);
  if (!loaded.ok() && loaded.error() == Error::not_enrolled) return judge_stranger(request, user, language);
  if (!loaded.ok()) {
    context_.log.error(
        "enrolment can't be read",
        {{"user", user}, {"error", error_name(loaded.error())}, {"detail", loaded.failure().detail}});
    return login::Verdict::refused(Error::corrupted, std::string(login::texts::kStoreCorrupted));
  }
  record = std::move(*loaded);
  if (context_.memory.is_rehearsing(user)) return std::nullopt;
  // A guest has no other way in: for him the gate is always closed.
  if (record.is_guest()) return std::nullopt;
  if (counts_as_off(request.service))
    return login::Verdict{login::Decision::gate_off, Error::gate_off, {}, {}};
  if (context_.settings.force_card_required) return std::nullopt;
  const auto gate = context_.gate.read(context_.clock.now());
  if (!gate.ok()) {
    context_.log.error("gate switch can't be read",
                       {{"error", error_name(gate.error())}, {"detail", gate.failure().detail}});
    return login::Verdict::refused(Error::corrupted, std::string(login::texts::kStoreCorrupted));
  }
  if (!gate->card_required) return login::Verdict{login::Decision::gate_off, Error::gate_off, {}, {}};
  return std::nullopt;
}

std::optional<login::Verdict> LoginService::welcome_guest(Conversation& client, const LoginRequest& request,
                                                          std::string& user, bool& is_new) {
  GuestService guests(context_);
  if (!guests.is_open_to(request) || !acts_for_everybody(client.peer().uid, context_.administrator))
    return std::nullopt;
  const auto known = context_.enrolments.load(user);
  const bool stranger = !known.ok() && known.error() == Error::not_enrolled;
  if (!stranger && !(known.ok() && known->is_guest())) return std::nullopt;
  // One who comes again with the card he had is judged by what is known of it.
  if (known.ok() && has_card_of(*known, context_.worker.view())) return std::nullopt;
  text::Voice& voice = client.voice();
  // A user of this computer stays who he is, whatever card lies in the reader; his password is not our
  // affair.
  if (stranger && !user.empty() && context_.canonical_name(user).has_value()) {
    if (guests.sees_strange_card())
      (void)client.say(
          wire::SayLevel::information,
          voice.speak("%1 is a user of this computer; the card in the reader is not his.", {user}));
    return std::nullopt;
  }
  const auto admitted = guests.admit(user, voice);
  if (!admitted.ok() && admitted.error() == Error::not_enrolled) return std::nullopt;
  if (!admitted.ok()) return login::Verdict::refused(admitted.error(), voice.explain(admitted.failure()));
  user = *admitted;
  is_new = true;
  return std::nullopt;
}

login::Verdict LoginService::run(Conversation& client, const LoginRequest& request, std::string& user) {
  const bool here = !is_remote(context_.settings, request);
  if (user.empty() && here && acts_for_everybody(client.peer().uid, context_.administrator)) {
    if (auto named = user_by_card(); named.ok()) user = *named;
  }
  bool guest_is_new = false;
  if (here) {
    if (auto refusal = welcome_guest(client, request, user, guest_is_new)) return std::move(*refusal);
  }
  if (!is_account_name(user)) return judge_stranger(request, user, client.voice().language());
  login::EnrolmentRecord record;
  if (auto early = before_judging(request, user, client.voice().language(), record)) return std::move(*early);
  const KeyringService keyring(context_);
  const bool wants_keyring = !record.is_guest() && keyring.is_wanted(client.peer(), request);
  const LoginRun::Terms terms{origin_of(client, request), wants_keyring, guest_is_new};
  LoginRun run(context_, client, std::move(record),
               login_context(context_.settings, request, user, client.voice().language(), context_.random),
               terms);
  login::Verdict verdict = run.run();
  if (verdict.decision == login::Decision::granted) {
    context_.memory.granted(user, {run.by_access_key(), context_.clock.now()});
    if (run.card_here().has_value() && is_bound_by(client, request)) {
      context_.memory.granted_by_card(client.peer().pid,
                                      {user, request.service, *run.card_here(), context_.clock.monotonic()});
    }
    // An access-key use is rare and matters: it is in the chain before the verdict is out. A card login is
    // written behind the answer.
    if (run.by_access_key()) {
      if (Status written = context_.audit.append(context_.clock.now(), "access-key-used",
                                                 {{"user", user}, {"service", request.service}});
          !written.ok()) {
        context_.log.error(events::kAuditEventLost,
                           {{"kind", "access-key-used"}, {"error", error_name(written.error())}});
      }
    }
    // Before the new generation is made: that forgets the key that opens it now.
    if (wants_keyring) keyring.hand_out(client, user, run.keyring_by_card());
    if (run.by_access_key()) context_.contact_server_soon();
    if (may_hear(context_.settings, request))
      NoticeService(context_).tell(client, run.record(), !run.by_access_key());
  }
  return verdict;
}

void LoginService::login(Conversation& client, const LoginRequest& request) {
  std::string user = request.user;
  const login::Verdict verdict = run(client, request, user);
  answer(client, request, verdict, user);
  const bool granted = verdict.decision == login::Decision::granted;
  context_.log.notice(granted ? events::kLoginGranted : events::kLoginNotGranted,
                      {{"user", user},
                       {"service", request.service},
                       {"rhost", request.remote_host},
                       {"uid", static_cast<std::int64_t>(client.peer().uid)},
                       {"reason", granted ? "ok" : error_name(verdict.error)}});
  if (verdict.decision == login::Decision::gate_off || verdict.decision == login::Decision::not_enrolled)
    return;
  (void)context_.audit.append(
      context_.clock.now(), granted ? "login" : "login-refused",
      {{"user", user}, {"service", request.service}, {"reason", granted ? "ok" : error_name(verdict.error)}});
}

void LoginService::account(Conversation& client, const LoginRequest& request) {
  login::EnrolmentRecord record;
  if (auto early = before_judging(request, request.user, client.voice().language(), record))
    return answer(client, request, *early, request.user);
  const auto grant = context_.memory.last_grant(request.user);
  const UnixSeconds now = context_.clock.now();
  const bool by_key =
      grant.has_value() && grant->by_access_key && now - grant->at <= kGrantMemorySeconds && now >= grant->at;
  const login::LoginPolicy policy(
      login::LoginPolicy::Settings{context_.settings.max_offline_seconds, client.voice().language()});
  answer(client, request, policy.decide(login::AccountCheck{by_key}, record, now), request.user);
}

// Whether a session that this program opens is one of a person in front of this computer.
bool LoginService::is_bound_by(const Conversation& client, const LoginRequest& request) const {
  return context_.removal != nullptr && client.peer().pid > 0 &&
         acts_for_everybody(client.peer().uid, context_.administrator) &&
         !is_remote(context_.settings, request) &&
         !contains(context_.settings.unbound_services, request.service);
}

// A failure keeps nobody out: the session is then as it would be without the policy, and the log says so.
void LoginService::bind(const Conversation& client, const LoginRequest& request) {
  if (!is_bound_by(client, request)) return;
  const pid_t program = client.peer().pid;
  const auto card =
      context_.memory.take_card_login(program, request.user, request.service, context_.clock.monotonic());
  if (!card.has_value()) return;
  const auto bound = [&]() -> Status {
    auto uid = uid_of(request.user);
    if (!uid.has_value() && context_.accounts != nullptr) uid = context_.accounts->uid_of(request.user);
    if (!uid.has_value()) return Error::not_found;
    TRY_ASSIGN(UniqueFd end, program_end(program));
    return context_.removal->bind(
        BoundSession{request.user, request.service, request.tty, *uid, *card, program, std::move(end)});
  }();
  if (bound.ok()) return;
  context_.log.error("session not bound to its card", {{"user", request.user},
                                                       {"service", request.service},
                                                       {"error", error_name(bound.error())},
                                                       {"detail", bound.failure().detail}});
}

// Without it an administrator could take his account away while he is here, no more.
void LoginService::note_guest(const Conversation& client, const LoginRequest& request) {
  if (!acts_for_everybody(client.peer().uid, context_.administrator)) return;
  const Status noted = context_.memory.guest_sessions.opened(session_of(client, request));
  if (noted.ok()) return;
  context_.log.error("a guest's session is not kept in mind",
                     {{"user", request.user}, {"error", error_name(noted.error())}});
}

void LoginService::session(Conversation& client, const LoginRequest& request) {
  const bool opens = request.type == wire::MessageType::begin_session;
  // Whatever is known of him by now.
  if (!opens && acts_for_everybody(client.peer().uid, context_.administrator)) {
    if (context_.removal != nullptr)
      context_.removal->release(request.user, request.service, request.tty, client.peer().pid);
    context_.memory.guest_sessions.closed(session_of(client, request));
  }
  login::EnrolmentRecord record;
  if (auto early = before_judging(request, request.user, client.voice().language(), record))
    return answer(client, request, *early, request.user);
  if (opens) bind(client, request);
  if (opens && record.is_guest()) note_guest(client, request);
  (void)context_.audit.append(context_.clock.now(), opens ? "session-opened" : "session-closed",
                              {{"user", request.user}, {"service", request.service}, {"tty", request.tty}});
  // A session is no proof of anything: it may begin because login() or another module said so.
  const login::LoginPolicy policy(login::LoginPolicy::Settings{0, client.voice().language()});
  answer(client, request, policy.decide(login::AccountCheck{true}, record, context_.clock.now()),
         request.user);
}

}  // namespace cardea::recoveryd
