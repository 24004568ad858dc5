// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_service.h"

#include "core/api/audit_event.h"
#include "core/login/texts.h"
#include "recoveryd/json.h"
#include "recoveryd/officer_list.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/notice_service.h"
#include "recoveryd/service/region_service.h"
#include "recoveryd/service/server_status.h"

namespace cardea::recoveryd {
namespace {

using text::tr;

std::string_view name_of(login::CardState state) {
  switch (state) {
    case login::CardState::active:
      return tr("active");
    case login::CardState::suspended:
      return tr("suspended");
    case login::CardState::revoked:
      return tr("revoked");
    case login::CardState::announced:
      return tr("announced");
  }
  return tr("unknown");
}

std::string_view name_of(card::PinState state) {
  switch (state) {
    case card::PinState::ok:
      return tr("ok");
    case card::PinState::low:
      return tr("low");
    case card::PinState::last_try:
      return tr("last-try");
    case card::PinState::locked:
      return tr("locked");
    case card::PinState::not_initialised:
      return tr("not-initialised");
    case card::PinState::unknown:
      break;
  }
  return tr("unknown");
}

std::string state_of(const worker::CardView& card, const login::EnrolmentRecord* record) {
  if (!card.info.has_cardea_keys || !card.info.card_id.has_value()) return tr("new");
  const auto* enrolled = record == nullptr ? nullptr : record->find_card(*card.info.card_id);
  return enrolled == nullptr ? tr("foreign") : std::string(name_of(enrolled->state));
}

JsonObject describe(const worker::CardView& card, const login::EnrolmentRecord* record) {
  JsonObject json;
  json.set("reader", card.info.reader);
  json.set("label", card.info.label);
  json.set("serial", card.info.serial);
  json.set("pin", name_of(card.info.pin.state));
  if (card.info.pin.tries_left.has_value()) json.set("tries_left", int{*card.info.pin.tries_left});
  if (card.problem.has_value()) json.set("problem", error_name(*card.problem));
  json.set("cardea_keys", card.info.has_cardea_keys);
  if (card.info.card_id.has_value()) json.set("card_id", to_hex(*card.info.card_id));
  json.set("state", state_of(card, record));
  return json;
}

JsonArray describe_all(const worker::ReaderView& view, const login::EnrolmentRecord* record) {
  JsonArray cards;
  for (const worker::CardView& card : view.cards)
    cards.push_back(describe(card, record).json());
  return cards;
}

std::string reader_state(const worker::ReaderView& view) {
  if (view.service == worker::ReaderService::down) return tr("reader service down");
  if (view.service == worker::ReaderService::starting) return tr("starting");
  return view.readers == 0 ? tr("no reader") : tr("ready");
}

JsonObject describe(const login::EnrolmentRecord& record, const login::ThrottleState& tries,
                    std::uint32_t remote_failures) {
  JsonObject json;
  json.set("account", record.account);
  json.set("user_id", record.account.empty() ? std::string() : to_hex(record.user_id));
  json.set("epoch", record.epoch);
  JsonArray servers;
  for (const std::string& server : record.servers)
    servers.emplace_back(server);
  json.set("servers", std::move(servers));
  JsonArray cards;
  for (const login::EnrolledCard& card : record.cards) {
    JsonObject one;
    one.set("card_id", to_hex(card.card_id));
    one.set("label", card.label);
    one.set("state", name_of(card.state));
    cards.push_back(std::move(one).json());
  }
  json.set("cards", std::move(cards));
  if (record.current.has_value()) {
    json.set("access_key_generation", record.current->generation);
    json.set("access_keys_used", record.current->last_used);
  }
  json.set("rotation_wanted", record.rotate_wanted);
  json.set("wrong_access_keys", tries.failures);
  json.set("wrong_access_keys_remote", remote_failures);
  json.set("server_last_heard", record.revocation_checked_at);
  json.set("latest_time_seen", record.latest_time_seen);
  json.set("server_doubted", record.server_doubted);
  json.set("retired_at", record.retired_at);
  if (!record.checkpoint_key.empty())
    json.set("server_key_fingerprint", api::key_fingerprint(record.checkpoint_key));
  if (record.is_guest()) json.set("guest_until", record.guest_until);
  return json;
}

// Who can make an access key of this computer beside its owner: he is to know. A list that can't be read
// seals for nobody, and the making of a generation says so.
void tell_of_officers(const Context& context, const text::Voice& voice, std::string& message,
                      JsonObject& json) {
  const auto officers = read_officer_list(context.settings.officers_file);
  if (!officers.ok()) return;
  JsonArray names;
  std::string list;
  for (const ListedOfficer& officer : *officers) {
    names.emplace_back(officer.name);
    list.append(list.empty() ? "" : ", ").append(officer.name);
  }
  json.set("officers", std::move(names));
  if (!list.empty())
    message += " " + voice.speak("Help-desk officers who can make an access key for it: %1.", {list});
}

}  // namespace

Result<OperationOutcome> CardService::show(Conversation& client, const std::string& user) {
  (void)context_.worker.refresh(worker::kCardTimeout);
  const worker::ReaderView view = context_.worker.view();
  const auto record = context_.enrolments.load(user);
  JsonObject json;
  json.set("reader_service", reader_state(view));
  json.set("cards", describe_all(view, record.ok() ? &*record : nullptr));
  const text::Voice& voice = client.voice();
  std::string message = view.cards.empty() ? voice.speak("There is no card in the reader.") : "";
  for (const worker::CardView& card : view.cards) {
    const std::string state = state_of(card, record.ok() ? &*record : nullptr);
    message.append(message.empty() ? "" : "\n")
        .append(voice.speak("“%1” in %2: %3, PIN %4", {card.info.label, card.info.reader, voice.word(state),
                                                       voice.word(name_of(card.info.pin.state))}));
  }
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> CardService::status(Conversation& client, const std::string& user) {
  const worker::ReaderView view = context_.worker.view();
  const auto gate = context_.gate.read(context_.clock.now());
  JsonObject json;
  json.set("computer_id", to_hex(context_.device.computer_id));
  json.set("reader_service", reader_state(view));
  const std::string gate_name = !gate.ok() ? tr("damaged")
                                : gate->card_required || context_.settings.force_card_required
                                    ? tr("card_required")
                                    : tr("off");
  json.set("gate", gate_name);
  json.set("user", user);
  json.set("audit_length", context_.audit.length());
  auto record = context_.enrolments.load(user);
  const text::Voice& voice = client.voice();
  std::string message =
      voice.speak("Gate: %1. Readers: %2.", {voice.word(gate_name), voice.word(reader_state(view))});
  if (record.ok()) {
    const auto tries = context_.throttle.state(user);
    const auto remote = context_.throttle.remote_failures(user);
    json.set(
        "enrolment",
        describe(*record, tries.ok() ? *tries : login::ThrottleState{}, remote.ok() ? *remote : 0).json());
    json.set("cards", describe_all(view, &*record));
    ServerStatus servers = server_status(context_, *record, voice);
    json.set("server_choice", std::move(servers.json).json());
    message += " " + (record->account.empty()
                          ? voice.speak("%1 is enrolled.", {user})
                          : voice.speak("%1 is enrolled as account %2.", {user, record->account}));
    if (!servers.message.empty()) message += " " + servers.message;
    RegionStatus region = RegionService(context_).status(user, voice);
    if (region.json) json.set("home_region", std::move(*region.json).json());
    if (!region.message.empty()) message += " " + region.message;
    if (record->server_doubted)
      message +=
          " " + voice.speak(tr("The server's record of events does not fit what this computer has seen: "
                               "tell your administrator."));
    if (record->retired_at != 0)
      message +=
          " " +
          voice.speak(tr("The server says that this computer was taken out of the account. Your card and "
                         "access keys still open it, but it does not learn of lost cards any more. To bring "
                         "it back: “cardea register --existing”."));
    if (!record->checkpoint_key.empty())
      message += "\n" + voice.speak("The server's key for its record of events: %1.",
                                    {api::key_fingerprint(record->checkpoint_key)});
    NoticeService::Standing notices = NoticeService(context_).standing(*record, voice);
    if (!notices.message.empty()) message += "\n" + notices.message;
    json.set("notices", std::move(notices.json));
    tell_of_officers(context_, voice, message, json);
  } else if (record.error() == Error::not_enrolled) {
    message += " " + voice.speak("%1 is not enrolled on this computer.", {user});
  } else {
    return fail(record.error(),
                std::string(login::texts::kStoreCorrupted) + " (" + record.failure().detail + ")");
  }
  return OperationOutcome{message, std::move(json).text()};
}

Result<worker::CardKeys> prepare_card(Conversation& client, worker::Vault& vault,
                                      const worker::CardView& card, const OperationRequest& request) {
  if (card.info.pin.state == card::PinState::locked)
    return fail(Error::pin_locked, std::string(login::texts::kPinLocked));
  const std::string notice =
      card.info.pin.state == card::PinState::last_try ? std::string(login::texts::kLastTry) : std::string();
  TRY_ASSIGN(UniqueFd pin,
             client.ask_private("pin", login::texts::pin_for_card(client.voice().language(), card.info.label),
                                notice));
  TRY(vault.collect(worker::Purpose::pin, std::move(pin), worker::kCardTimeout));
  card::PinReport report;
  if (Status opened = vault.card_login(card.insertion, !notice.empty(), report, worker::kCardTimeout);
      !opened.ok()) {
    if (opened.error() != Error::pin_wrong) return opened.failure();
    return wrong_pin(client.voice(), report);
  }
  if (card.info.has_cardea_keys)
    return worker::CardKeys{card.info.auth_spki, card.info.wrap_spki, card.info.serial};
  const std::string kind = request.argument("key", "p256");
  if (kind != "p256" && kind != "rsa2048") return fail(Error::invalid_argument, "key is p256 or rsa2048");
  (void)client.say(wire::SayLevel::information, tr("Making keys on the card …"));
  return vault.card_make_keys(kind == "p256" ? card::KeyKind::p256 : card::KeyKind::rsa, card.info.label,
                              worker::kKeygenTimeout);
}

Result<OperationOutcome> CardService::enrol(Conversation& client, const OperationRequest& request,
                                            const std::string& user) {
  const auto existing = context_.enrolments.load(user);
  if (existing.ok())
    return client.voice().refuse(Error::already_exists,
                                 "%1 is already enrolled here. Use “cardea card replace”.", {user});
  if (existing.error() != Error::not_enrolled) return existing.failure();
  TRY_ASSIGN(const worker::CardView card, only_card(context_));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(worker::kCardTimeout));
  TRY_ASSIGN(const worker::CardKeys keys, prepare_card(client, *vault, card, request));
  login::EnrolmentRecord record;
  record.local_user = user;
  record.device_share = context_.random.secret<32>();
  const UnixSeconds now = context_.clock.now();
  record.revocation_checked_at = record.latest_time_seen = now;
  record.cards.push_back({crypto::card_id(keys.auth_spki), keys.auth_spki, keys.wrap_spki, card.info.label,
                          keys.serial, login::CardState::active});
  TRY(context_.enrolments.add(record));
  (void)context_.audit.append(now, "card-enrolled",
                              {{"user", user}, {"card_id", to_hex(record.cards[0].card_id)}});
  JsonObject json;
  json.set("card_id", to_hex(record.cards[0].card_id));
  json.set("user", user);
  return OperationOutcome{client.voice().speak("The card is enrolled for %1 on this computer.", {user}),
                          std::move(json).text()};
}

}  // namespace cardea::recoveryd
