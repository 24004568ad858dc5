// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/guest_service.h"

#include <algorithm>

#include "core/login/texts.h"
#include "recoveryd/log_events.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/state/known_server_key.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/server_url.h"

namespace cardea::recoveryd {
namespace {

// Somebody waits at a login prompt.
constexpr MonotonicMillis kAskMillis = 8'000;

constexpr const char* kNotHere = text::tr("The server does not permit guests at this computer.");
constexpr const char* kNoGuestName =
    text::tr("The name of your account can't be a login name, so it can't be used as a guest.");
constexpr const char* kCardDead = text::tr("This card has been replaced or reported lost at the server.");
constexpr const char* kNoServer =
    text::tr("The server can't be reached, so this computer can't know who has this card.");
constexpr const char* kBadStatement =
    text::tr("What the server says of this card can't be believed. Tell the administrator of this computer.");
constexpr const char* kTaken = text::tr(
    "Your account %1 can't be used at this computer: its name or number belongs to somebody else here.");
constexpr const char* kRemoved = text::tr("You are no guest at this computer any more. Log in again.");
constexpr const char* kSeveral = text::tr("Leave only one card in the readers.");

// The server's own word about this card or this computer, as against trouble on the way to it.
bool is_refusal(Error error) {
  return error == Error::permission_denied || error == Error::card_revoked || error == Error::not_found ||
         error == Error::state_forbidden;
}

// An answer came, and it can't be true.
bool is_lie(Error error) {
  return error == Error::signature_invalid || error == Error::server_misbehaved ||
         error == Error::corrupted || error == Error::session_expired || error == Error::key_invalid;
}

Failure told(Error error, std::string detail) {
  switch (error) {
    case Error::permission_denied:
      return fail(error, kNotHere);
    case Error::state_forbidden:
      return fail(error, kNoGuestName);
    case Error::card_revoked:
    case Error::not_found:
      return fail(Error::card_revoked, kCardDead);
    default:
      break;
  }
  if (is_lie(error)) return fail(Error::server_untrusted, kBadStatement);
  if (error == Error::clock_skewed) return fail(error, std::move(detail));
  return fail(Error::server_unreachable, kNoServer);
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

OwnerId owner_of(const api::UnixGroup& group) {
  const auto digest = crypto::sha256({as_bytes("cardea/v1/guest-group"), as_bytes(group.name)});
  OwnerId owner{};
  std::copy_n(digest.begin(), owner.size(), owner.begin());
  return owner;
}

// Cards with keys that no record of this computer knows.
Result<std::vector<worker::CardView>> strange_cards(const Context& context) {
  TRY_ASSIGN(const auto users, context.enrolments.users());
  std::vector<worker::CardView> found;
  const worker::ReaderView view = context.worker.view();
  for (const worker::CardView& card : view.cards) {
    if (!card.info.has_cardea_keys || !card.info.card_id.has_value()) continue;
    const bool known = std::any_of(users.begin(), users.end(), [&](const std::string& user) {
      const auto record = context.enrolments.load(user);
      // A record that can't be read hides its cards: nobody is made out of them.
      return !record.ok() || record->find_card(*card.info.card_id) != nullptr;
    });
    if (!known) found.push_back(card);
  }
  return found;
}

void take_card(login::EnrolmentRecord& record, const api::AccountStatement& statement,
               const worker::CardView& card) {
  for (login::EnrolledCard& other : record.cards) {
    if (other.card_id != statement.card.bytes()) other.state = login::CardState::revoked;
  }
  if (record.find_card(statement.card.bytes()) != nullptr) return;
  if (record.cards.size() == login::kMaxCardsPerUser) record.cards.erase(record.cards.begin());
  record.cards.push_back({statement.card.bytes(), statement.auth_spki, statement.wrap_spki, card.info.label,
                          card.info.serial, login::CardState::active});
}

void take_statement(login::EnrolmentRecord& record, const api::AccountStatement& statement, UnixSeconds now) {
  record.epoch = statement.epoch;
  record.guest_until = statement.expires_at;
  record.revocation_checked_at = now;
  record.latest_time_seen = std::max(record.latest_time_seen, now);
}

}  // namespace

bool GuestService::is_open_to(const LoginRequest& request) const {
  return context_.settings.guests && context_.accounts != nullptr && context_.guest_key != nullptr &&
         request.type == wire::MessageType::begin_login && request.remote_host.empty();
}

bool GuestService::sees_strange_card() const {
  const auto cards = strange_cards(context_);
  return cards.ok() && !cards->empty();
}

Result<upstream::GuestStatement> GuestService::fetch(const crypto::CardId& card) {
  if (context_.ask_about_guest) return context_.ask_about_guest(api::CardId(card));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, servers(), kAskMillis));
  return upstream::get_guest_statement(server->client(), server->device(), context_.device.key.spki(),
                                       api::CardId(card));
}

