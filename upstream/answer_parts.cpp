// SPDX-License-Identifier: Apache-2.0
#include "upstream/answer_parts.h"

#include <algorithm>
#include <limits>

namespace cardea::upstream {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

constexpr const char* kCardStates[] = {"active", "suspended", "revoked"};
constexpr const char* kLevels[] = {"password", "answer", "card", "access-key"};

template <std::size_t N>
std::size_t index_of(const char* const (&names)[N], std::string_view name) {
  return static_cast<std::size_t>(std::find(std::begin(names), std::end(names), name) - std::begin(names));
}

void read_status_fields(JsonFields& fields, CardStatus& card) {
  card.id = fields.identifier<api::CardId>("card_id");
  const std::size_t state = index_of(kCardStates, fields.choice("state", "active|suspended|revoked"));
  // A choice that was refused has been complained of; until then the card opens nothing.
  card.state = state < std::size(kCardStates) ? static_cast<CardState>(state) : CardState::revoked;
  if (fields.has("reason")) card.reason = fields.text("reason", 0, 32);
  card.version = static_cast<std::uint64_t>(fields.integer("version", 0, kMaxCount));
}

SessionLevel level_field(JsonFields& fields) {
  const std::size_t level = index_of(kLevels, fields.choice("level", "password|answer|card|access-key"));
  return level < std::size(kLevels) ? static_cast<SessionLevel>(level) : SessionLevel::password;
}

}  // namespace

const char* name_of(CardState state) noexcept { return kCardStates[static_cast<std::size_t>(state)]; }

Result<api::CardId> read_card_id(const Json& json) {
  const std::string* text = json.string();
  auto id = api::CardId::from_text(text != nullptr ? *text : std::string());
  return id.ok() ? id : fail(Error::server_misbehaved, "not a card's id");
}

Result<CardStatus> read_card_status(const Json& json) {
  auto fields = answer_fields(json);
  CardStatus card;
  read_status_fields(fields, card);
  TRY(complete_answer(fields, "card"));
  return card;
}

Result<CardInfo> read_card(const Json& json) {
  auto fields = answer_fields(json);
  CardInfo card;
  read_status_fields(fields, card.status);
  card.label = fields.text("label", 0, kMaxName);
  card.serial = fields.text("serial", 0, kMaxName);
  card.auth_spki = fields.bytes("auth_spki", 32, kMaxSpki);
  card.wrap_spki = fields.bytes("wrap_spki", 32, kMaxSpki);
  card.since = fields.integer("since", 0, kMaxTime);
  if (api::card_id_of(card.auth_spki) != card.status.id) fields.complain("card_id", "is not the key's");
  TRY(complete_answer(fields, "card"));
  return card;
}

Result<ComputerInfo> read_computer(const Json& json) {
  auto fields = answer_fields(json);
  ComputerInfo computer;
  computer.id = fields.identifier<api::ComputerId>("computer_id");
  computer.name = fields.text("name", 0, kMaxName);
  computer.serial = fields.text("serial", 0, kMaxName);
  computer.generation = fields.number("generation", 0, kMaxNumber);
  computer.issued = fields.number("issued", 0, kMaxNumber);
  computer.used = fields.number("used", 0, kMaxNumber);
  computer.fit = fields.text("fit", 0, 32);
  computer.last_seen = fields.integer("last_seen", 0, kMaxTime);
  TRY(complete_answer(fields, "computer"));
  return computer;
}

Result<RecoverySigner> read_recovery_signer(const Json& json) {
  auto fields = answer_fields(json);
  RecoverySigner signer;
  signer.card_id = fields.identifier<api::CardId>("card_id");
  signer.auth_spki = fields.bytes("auth_spki", 32, kMaxSpki);
  signer.wrap_spki = fields.bytes("wrap_spki", 32, kMaxSpki);
  signer.proof = fields.bytes("proof", 64, kMaxSignature);
  TRY(complete_answer(fields, "recovery_signer"));
  return signer;
}

Result<std::vector<api::KeyHandover>> read_handovers(api::JsonFields& fields) {
  std::vector<api::KeyHandover> out;
  if (!fields.has("handovers")) return out;
  for (const Json& item : fields.array("handovers", api::kMaxKeyHandovers)) {
    auto inner = answer_fields(item);
    api::KeyHandover handover;
    handover.number = inner.number("number", 1, 0x7fffffff);
    handover.key = inner.bytes("key", 32, kMaxSpki);
    handover.signature = inner.bytes("signature", 64);
    TRY(complete_answer(inner, "handovers"));
    out.push_back(std::move(handover));
  }
  return out;
}

