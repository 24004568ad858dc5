// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/portal/records_desk.h"

#include "upstream/pairing_calls.h"
#include "upstream/record_calls.h"

namespace cardea::upstream {
namespace {

constexpr std::int64_t kSessionSeconds = 3600;

api::Json error_json(Error error) { return api::Json::Object{{"error", error_name(error)}}; }

// Of the session that a card opens for one command.
struct Opened {
  crypto::Ed25519KeyPair pair;
  SessionInfo info;
  [[nodiscard]] RequestKey key() const { return session_key(info.id, pair); }
};

}  // namespace

Result<SessionInfo> RecordsDesk::open(const DeskCard& card, ByteView session_spki) {
  return open_card_session(
      client_, api::card_id_of(card.auth.spki()), session_spki, clock_.now() + kSessionSeconds,
      [&](ByteView message) -> Result<Bytes> { return to_bytes(card.auth.sign(message)); });
}

Result<api::Json> RecordsDesk::put(const DeskCard& card, const std::string& id, std::string_view body) {
  Opened session{crypto::Ed25519KeyPair::generate(random_), {}};
  TRY_ASSIGN(session.info, open(card, session.pair.spki()));
  records::RecordName name{random_.array<16>(), 1};
  if (id != "new") {
    TRY_ASSIGN(const auto known, api::RecordId::from_text(id));
    TRY_ASSIGN(const auto newest, get_record(client_, session.key(), known));
    name = {known.bytes(), newest.name.version + 1};
  }
  TRY_ASSIGN(const auto sealed,
             records::seal_record(card.root, card.user.bytes(), name, as_bytes(body), random_));
  TRY(put_record(client_, session.key(), sealed));
  return api::Json(api::Json::Object{{"id", to_hex(name.id)}, {"version", name.version}});
}

Result<api::Json> RecordsDesk::read(const DeskCard& card, const std::string& id) {
  Opened session{crypto::Ed25519KeyPair::generate(random_), {}};
  TRY_ASSIGN(session.info, open(card, session.pair.spki()));
  TRY_ASSIGN(const auto known, api::RecordId::from_text(id));
  const auto record = get_record(client_, session.key(), known);
  if (!record.ok()) return error_json(record.error());
  const auto body = records::open_record(card.root, card.user.bytes(), *record);
  if (!body.ok()) return error_json(body.error());
  return api::Json(
      api::Json::Object{{"version", record->name.version}, {"body", std::string(body->expose_text())}});
}

Result<api::Json> RecordsDesk::allow(const DeskCard& card, const std::string& account,
                                     const std::string& code, bool with_records,
                                     const std::vector<records::RecordName>& on_card) {
  const auto typed = records::parse_pairing_code(as_bytes(code));
  if (!typed.ok()) return error_json(typed.error());
  const records::PairingId id = records::pairing_id(*typed);
  const auto waiting = get_pairing(client_, id);
  if (!waiting.ok()) return error_json(waiting.error());
  const auto browser = records::check_pairing(*typed, waiting->offer, client_.authority());
  if (!browser.ok()) return error_json(browser.error());
  Opened own{crypto::Ed25519KeyPair::generate(random_), {}};
  TRY_ASSIGN(own.info, open(card, own.pair.spki()));
  TRY_ASSIGN(const SessionInfo session, open(card, browser->session_spki));
  records::PairingGrant grant;
  grant.session = session.id.bytes();
  grant.expires_at = static_cast<std::uint64_t>(session.expires_at);
  grant.account = account;
  grant.card_label = "Blue card";
  grant.with_records = with_records;
  for (const records::RecordName& name : on_card)
    grant.on_card.push_back({name, card.root.epoch()});
  TRY_ASSIGN(const Bytes answer,
             records::seal_pairing_answer(*browser, card.user.bytes(), grant, {&card.root}, random_));
  const Status sent = answer_pairing(client_, own.key(), id, answer);
  if (!sent.ok()) return error_json(sent.error());
  return api::Json(api::Json::Object{{"allowed", account}});
}

}  // namespace cardea::upstream