ServerGroup GuestService::servers() const {
  if (context_.guest_key == nullptr) return {context_.settings.server_urls, {}};
  auto key = known_key();
  return {context_.settings.server_urls, key.ok() ? std::move(*key) : Bytes{}};
}

void GuestService::refresh_servers() {
  const ServerGroup group = servers();
  if (!context_.settings.guests || group.key.empty()) return;
  const auto server = ServerLink::open(context_, group, kAskMillis);
  if (server.ok()) refresh_server_list(context_, **server, group);
}

Result<Bytes> GuestService::known_key() const {
  auto kept = context_.guest_key->read();
  if (kept.ok() || kept.error() != Error::not_found) return kept;
  TRY_ASSIGN(const auto users, context_.enrolments.users());
  const auto& urls = context_.settings.server_urls;
  for (const std::string& user : users) {
    const auto record = context_.enrolments.load(user);
    if (!record.ok() || record->checkpoint_key.empty() || record->server_doubted) continue;
    const bool same = std::any_of(
        record->servers.begin(), record->servers.end(),
        [&](const std::string& url) { return std::find(urls.begin(), urls.end(), url) != urls.end(); });
    if (same) return record->checkpoint_key;
  }
  return Error::not_found;
}

Result<api::AccountStatement> GuestService::ask(const crypto::CardId& card) {
  TRY_ASSIGN(const upstream::GuestStatement answer, fetch(card));
  api::StatementExpected expected;
  std::vector<std::string> urls = context_.settings.server_urls;
  if (context_.servers != nullptr) {
    for (std::string& url : context_.servers->listed(servers()))
      urls.push_back(std::move(url));
  }
  for (const std::string& url : urls) {
    TRY_ASSIGN(const upstream::ServerUrl parsed, upstream::ServerUrl::parse(url));
    expected.servers.push_back(parsed.authority);
  }
  expected.computer = api::ComputerId(context_.device.computer_id);
  expected.card = api::CardId(card);
  expected.now = context_.clock.now();
  const auto known = known_key();
  if (!known.ok() && known.error() != Error::not_found) return known.failure();
  if (known.ok()) TRY(api::follow_checkpoint_key(*known, answer.key, answer.handovers));
  TRY_ASSIGN(api::AccountStatement statement,
             api::open_account_statement(answer.statement, answer.signature, answer.key, expected));
  TRY(crypto::PublicKey::from_spki(statement.auth_spki));
  TRY(context_.guest_key->keep(answer.key, known.ok() ? *known : Bytes{}));
  return statement;
}

Result<std::string> GuestService::admit(const std::string& user, text::Voice& voice) {
  TRY_ASSIGN(const auto cards, strange_cards(context_));
  if (cards.empty()) return Error::not_enrolled;
  if (cards.size() > 1) return fail(Error::invalid_argument, kSeveral);
  const worker::CardView& card = cards.front();
  const auto statement = ask(*card.info.card_id);
  if (!statement.ok()) {
    context_.log.warning(events::kNoGuest, {{"error", error_name(statement.error())},
                                            {"detail", statement.failure().detail},
                                            {"card", to_hex(*card.info.card_id).substr(0, 8)}});
    // A card that the server does not know is nobody's; what else is in the reader is not our affair.
    if (statement.error() == Error::not_found) return Error::not_enrolled;
    return told(statement.error(), statement.failure().detail);
  }
  if (!user.empty() && user != statement->login) {
    if (lower_case(user) != statement->login) return Error::not_enrolled;
    return voice.refuse_with(Error::user_changed, [&](text::Language language) {
      return login::texts::other_spelling(language, statement->login);
    });
  }
  TRY(take_over(*statement, card, voice));
  return statement->login;
}

