// SPDX-License-Identifier: Apache-2.0
#include "core/login/login_flow.h"

#include "core/base/byte_io.h"
#include "core/login/texts.h"
#include "tests/unit/core/login/login_fixture.h"

namespace cardea::login {
namespace {

class LoginFlowTest : public LoginFixture {
 protected:
  static AskStep ask(const Step& step) {
    const auto* found = std::get_if<AskStep>(&step);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? AskStep{"", "", "<not a question>"} : *found;
  }
  static Verdict finish(const Step& step) {
    const auto* found = std::get_if<FinishStep>(&step);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? Verdict::refused(Error::unknown_format, "<not the end>") : found->verdict;
  }
  static SignOutcome failed(Error error, int tries_left = -1) { return {error, std::nullopt, tries_left}; }
  static KeyOutcome key_failed(Error error, int group = 0, std::int64_t wait = 0) {
    return {error, std::nullopt, group, wait};
  }
};

TEST_F(LoginFlowTest, CardInTheReaderAsksForItsPinByItsLabel) {
  auto login = flow();
  EXPECT_EQ(ask(login.start(with_card())).prompt, "PIN for card “Work card”: ");
  const Step step = login.answered(Answered::pin, with_card());
  const auto* sign = std::get_if<SignStep>(&step);
  ASSERT_NE(sign, nullptr);
  EXPECT_EQ(sign->card_id, present_.card_id);
  EXPECT_FALSE(sign->last_try_consent);
  const Step judge = login.card_signed({Error::internal, Bytes{1, 2, 3}, -1}, with_card());
  const auto* evidence = std::get_if<JudgeStep>(&judge);
  ASSERT_NE(evidence, nullptr);
  EXPECT_EQ(std::get<CardSignature>(evidence->evidence).challenge, sign->challenge);
}

TEST_F(LoginFlowTest, NoCardAsksForTheCardOrAnAccessKey) {
  EXPECT_EQ(ask(flow().start(no_card())).prompt, "Insert your card, or type an access key: ");
}

TEST_F(LoginFlowTest, WrongPinIsSaidInFrontOfTheNextQuestionAndEndsAfterThree) {
  auto login = flow();
  (void)login.start(with_card());
  (void)login.answered(Answered::pin, with_card());
  EXPECT_EQ(ask(login.card_signed(failed(Error::pin_wrong, 2), with_card())).notice,
            "Wrong PIN. 2 tries left.");
  (void)login.answered(Answered::pin, with_card());
  present_.pin = PinState::last_try;
  EXPECT_EQ(ask(login.card_signed(failed(Error::pin_wrong, 1), with_card())).notice,
            "Wrong PIN. Only 1 try left; a further wrong PIN locks the card.");
  const Step sign = login.answered(Answered::pin, with_card());
  ASSERT_TRUE(std::holds_alternative<SignStep>(sign));
  EXPECT_TRUE(std::get<SignStep>(sign).last_try_consent) << "the warning stood in front of the question";
  const Verdict verdict = finish(login.card_signed(failed(Error::pin_locked, 0), with_card()));
  EXPECT_EQ(verdict.error, Error::pin_locked);
  EXPECT_EQ(verdict.message, texts::kPinLocked);
}

TEST_F(LoginFlowTest, TheLastTryIsNeverSpentInAOneFieldDialogueNorByAPasswordFromAnotherModule) {
  present_.pin = PinState::last_try;
  LoginContext one_field = context();
  one_field.one_field = true;
  auto locker = flow(one_field);
  (void)locker.start(with_card());
  EXPECT_EQ(finish(locker.answered(Answered::pin, with_card())).error, Error::pin_last_try);
  LoginContext first_pass = context();
  first_pass.has_first_pass = true;
  auto stacked = flow(first_pass);
  (void)stacked.start(with_card());
  EXPECT_FALSE(std::holds_alternative<SignStep>(stacked.answered(Answered::pin, with_card())));
}

TEST_F(LoginFlowTest, AForeignCardIsNamedAndGetsNoPin) {
  auto login = flow();
  EXPECT_EQ(ask(login.start(foreign())).notice, "This is not the card enrolled for alice.");
  for (int i = 0; i < 2; ++i)
    (void)ask(login.answered(Answered::pin, foreign()));
  EXPECT_EQ(finish(login.answered(Answered::pin, foreign())).error, Error::card_foreign);
}

TEST_F(LoginFlowTest, ADeadCardNeverSeesAPin) {
  const std::pair<CardState, std::string_view> dead[] = {{CardState::suspended, texts::kCardSuspended},
                                                         {CardState::revoked, texts::kCardRevoked},
                                                         {CardState::announced, texts::kCardAnnounced}};
  for (const auto& [state, text] : dead) {
    record_.cards[0].state = state;
    auto login = flow();
    (void)login.start(with_card());
    EXPECT_EQ(ask(login.answered(Answered::pin, with_card())).notice, text);
  }
}

TEST_F(LoginFlowTest, ARemoteLoginNeverTouchesTheLocalReader) {
  LoginContext remote = context();
  remote.remote = true;
  auto login = flow(remote);
  EXPECT_EQ(ask(login.start(with_card())).prompt, "Access key: ");
  EXPECT_EQ(ask(login.answered(Answered::pin, with_card())).notice, texts::kRemote);
  EXPECT_TRUE(std::holds_alternative<SpendKeyStep>(login.answered(Answered::access_key, with_card())));
}

TEST_F(LoginFlowTest, ARemoteLoginNeverSpendsAPinTryNotEvenTheLast) {
  for (const PinState pin : {PinState::ok, PinState::low, PinState::last_try}) {
    present_.pin = pin;
    for (const bool one_field : {false, true}) {
      LoginContext remote = context();
      remote.remote = true;
      remote.one_field = one_field;
      auto login = flow(remote);
      Step step = login.start(with_card());
      int asked = 0;
      while (const auto* question = std::get_if<AskStep>(&step)) {
        EXPECT_EQ(question->prompt, "Access key: ");
        ++asked;
        step = login.answered(Answered::pin, with_card());
        ASSERT_FALSE(std::holds_alternative<SignStep>(step));
      }
      EXPECT_EQ(finish(step).error, Error::remote_card_refused);
      EXPECT_EQ(asked, one_field ? 1 : kMaxFailures);
    }
  }
}

TEST_F(LoginFlowTest, AKeyThatComesAgainAfterItWasRefusedEndsTheConversation) {
  auto login = flow();
  (void)login.start(no_card());
  (void)ask(login.key_spent(key_failed(Error::access_key_wrong), no_card()));
  KeyOutcome again = key_failed(Error::access_key_wrong);
  again.same_again = true;
  const Verdict verdict = finish(login.key_spent(again, no_card()));
  EXPECT_EQ(verdict.error, Error::access_key_wrong);
  EXPECT_EQ(verdict.message, texts::kWrongKey);
}

TEST_F(LoginFlowTest, AMistypedKeyNamesTheGroupAndCostsNothing) {
  auto login = flow();
  (void)login.start(no_card());
  for (int i = 0; i < kMaxRounds - 1; ++i) {
    (void)login.answered(Answered::access_key, no_card());
    EXPECT_EQ(ask(login.key_spent(key_failed(Error::access_key_mistyped, 4), no_card())).notice,
              "Group 4 of the access key is mistyped.");
  }
  (void)login.answered(Answered::access_key, no_card());
  EXPECT_EQ(finish(login.key_spent(key_failed(Error::access_key_mistyped, 4), no_card())).error,
            Error::access_key_mistyped)
      << "but not for ever";
}

TEST_F(LoginFlowTest, WrongKeysEndAfterThreeAndThrottlingEndsAtOnce) {
  auto login = flow();
  (void)login.start(no_card());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ask(login.key_spent(key_failed(Error::access_key_wrong), no_card())).notice,
              "This access key does not open this computer.");
  }
  EXPECT_EQ(finish(login.key_spent(key_failed(Error::access_key_wrong), no_card())).error,
            Error::access_key_wrong);
  auto throttled = flow();
  (void)throttled.start(no_card());
  EXPECT_EQ(finish(throttled.key_spent(key_failed(Error::throttled, 0, 30), no_card())).message,
            "Too many wrong access keys. Try again in 30 s.");
}

