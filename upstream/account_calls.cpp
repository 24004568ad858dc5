// SPDX-License-Identifier: Apache-2.0
#include "upstream/account_calls.h"

#include <algorithm>

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kMaxProfile = 16'384;
constexpr std::size_t kMaxHolders = 128;
constexpr std::size_t kMaxEvents = 1'000;

Result<records::EpochSeal> read_epoch_seal(const Json& json) {
  auto fields = answer_fields(json);
  records::EpochSeal seal;
  seal.epoch = fields.number("epoch", 1, kMaxNumber);
  seal.envelope = fields.bytes("envelope", 1, records::kMaxHolderEnvelope);
  TRY(complete_answer(fields, "epoch seal"));
  return seal;
}

Result<AuditEvent> read_event(const Json& json) {
  auto fields = answer_fields(json);
  AuditEvent event;
  event.sequence = static_cast<std::uint64_t>(fields.integer("sequence", 0, std::int64_t{1} << 53));
  event.time = fields.integer("time", 0, std::int64_t{1} << 40);
  event.kind = fields.text("kind", 1, 64);
  const Json* details = fields.member("details");
  const Bytes hash = fields.bytes("hash", event.hash.size());
  TRY(complete_answer(fields, "event"));
  event.details = *details;
  std::ranges::copy(hash, event.hash.begin());
  return event;
}

}  // namespace

Result<Account> get_account(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = "/v1/account", .query = user_query(user), .key = &key}));
  auto fields = answer_fields(answer.body);
  Account account;
  account.user = fields.identifier<api::UserId>("user_id");
  account.account = fields.account();
  account.epoch = fields.number("epoch", 1, kMaxNumber);
  account.recovery_public = fields.bytes("recovery_public", 65);
  const Json& signer = fields.object("recovery_signer");
  account.profile = fields.bytes("profile", 0, kMaxProfile);
  const Json& audit = fields.object("audit");
  TRY(complete_answer(fields, "account"));
  TRY_ASSIGN(account.recovery_signer, read_recovery_signer(signer));
  TRY_ASSIGN(account.audit, read_audit(audit));
  if (user && account.user != *user) return fail(Error::server_misbehaved, "the account of another user");
  TRY(check_recovery_signer(account.user, account.recovery_public, account.recovery_signer));
  return account;
}

Result<Holders> get_holders(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user) {
  TRY_ASSIGN(
      const Answer answer,
      client.call({.method = "GET", .path = "/v1/account/holders", .query = user_query(user), .key = &key}));
  auto fields = answer_fields(answer.body);
  const Json::Array& holders = fields.array("holders", kMaxHolders);
  const Json::Array& seals = fields.array("epoch_seals", records::kMaxEpochSteps);
  TRY(complete_answer(fields, "holders"));
  Holders out;
  TRY_ASSIGN(out.holders, read_list(holders, read_holder));
  TRY_ASSIGN(out.epoch_seals, read_list(seals, read_epoch_seal));
  return out;
}

Status put_holder(ServerClient& client, const RequestKey& key, const std::optional<api::UserId>& user,
                  const records::Holder& holder) {
  TRY(records::check_holder(holder));
  Call call{.method = "PUT", .query = user_query(user), .key = &key};
  call.path = std::string("/v1/account/holders/") + records::holder_kind_name(holder.kind) + "/" + holder.ref;
  call.body = Json::Object{{"epoch", holder.epoch}, {"envelope", Json::bytes(holder.envelope)}};
  TRY(client.call(call));
  return {};
}

Result<AuditPage> get_audit(ServerClient& client, const RequestKey& key,
                            const std::optional<api::UserId>& user, std::uint64_t after) {
  std::string query = user_query(user);
  query += (query.empty() ? "?after=" : "&after=") + std::to_string(after);
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = "/v1/audit", .query = std::move(query), .key = &key}));
  auto fields = answer_fields(answer.body);
  const Json::Array& events = fields.array("events", kMaxEvents);
  const Json& audit = fields.object("audit");
  TRY(complete_answer(fields, "audit"));
  AuditPage page;
  TRY_ASSIGN(page.events, read_list(events, read_event));
  TRY_ASSIGN(page.audit, read_audit(audit));
  return page;
}

}  // namespace cardea::upstream