Status GuestService::take_over(const api::AccountStatement& statement, const worker::CardView& card,
                               text::Voice& voice) {
  const std::lock_guard lock(context_.memory.guest_changes);
  // The record is the account's: of another one, or of an owner of this computer, it is not touched.
  auto known = context_.enrolments.load(statement.login);
  if (!known.ok() && known.error() != Error::not_enrolled) return known.failure();
  if (known.ok() && (!known->is_guest() || known->user_id != statement.user.bytes()))
    return voice.refuse(Error::already_exists, kTaken, {statement.login});
  TRY(publish(statement, voice));
  const UnixSeconds now = context_.clock.now();
  if (known.ok()) {
    TRY(context_.enrolments.update(statement.login, [&](login::EnrolmentRecord& record) -> Status {
      take_card(record, statement, card);
      take_statement(record, statement, now);
      return {};
    }));
  } else {
    login::EnrolmentRecord record;
    record.local_user = statement.login;
    record.user_id = statement.user.bytes();
    record.account = statement.account;
    record.servers = context_.settings.server_urls;
    record.device_share = context_.random.secret<32>();
    take_card(record, statement, card);
    take_statement(record, statement, now);
    TRY(context_.enrolments.add(record));
  }
  (void)context_.audit.append(
      now, "guest-admitted",
      {{"user", statement.login}, {"account", statement.account}, {"card_id", statement.card.text()}});
  return {};
}

Status GuestService::publish(const api::AccountStatement& statement, text::Voice& voice) {
  WantedAccount wanted;
  wanted.owner = statement.user.bytes();
  wanted.account.name = statement.login;
  wanted.account.uid = statement.uid;
  wanted.account.comment = statement.display_name;
  wanted.account.home = context_.settings.guest_home + "/" + statement.login;
  wanted.account.shell = context_.settings.guest_shell;
  std::vector<WantedGroup> groups;
  for (const api::UnixGroup& group : statement.groups)
    groups.push_back({owner_of(group), {group.name, group.gid, {}}});
  const Status published = context_.accounts->publish_account(wanted, groups);
  if (published.ok()) return {};
  context_.log.error("guest's account not published", {{"user", statement.login},
                                                       {"uid", std::int64_t{statement.uid}},
                                                       {"error", error_name(published.error())},
                                                       {"detail", published.failure().detail}});
  if (published.error() != Error::already_exists) return published;
  return voice.refuse(Error::already_exists, kTaken, {statement.login});
}

void GuestService::end(const std::string& user) {
  const auto ended = context_.enrolments.update(user, [](login::EnrolmentRecord& record) -> Status {
    record.guest_until = 1;
    return {};
  });
  if (!ended.ok())
    context_.log.error("a guest's end could not be written",
                       {{"user", user}, {"error", error_name(ended.error())}});
}

Status GuestService::ask_again(const login::EnrolmentRecord& guest, const crypto::CardId& card,
                               text::Voice& voice) {
  auto statement = ask(card);
  if (statement.ok() && (statement->user.bytes() != guest.user_id || statement->login != guest.local_user))
    statement = fail(Error::card_revoked, "the card belongs to another account now");
  if (!statement.ok()) {
    const Error error = statement.error();
    context_.log.warning(
        "the server was asked about a guest",
        {{"user", guest.local_user}, {"error", error_name(error)}, {"detail", statement.failure().detail}});
    if (is_refusal(error)) end(guest.local_user);
    if (is_refusal(error) || is_lie(error)) return told(error, statement.failure().detail);
    return {};
  }
  const std::lock_guard lock(context_.memory.guest_changes);
  // He may have been removed while he typed his PIN: then no account is made for him again.
  const auto kept = context_.enrolments.load(guest.local_user);
  if (!kept.ok() && kept.error() == Error::not_enrolled) return fail(Error::not_enrolled, kRemoved);
  if (!kept.ok()) return kept.failure();
  TRY(publish(*statement, voice));
  TRY(context_.enrolments.update(guest.local_user, [&](login::EnrolmentRecord& record) -> Status {
    take_statement(record, *statement, context_.clock.now());
    return {};
  }));
  return {};
}

Status GuestService::may_operate(const std::string& user, std::string_view verb) const {
  constexpr std::string_view kOwnersOnly[] = {"register", "card.replace", "card.enrol", "access-key.rotate",
                                              "access-key.check"};
  if (std::find(std::begin(kOwnersOnly), std::end(kOwnersOnly), verb) == std::end(kOwnersOnly)) return {};
  const auto record = context_.enrolments.load(user);
  if (!record.ok() || !record->is_guest()) return {};
  return fail(Error::permission_denied, text::tr("You are a guest at this computer: do that at your own."));
}

}  // namespace cardea::recoveryd