TEST_F(LoginFlowTest, NothingTypedWithoutACardIsNoCardAndWaitsWhenAsked) {
  auto login = flow();
  (void)login.start(no_card());
  EXPECT_EQ(finish(login.answered(Answered::empty, no_card())).error, Error::card_absent);
  LoginContext waiting = context();
  waiting.wait_for_card_ms = 1000;
  auto patient = flow(waiting);
  (void)patient.start(no_card());
  EXPECT_TRUE(std::holds_alternative<WaitForCardStep>(patient.answered(Answered::empty, no_card())));
  EXPECT_EQ(ask(patient.card_waited(with_card())).prompt, "PIN for card “Work card”: ");
}

TEST_F(LoginFlowTest, ALockedCardStillTakesAnAccessKey) {
  present_.pin = PinState::locked;
  auto login = flow();
  EXPECT_EQ(ask(login.start(with_card())).notice, texts::kPinLocked);
  EXPECT_TRUE(std::holds_alternative<SpendKeyStep>(login.answered(Answered::access_key, with_card())));
  auto silent = flow();
  (void)silent.start(with_card());
  EXPECT_EQ(finish(silent.answered(Answered::empty, with_card())).error, Error::pin_locked);
}

TEST_F(LoginFlowTest, NobodyToAskIsNoGrant) {
  LoginContext pipe = context();
  pipe.interactive = false;
  EXPECT_EQ(finish(flow(pipe).start(with_card())).error, Error::cancelled);
  auto gone = flow();
  (void)gone.start(with_card());
  EXPECT_EQ(finish(gone.answered(Answered::refused, with_card())).error, Error::cancelled);
}

