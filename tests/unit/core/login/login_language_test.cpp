// SPDX-License-Identifier: Apache-2.0
// The conversation in another language: the same steps, and the warnings that decisions rest on are still
// told from one another.
#include "core/login/texts.h"
#include "tests/unit/core/login/login_fixture.h"

namespace cardea::login {
namespace {

class LoginLanguageTest : public LoginFixture {
 protected:
  LoginContext german() const {
    LoginContext out = context();
    out.language = text::language_of("de_DE.UTF-8");
    return out;
  }
  static AskStep ask(const Step& step) {
    const auto* found = std::get_if<AskStep>(&step);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? AskStep{"", "", "<not a question>"} : *found;
  }
};

TEST_F(LoginLanguageTest, PromptsAndNoticesAreGerman) {
  auto login = flow(german());
  EXPECT_EQ(ask(login.start(with_card())).prompt, "PIN für Karte „Work card“: ");
  (void)login.answered(Answered::pin, with_card());
  EXPECT_EQ(ask(login.card_signed({Error::pin_wrong, std::nullopt, 2}, with_card())).notice,
            "Falsche PIN. Noch 2 Versuche.");
  EXPECT_EQ(ask(flow(german()).start(no_card())).prompt, "Karte einstecken oder Zugangsschlüssel eingeben: ");
  EXPECT_EQ(ask(flow(german()).start(foreign())).notice, "Das ist nicht die für alice eingerichtete Karte.");
}

// Consent to the last try is given by whoever has seen this warning; it must stand there exactly once.
TEST_F(LoginLanguageTest, TheLastTryIsStillWarnedOf) {
  const std::string warning = "Nur noch 1 Versuch; eine weitere falsche PIN sperrt die Karte.";
  present_.pin = PinState::last_try;
  auto login = flow(german());
  EXPECT_EQ(ask(login.start(with_card())).notice, warning);
  auto later = flow(german());
  present_.pin = PinState::ok;
  (void)later.start(with_card());
  (void)later.answered(Answered::pin, with_card());
  present_.pin = PinState::last_try;
  EXPECT_EQ(ask(later.card_signed({Error::pin_wrong, std::nullopt, 1}, with_card())).notice,
            "Falsche PIN. " + warning);
  const Step sign = later.answered(Answered::pin, with_card());
  ASSERT_TRUE(std::holds_alternative<SignStep>(sign));
  EXPECT_TRUE(std::get<SignStep>(sign).last_try_consent);
}

TEST_F(LoginLanguageTest, AVerdictIsGermanAndItsErrorHasNoLanguage) {
  record_.cards[0].state = CardState::revoked;
  const LoginPolicy policy({0, text::language_of("de")});
  const Verdict verdict = policy.decide(CardSignature{record_.cards[0].card_id, {}, {}}, record_, kNow);
  EXPECT_EQ(verdict.error, Error::card_revoked);
  EXPECT_EQ(verdict.message,
            "Diese Karte wurde ersetzt oder als verloren gemeldet. Sie öffnet diesen Computer nicht.");
}

}  // namespace
}  // namespace cardea::login
