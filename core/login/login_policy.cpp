// SPDX-License-Identifier: Apache-2.0
#include "core/login/login_policy.h"

#include "core/base/text.h"
#include "core/login/texts.h"

namespace cardea::login {
namespace {

// A clock may be corrected by this much without the gate taking it for a trick.
constexpr std::int64_t kClockToleranceSeconds = 24 * 3600;

// "No objection": the only value that decide() turns into a grant.
Verdict no_objection(std::string message, std::string card_label) {
  return Verdict{Decision::not_enrolled, Error::internal, std::move(message), std::move(card_label)};
}

}  // namespace

Verdict LoginPolicy::refuse(Error error, std::string_view text) const {
  return Verdict::refused(error, texts::say(settings_.language, text));
}

Verdict LoginPolicy::decide(const Evidence& evidence, const EnrolmentRecord& record, UnixSeconds now) const {
  Verdict verdict = Verdict::refused(Error::internal, {});
  if (const auto* card = std::get_if<CardSignature>(&evidence)) verdict = check_card(*card, record, now);
  if (const auto* agent = std::get_if<AgentSignature>(&evidence))
    verdict = check_card(agent->card, record, now);
  if (const auto* key = std::get_if<SpentAccessKey>(&evidence)) verdict = check_key(*key, record);
  if (const auto* account = std::get_if<AccountCheck>(&evidence))
    verdict = check_account(*account, record, now);
  if (verdict.decision == Decision::refused) return verdict;
  verdict.decision = Decision::granted;
  return verdict;
}

Verdict LoginPolicy::check_card(const CardSignature& card, const EnrolmentRecord& record,
                                UnixSeconds now) const {
  const EnrolledCard* enrolled = record.find_card(card.card_id);
  if (enrolled == nullptr)
    return Verdict::refused(Error::card_foreign,
                            texts::not_this_users_card(settings_.language, record.local_user));
  if (enrolled->state != CardState::active)
    return refuse(Error::card_revoked, texts::why_closed(enrolled->state));

  if (Status fresh = account_valid(record, now); !fresh.ok())
    return Verdict::refused(fresh.error(), fresh.failure().detail);

  const auto key = crypto::PublicKey::from_spki(enrolled->auth_spki);
  if (!key.ok() || crypto::card_id(enrolled->auth_spki) != card.card_id) {
    return refuse(Error::corrupted, texts::kStoreCorrupted);
  }
  if (!key->verify(card.challenge, card.signature).ok())
    return refuse(Error::signature_invalid, texts::kCardTrouble);
  return no_objection({}, enrolled->label);
}

Verdict LoginPolicy::check_key(const SpentAccessKey& key, const EnrolmentRecord& record) const {
  // Revocation of cards and stale contact do not touch access keys: they are the way out of both.
  for (const auto* verifier : {&record.current, &record.pending}) {
    if (verifier->has_value() && (*verifier)->generation == key.generation &&
        (*verifier)->last_used == key.index && key.index > 0) {
      return no_objection(texts::say(settings_.language, texts::kKeyAccepted), {});
    }
  }
  return refuse(Error::access_key_wrong, texts::kWrongKey);
}

Verdict LoginPolicy::check_account(const AccountCheck& account, const EnrolmentRecord& record,
                                   UnixSeconds now) const {
  if (account.by_access_key) return no_objection({}, {});
  if (Status fresh = account_valid(record, now); !fresh.ok())
    return Verdict::refused(fresh.error(), fresh.failure().detail);
  return no_objection({}, {});
}

Status LoginPolicy::account_valid(const EnrolmentRecord& record, UnixSeconds now) const {
  if (record.is_guest()) {
    // His right to be here ends by the clock, so one that was turned back must not give it again.
    if (now + kClockToleranceSeconds < record.latest_time_seen)
      return fail(Error::clock_unusable, texts::clock_behind(settings_.language, record.latest_time_seen));
    if (now >= record.guest_until)
      return fail(Error::revocation_stale, texts::say(settings_.language, texts::kGuestEnded));
  }
  // Only the age of the last contact is judged by the clock: where it may be any, a flat battery locks nobody
  // out.
  if (settings_.max_offline_seconds == 0) return {};
  if (now + kClockToleranceSeconds < record.latest_time_seen) {
    return fail(Error::clock_unusable, texts::clock_behind(settings_.language, record.latest_time_seen));
  }
  if (now - record.revocation_checked_at > settings_.max_offline_seconds) {
    return fail(Error::revocation_stale, texts::say(settings_.language, texts::kStale));
  }
  return {};
}

}  // namespace cardea::login