Result<AuditState> read_audit(const Json& json) {
  auto fields = answer_fields(json);
  AuditState audit;
  audit.length = static_cast<std::uint64_t>(fields.integer("length", 0, kMaxCount));
  const Bytes head = fields.bytes("head", audit.head.size());
  if (fields.has("checkpoint")) {
    auto inner = answer_fields(fields.object("checkpoint"));
    Checkpoint checkpoint;
    checkpoint.time = inner.integer("time", 0, kMaxTime);
    checkpoint.signature = inner.bytes("signature", 64);
    checkpoint.key = inner.bytes("key", 32, kMaxSpki);
    TRY_ASSIGN(checkpoint.handovers, read_handovers(inner));
    TRY(complete_answer(inner, "checkpoint"));
    audit.checkpoint = std::move(checkpoint);
  }
  TRY(complete_answer(fields, "audit"));
  std::ranges::copy(head, audit.head.begin());
  return audit;
}

Result<SessionInfo> read_session(const Json& json) {
  auto fields = answer_fields(json);
  SessionInfo session;
  session.id = fields.identifier<api::SessionId>("session_id");
  session.user = fields.identifier<api::UserId>("user_id");
  session.level = level_field(fields);
  session.expires_at = fields.integer("expires_at", 0, kMaxTime);
  TRY(complete_answer(fields, "session"));
  return session;
}

Result<SessionLevel> read_level(const Json& json) {
  auto fields = answer_fields(json);
  const SessionLevel level = level_field(fields);
  TRY(complete_answer(fields, "session"));
  return level;
}

Result<records::Holder> read_holder(const Json& json) {
  auto fields = answer_fields(json);
  const auto kind = records::parse_holder_kind(fields.text("kind", 1, 16));
  records::Holder holder;
  holder.ref = fields.text("ref", 1, 64);
  holder.epoch = fields.number("epoch", 1, kMaxNumber);
  holder.envelope = fields.bytes("envelope", 1, records::kMaxHolderEnvelope);
  TRY(complete_answer(fields, "holder"));
  if (!kind.ok()) return fail(Error::server_misbehaved, "holder: unknown kind");
  holder.kind = *kind;
  const Status status = records::check_holder(holder);
  if (!status.ok()) return fail(Error::server_misbehaved, "holder: " + status.failure().detail);
  return holder;
}

Json holders_json(const std::vector<records::Holder>& holders) {
  Json::Array list;
  for (const records::Holder& holder : holders) {
    list.push_back(Json::Object{{"kind", records::holder_kind_name(holder.kind)},
                                {"ref", holder.ref},
                                {"epoch", holder.epoch},
                                {"envelope", Json::bytes(holder.envelope)}});
  }
  return list;
}

Status check_recovery_signer(const api::UserId& user, ByteView recovery_public,
                             const RecoverySigner& signer) {
  if (api::card_id_of(signer.auth_spki) != signer.card_id) {
    return fail(Error::signature_invalid, "the recovery key's signer has another id than its key");
  }
  auto key = crypto::PublicKey::from_spki(signer.auth_spki);
  if (!key.ok()) return fail(Error::signature_invalid, "the recovery key's signer has no usable key");
  return key->verify(api::card_proof(user, signer.auth_spki, signer.wrap_spki, recovery_public),
                     signer.proof);
}

Status check_checkpoint(const AuditState& audit, ByteView key) {
  if (!audit.checkpoint) return fail(Error::signature_invalid, "no checkpoint");
  if (audit.checkpoint->key != to_bytes(key))
    return fail(Error::signature_invalid, "a checkpoint of another key");
  auto public_key = crypto::PublicKey::from_spki(key);
  if (!public_key.ok()) return fail(Error::signature_invalid, "the checkpoint key is not usable");
  return public_key->verify(
      api::checkpoint_proof(audit.length, audit.head, static_cast<std::uint64_t>(audit.checkpoint->time)),
      audit.checkpoint->signature);
}

}  // namespace cardea::upstream
