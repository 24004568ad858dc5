// SPDX-License-Identifier: Apache-2.0
#include "server/service/pairing_service.h"

#include "core/crypto/p256.h"
#include "core/crypto/signature.h"
#include "server/service/guess_budget.h"

namespace cardea::server {
namespace {

// To walk from the page to the own computer, and type thirty symbols.
constexpr std::int64_t kPairingSeconds = 600;
constexpr std::uint32_t kFreePerPrefix = 50;
constexpr std::uint64_t kMaxOpen = 10'000;  // 4 MB without answers
constexpr std::int64_t kFullOfPairingsWait = 60;

Status check_keys(const Pairing& pairing) {
  TRY_ASSIGN(const auto session, crypto::PublicKey::from_spki(pairing.session_spki));
  if (session.kind() != crypto::KeyKind::ed25519)
    return fail(Error::key_invalid, "a session key is an Ed25519 key");
  TRY(crypto::p256_point(pairing.seal_key));
  return {};
}

ChargeGuess charge_to(const std::string& prefix, UnixSeconds now) {
  ChargeGuess command;
  command.now = now;
  command.subjects.push_back({"pairings:" + prefix, [](const GuessCount& count, UnixSeconds at) {
                                return decide_prefix_guess(count, at, kFreePerPrefix);
                              }});
  return command;
}

}  // namespace

Result<PairingService::Opened> PairingService::open(const Caller& caller, Pairing pairing, UnixSeconds now) {
  TRY(check_keys(pairing));
  TRY_ASSIGN(const GuessDecision decision, store_.charge_guess(charge_to(caller.prefix, now)));
  if (!decision.allowed) return Opened{0, decision.wait_seconds};
  pairing.prefix = caller.prefix;
  pairing.expires_at = now + kPairingSeconds;
  const Opened opened{pairing.expires_at, 0};
  const Status stored = store_.open_pairing({std::move(pairing), kMaxOpen}, now);
  if (!stored.ok() && stored.error() == Error::limit_exceeded) return Opened{0, kFullOfPairingsWait};
  TRY(stored);
  return opened;
}

Status PairingService::answer(const Caller& caller, const PairingId& id, Bytes answer, UnixSeconds now) {
  if (!caller.session || !caller.session->card) return Error::permission_denied;
  return store_.answer_pairing({id, std::move(answer), caller.session->user, *caller.session->card}, now);
}

}  // namespace cardea::server
