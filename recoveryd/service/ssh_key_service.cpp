// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/ssh_key_service.h"

#include "core/crypto/ssh_key.h"
#include "core/login/texts.h"
#include "recoveryd/json.h"

namespace cardea::recoveryd {
namespace {

Result<JsonArray> lines_of(const login::EnrolmentRecord& record) {
  JsonArray lines;
  for (const login::EnrolledCard& card : record.cards) {
    if (card.state != login::CardState::active) continue;
    const auto key = crypto::PublicKey::from_spki(card.auth_spki);
    if (!key.ok() || crypto::card_id(card.auth_spki) != card.card_id)
      return fail(Error::corrupted, std::string(login::texts::kStoreCorrupted));
    lines.emplace_back(crypto::authorized_keys_line(crypto::ssh_public_key(*key)));
  }
  return lines;
}

}  // namespace

Result<OperationOutcome> SshKeyService::keys(Conversation& client, const std::string& user) {
  JsonArray lines;
  const auto record = context_.enrolments.load(user);
  if (record.ok()) {
    // What holds for every card of a user at a login, before a signature is looked at.
    const login::LoginPolicy policy(
        login::LoginPolicy::Settings{context_.settings.max_offline_seconds, client.voice().language()});
    const login::Verdict valid = policy.decide(login::AccountCheck{}, *record, context_.clock.now());
    if (valid.decision != login::Decision::granted) return fail(valid.error, valid.message);
    TRY_ASSIGN(lines, lines_of(*record));
  } else if (record.error() != Error::not_enrolled) {
    return record.failure();
  }
  JsonObject json;
  json.set("keys", std::move(lines));
  return OperationOutcome{{}, std::move(json).text()};
}

}  // namespace cardea::recoveryd
