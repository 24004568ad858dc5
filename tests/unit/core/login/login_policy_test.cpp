// SPDX-License-Identifier: Apache-2.0
#include "core/login/login_policy.h"

#include "tests/unit/core/login/login_fixture.h"

namespace cardea::login {
namespace {

class LoginPolicyTest : public LoginFixture {
 protected:
  CardSignature signature() {
    CardSignature evidence{
        record_.cards[0].card_id, make_login_challenge(Bytes(32, 7), "alice", "login", "1", random_), {}};
    evidence.signature = sign(evidence.challenge);
    return evidence;
  }
  Verdict decide(const Evidence& evidence, UnixSeconds now = kNow, std::int64_t max_offline = 0) const {
    return LoginPolicy(LoginPolicy::Settings{max_offline}).decide(evidence, record_, now);
  }
};

TEST_F(LoginPolicyTest, AnActiveCardWithAGoodSignatureIsLetIn) {
  const Verdict verdict = decide(signature());
  EXPECT_EQ(verdict.decision, Decision::granted);
  EXPECT_EQ(verdict.card_label, "Work card");
}

TEST_F(LoginPolicyTest, EveryChangedByteOfChallengeOrSignatureIsRefused) {
  const CardSignature good = signature();
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    CardSignature bad = good;
    bad.signature[i] ^= 1;
    EXPECT_EQ(decide(bad).decision, Decision::refused) << i;
  }
  for (std::size_t i = 0; i < good.challenge.size(); ++i) {
    CardSignature bad = good;
    bad.challenge[i] ^= 1;
    EXPECT_EQ(decide(bad).decision, Decision::refused) << i;
  }
}

TEST_F(LoginPolicyTest, AcceptedPinWithoutSignatureIsNoLogin) {
  CardSignature evidence = signature();
  evidence.signature.clear();
  EXPECT_EQ(decide(evidence).error, Error::signature_invalid);
}

TEST_F(LoginPolicyTest, AGuestIsLetInUntilHisTimeEnds) {
  record_.guest_until = kNow + 100;
  EXPECT_EQ(decide(signature(), kNow).decision, Decision::granted);
  EXPECT_EQ(decide(signature(), kNow + 99).decision, Decision::granted);
  EXPECT_EQ(decide(signature(), kNow + 100).error, Error::revocation_stale);
  EXPECT_EQ(decide(AccountCheck{false}, kNow + 99).decision, Decision::granted);
  EXPECT_EQ(decide(AccountCheck{false}, kNow + 100).error, Error::revocation_stale);
  // A clock that was turned back gives him no time.
  record_.latest_time_seen = kNow;
  EXPECT_EQ(decide(signature(), kNow - 25 * 3600).error, Error::clock_unusable);
  record_.guest_until = 1;
  EXPECT_EQ(decide(signature(), kNow).error, Error::revocation_stale);
  record_.guest_until = kNow + 100;
  record_.cards[0].state = CardState::suspended;
  EXPECT_EQ(decide(signature(), kNow).error, Error::card_revoked);
}

TEST_F(LoginPolicyTest, SuspendedRevokedAndForeignCardsAreRefusedEvenWithAGoodSignature) {
  record_.cards[0].state = CardState::suspended;
  EXPECT_EQ(decide(signature()).error, Error::card_revoked);
  record_.cards[0].state = CardState::announced;
  EXPECT_EQ(decide(signature()).error, Error::card_revoked);
  record_.cards[0].state = CardState::revoked;
  EXPECT_EQ(decide(signature()).error, Error::card_revoked);
  record_.cards[0].state = CardState::announced;
  EXPECT_EQ(decide(signature()).error, Error::card_revoked);
  CardSignature foreign = signature();
  foreign.card_id[5] ^= 1;
  EXPECT_EQ(decide(foreign).error, Error::card_foreign);
}

TEST_F(LoginPolicyTest, APinnedKeyThatDoesNotMatchItsCardIdIsDamage) {
  record_.cards[0].auth_spki = crypto::Ed25519KeyPair::generate(random_).spki();
  EXPECT_EQ(decide(signature()).error, Error::corrupted);
}

TEST_F(LoginPolicyTest, StaleContactRefusesTheCardAndNotTheAccessKey) {
  record_.revocation_checked_at = kNow - 1001;
  EXPECT_EQ(decide(signature(), kNow, 1000).error, Error::revocation_stale);
  EXPECT_EQ(decide(signature(), kNow, 1002).decision, Decision::granted);
  record_.current->last_used = 3;
  EXPECT_EQ(decide(SpentAccessKey{1, 3}, kNow, 1000).decision, Decision::granted);
}

TEST_F(LoginPolicyTest, AClockOffByAYearIsNamed) {
  record_.latest_time_seen = kNow;
  const Verdict verdict = decide(signature(), kNow - 365 * 86400, 1000);
  EXPECT_EQ(verdict.error, Error::clock_unusable);
  EXPECT_NE(verdict.message.find("clock"), std::string::npos);
}

TEST_F(LoginPolicyTest, AClockThatNothingIsJudgedByLocksNobodyOut) {
  record_.latest_time_seen = kNow;
  EXPECT_EQ(decide(signature(), kNow - 365 * 86400).decision, Decision::granted);
  EXPECT_EQ(decide(signature(), kNow + 365 * 86400).decision, Decision::granted);
}

TEST_F(LoginPolicyTest, AnAccessKeyCountsOnlyWhenTheRecordShowsItsUse) {
  EXPECT_EQ(decide(SpentAccessKey{1, 1}).error, Error::access_key_wrong) << "not durable";
  record_.current->last_used = 1;
  EXPECT_EQ(decide(SpentAccessKey{1, 1}).decision, Decision::granted);
  EXPECT_EQ(decide(SpentAccessKey{2, 1}).error, Error::access_key_wrong) << "other generation";
  EXPECT_EQ(decide(SpentAccessKey{1, 0}).error, Error::access_key_wrong);
  record_.pending = access_key::AccessKeyVerifier{2, 4, {}, {}};
  EXPECT_EQ(decide(SpentAccessKey{2, 4}).decision, Decision::granted);
}

TEST_F(LoginPolicyTest, AnAccountIsCheckedForFreshnessUnlessItCameByAccessKey) {
  record_.revocation_checked_at = kNow - 1001;
  EXPECT_EQ(decide(AccountCheck{false}, kNow, 1000).error, Error::revocation_stale);
  EXPECT_EQ(decide(AccountCheck{true}, kNow, 1000).decision, Decision::granted);
}

TEST_F(LoginPolicyTest, ACardBehindAnAgentIsJudgedAsEveryOther) {
  const auto by_agent = [&] { return AgentSignature{signature()}; };
  EXPECT_EQ(decide(by_agent()).decision, Decision::granted);
  AgentSignature changed = by_agent();
  changed.card.challenge.push_back(0);
  EXPECT_EQ(decide(changed).error, Error::signature_invalid);
  AgentSignature foreign = by_agent();
  foreign.card.card_id[0] ^= 1;
  EXPECT_EQ(decide(foreign).error, Error::card_foreign);
  record_.revocation_checked_at = kNow - 1001;
  EXPECT_EQ(decide(by_agent(), kNow, 1000).error, Error::revocation_stale);
  for (const CardState state : {CardState::suspended, CardState::revoked, CardState::announced}) {
    record_.cards[0].state = state;
    EXPECT_EQ(decide(by_agent()).error, Error::card_revoked);
  }
}

}  // namespace
}  // namespace cardea::login
