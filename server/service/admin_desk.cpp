// SPDX-License-Identifier: Apache-2.0
#include "server/service/admin_desk.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "server/service/program_number.h"

namespace cardea::server {
namespace {

using api::Json;

constexpr std::int64_t kFleetDay = 24 * 3600;
constexpr std::int64_t kHistorySeconds = 600;

std::string cursor_kind(const Caller& caller) { return "administrator-history " + caller.officer->id.text(); }

}  // namespace

Digest officer_touch_challenge(std::string_view authority, ByteView challenge, const SessionId& session,
                               const Json& what) {
  ByteBuilder out;
  out.lp("cardea/v1/officer-touch").lp(authority).lp(challenge).lp(session.view());
  return crypto::sha256({out.lp(what.canonical().text()).view()});
}

Json policy_touch(const std::string& name, const std::optional<std::string>& value, std::uint64_t version) {
  return Json::Object{{"do", "policy-set"},
                      {"name", name},
                      {"value", value ? Json(*value) : Json(nullptr)},
                      {"version", version}};
}

Json history_touch(const std::string& account) {
  return Json::Object{{"do", "history-read"}, {"account", account}};
}

AdminDesk::AdminDesk(Store& store, const ServerSecrets& secrets, Random& random,
                     const SessionService& sessions, const Policies& policies, std::string_view program)
    : store_(store),
      secrets_(secrets),
      random_(random),
      sessions_(sessions),
      policies_(policies),
      party_(sessions.authority()),
      program_(program_number(program).value_or(0)) {}

Result<FleetRule> AdminDesk::fleet_rule(UnixSeconds now) const {
  TRY_ASSIGN(const std::uint32_t days, policies_.number(Policy::fleet_silent_days));
  return FleetRule{now - days * kFleetDay, program_};
}

Result<OfficerTouch> AdminDesk::check_touch(const OfficerSession& session, const TouchRequest& touch,
                                            const Json& what, UnixSeconds now) const {
  TRY_ASSIGN(const ChallengeToken once, sessions_.check_challenge(touch.challenge, now));
  const auto known = store_.get_officer_key(touch.credential);
  if (!known.ok() && known.error() != Error::not_found) return known.failure();
  // Another administrator's key proves that he is there, not who has this session.
  if (!known.ok() || known->officer != session.officer.id) return Error::identity_not_accepted;
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(known->spki));
  const Digest challenge = officer_touch_challenge(sessions_.authority(), touch.challenge, session.id, what);
  TRY_ASSIGN(const std::uint32_t count,
             check_assertion({touch.client_data, touch.authenticator_data, touch.signature}, party_,
                             challenge, key));
  return OfficerTouch{session.officer.id, touch.credential, count, once.token, once.expires_at};
}

Status AdminDesk::change_policy(const Caller& caller, const std::string& name,
                                const std::optional<std::string>& value, std::uint64_t version,
                                const TouchRequest& touch, UnixSeconds now) {
  if (!caller.officer) return Error::permission_denied;
  const PolicySpec* spec = find_policy(name);
  if (spec == nullptr) return fail(Error::not_found, "there is no such policy");
  ChangePolicy command;
  command.policy = {spec->name, {}, caller.officer->officer.name};
  if (value) {
    TRY_ASSIGN(command.policy.value, policy_value(*spec, *value));
  }
  command.expected_version = version;
  // Again with the change; here so that nobody touches his key for what has been decided otherwise.
  TRY_ASSIGN(const PolicySet now_set, store_.policy_set());
  if (now_set.version != version)
    return fail(Error::precondition_failed, "the policies were changed meanwhile");
  command.from = caller.prefix;
  // Over what he was shown, not over how it is stored.
  TRY_ASSIGN(command.touch, check_touch(*caller.officer, touch, policy_touch(name, value, version), now));
  return store_.change_policy(command, now);
}

Result<HistoryPlace> AdminDesk::open_history(const Caller& caller, const std::string& account,
                                             const TouchRequest& touch, UnixSeconds now) {
  if (!caller.officer) return Error::permission_denied;
  OpenHistory command;
  command.account = account;
  TRY_ASSIGN(command.touch, check_touch(*caller.officer, touch, history_touch(account), now));
  command.actor = caller.officer->officer.name;
  command.from = caller.prefix;
  TRY_ASSIGN(const User user, store_.open_history(command, now));
  return HistoryPlace{user.id, 0, now + kHistorySeconds};
}

Result<std::string> AdminDesk::history_cursor(const Caller& caller, const HistoryPlace& place) const {
  if (!caller.officer) return Error::permission_denied;
  ByteBuilder payload;
  payload.raw(place.user.view()).u64(place.after).u64(static_cast<std::uint64_t>(place.expires_at));
  return secrets_.seal_token(cursor_kind(caller), payload.view(), random_);
}

Result<HistoryPlace> AdminDesk::history_place(const Caller& caller, std::string_view cursor,
                                              UnixSeconds now) const {
  if (!caller.officer) return Error::permission_denied;
  const auto payload = secrets_.open_token(cursor_kind(caller), cursor);
  if (!payload.ok()) return fail(Error::invalid_argument, "“cursor” is none of this session");
  ByteReader in(payload->expose());
  HistoryPlace place;
  TRY_ASSIGN(place.user, UserId::from_bytes(in.bytes(UserId::kSize)));
  place.after = in.u64();
  place.expires_at = static_cast<UnixSeconds>(in.u64());
  if (!in.complete()) return Error::invalid_argument;
  if (now >= place.expires_at) return fail(Error::permission_denied, "touch the security key again");
  return place;
}

}  // namespace cardea::server
