// SPDX-License-Identifier: Apache-2.0
#include "core/text/voice.h"

#include <gtest/gtest.h>

namespace cardea::text {
namespace {

constexpr const char* kNoRecord = "There is no record “%1”. See “cardea records list”.";

TEST(Voice, AFailureIsEnglishForTheLogAndGermanForTheReader) {
  Voice voice(language_of("de"));
  const Failure failure = voice.refuse(Error::not_found, kNoRecord, {"wlan"});
  EXPECT_EQ(failure.error, Error::not_found);
  EXPECT_EQ(failure.detail, "There is no record “wlan”. See “cardea records list”.");
  EXPECT_EQ(voice.explain(failure), "Es gibt keinen Datensatz „wlan“. Siehe „cardea records list“.");
}

TEST(Voice, AConstantNeedsNoMemory) {
  const Voice voice(language_of("de"));
  EXPECT_EQ(voice.explain(fail(Error::pin_wrong, tr("Wrong PUK."))), "Falsche PUK.");
}

TEST(Voice, ADetailThatIsNotForPeopleIsNotShownInAnotherLanguage) {
  const Failure failure = fail(Error::io_failed, "/var/lib/cardea/users: can't be read");
  EXPECT_EQ(Voice(language_of("de")).explain(failure), "");
  EXPECT_EQ(Voice().explain(failure), failure.detail);
}

TEST(Voice, ATextWithAFunctionOfItsOwnIsSaidInBothLanguages) {
  Voice voice(language_of("de"));
  const Failure failure =
      voice.refuse_with(Error::pin_wrong, [](Language language) { return spoken(language, "Wrong PIN."); });
  EXPECT_EQ(failure.detail, "Wrong PIN.");
  EXPECT_EQ(voice.explain(failure), "Falsche PIN.");
}

}  // namespace
}  // namespace cardea::text