TEST_F(LoginFlowTest, ReaderServiceDownStillOffersTheAccessKey) {
  const Readers down{false, {}};
  auto login = flow();
  EXPECT_EQ(ask(login.start(down)).prompt, "Access key: ");
  EXPECT_EQ(finish(login.answered(Answered::empty, down)).error, Error::reader_service_down);
}

TEST_F(LoginFlowTest, WorkerFaultsNeverGrantAndEnd) {
  for (const Error fault :
       {Error::worker_down, Error::timeout, Error::card_fault, Error::card_removed, Error::internal}) {
    auto login = flow();
    Step step = login.start(with_card());
    int rounds = 0;
    while (!std::holds_alternative<FinishStep>(step) && ++rounds < 50) {
      (void)login.answered(Answered::pin, with_card());
      step = login.card_signed(failed(fault), with_card());
    }
    EXPECT_EQ(finish(step).decision, Decision::refused);
    EXPECT_EQ(finish(step).error, fault);
  }
}

TEST_F(LoginFlowTest, SudoSaysWhoAsks) {
  LoginContext sudo = context();
  sudo.service = "sudo";
  sudo.requester = "bob";
  sudo.tty = "pts/3";
  sudo.tell_who_asks = true;
  EXPECT_EQ(ask(flow(sudo).start(with_card())).notice, "sudo asks for bob, to act as alice, on pts/3.");
}

TEST_F(LoginFlowTest, ARefusalOfTheJudgeIsNeverTurnedIntoAnythingElse) {
  auto login = flow();
  (void)login.start(with_card());
  Step step = login.judged(Verdict::refused(Error::card_revoked, "x"), with_card());
  for (int i = 0; i < 3; ++i)
    step = login.judged(Verdict::refused(Error::card_revoked, "x"), with_card());
  EXPECT_EQ(finish(step).decision, Decision::refused);
}

class AgentLoginTest : public LoginFlowTest {
 protected:
  LoginFlow with_agent(bool remote = false) {
    LoginContext sudo = context();
    sudo.service = "sudo";
    sudo.may_ask_agent = true;
    sudo.remote = remote;
    return flow(sudo);
  }
};

TEST_F(AgentLoginTest, ACardAtTheOtherEndIsAskedBeforeThePerson) {
  auto login = with_agent();
  const Step step = login.start(no_card());
  const auto* asked = std::get_if<AskAgentStep>(&step);
  ASSERT_NE(asked, nullptr);
  const Step judge = login.agent_asked({present_.card_id, sign(asked->challenge)}, no_card());
  const auto* evidence = std::get_if<JudgeStep>(&judge);
  ASSERT_NE(evidence, nullptr);
  const auto& card = std::get<AgentSignature>(evidence->evidence).card;
  EXPECT_EQ(card.card_id, present_.card_id);
  EXPECT_EQ(card.challenge, asked->challenge);
}

TEST_F(AgentLoginTest, WithoutASignatureTheDialogueBeginsAsIfThereWereNoAgent) {
  auto login = with_agent();
  (void)login.start(no_card());
  const AskStep question = ask(login.agent_asked({}, no_card()));
  EXPECT_EQ(question.notice, "");
  EXPECT_EQ(question.prompt, "Insert your card, or type an access key: ");
}

TEST_F(AgentLoginTest, ACardThatLiesHereIsAskedInsteadUnlessThePersonIsElsewhere) {
  EXPECT_EQ(ask(with_agent().start(with_card())).prompt, "PIN for card “Work card”: ");
  EXPECT_TRUE(std::holds_alternative<AskAgentStep>(with_agent(true).start(with_card())));
  EXPECT_TRUE(std::holds_alternative<AskAgentStep>(with_agent().start(foreign())));
  EXPECT_TRUE(std::holds_alternative<AskStep>(flow().start(no_card())));
}

// An agent signs whatever it is given. What ssh has signed is string session_id, byte 50, … (RFC 4252 section
// 7) or begins with SSHSIG.
TEST_F(AgentLoginTest, TheChallengeIsNothingThatSshSigns) {
  const Bytes challenge =
      make_agent_challenge(Bytes(32, 7), std::string(64, 'u'), "sudo-i", std::string(32, 'a'), random_);
  ByteReader reader(challenge);
  EXPECT_GT(reader.u32(), challenge.size());
  EXPECT_FALSE(as_text(challenge).starts_with("SSHSIG"));
  const Bytes for_a_reader = make_login_challenge(Bytes(32, 7), "u", "sudo", "a", random_);
  EXPECT_NE(ByteView(challenge)[1], ByteView(for_a_reader)[1]);
}

}  // namespace
}  // namespace cardea::login
