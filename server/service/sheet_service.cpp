// SPDX-License-Identifier: Apache-2.0
#include "server/service/sheet_service.h"

#include <algorithm>

#include "core/api/proofs.h"
#include "core/crypto/signature.h"

namespace cardea::server {
namespace {

constexpr std::int64_t kDay = 24 * 3600;

// As often as the tries of a day are given back by waiting: whoever has the sheet gains none.
GuessDecision once_a_day(const GuessCount& count, UnixSeconds now) {
  const std::int64_t elapsed = std::max<std::int64_t>(0, now - count.last);
  if (count.count == 0 || elapsed >= kDay) return {true, false, 0};
  return {false, false, kDay - elapsed};
}

}  // namespace

SheetService::SheetService(Store& store, AccountReader& accounts, GuessBudget& budget,
                           const SessionService& sessions)
    : store_(store),
      accounts_(accounts),
      budget_(budget),
      sessions_(sessions),
      stand_in_(crypto::Ed25519KeyPair::from_seed(SecretKey32()).spki()) {}

Result<SheetService::Proven> SheetService::prove(const Caller& caller, const SheetRequest& request,
                                                 std::string_view purpose, UnixSeconds now) {
  TRY_ASSIGN(const ChallengeToken once, sessions_.check_challenge(request.challenge, now));
  TRY_ASSIGN(const GuessDecision decision, budget_.charge({}, caller.prefix, now));
  if (!decision.allowed) return Proven{decision.wait_seconds, {}};
  TRY_ASSIGN(const auto user, accounts_.find(request.account));
  // The same steps for a name that nobody has: the time must not tell.
  const auto key = crypto::PublicKey::from_spki(user ? user->sheet_check : stand_in_);
  const Bytes proof = api::sheet_proof(sessions_.authority(), request.challenge, request.account, purpose);
  const bool fits =
      key.ok() && key->kind() == crypto::KeyKind::ed25519 && key->verify(proof, request.signature).ok();
  if (!user || !fits) return Error::identity_not_accepted;
  return Proven{0, {user->id, once.token, once.expires_at, caller.prefix}};
}

Result<SheetSuspended> SheetService::suspend(const Caller& caller, const SheetRequest& request,
                                             UnixSeconds now) {
  TRY_ASSIGN(const Proven proven, prove(caller, request, "suspend", now));
  if (proven.retry_after != 0) return SheetSuspended{proven.retry_after, {}};
  TRY_ASSIGN(const CardsSuspended cards, store_.suspend_all_cards(proven.proof, now));
  return SheetSuspended{0, cards};
}

Result<Reopened> SheetService::reopen(const Caller& caller, const SheetRequest& request, UnixSeconds now) {
  TRY_ASSIGN(const Proven proven, prove(caller, request, "reopen", now));
  if (proven.retry_after != 0) return Reopened{false, proven.retry_after};
  const std::string guesses = account_subject(request.account);
  return store_.reopen_account({proven.proof, guesses, {"reopened-" + guesses, once_a_day}}, now);
}

}  // namespace cardea::server
