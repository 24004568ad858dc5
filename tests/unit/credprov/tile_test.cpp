// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/tile.h"

#include <gtest/gtest.h>

#include "core/access_key/grouped_code.h"
#include "core/base/utf8.h"
#include "core/client/texts.h"
#include "credprov/model/texts.h"

namespace cardea::credprov {
namespace {

constexpr NtStatus kLogonFailure = 0xC000006D;

class TileTest : public testing::Test {
 protected:
  TileTest() : tile(Scenario::logon, "PC\\ana", text::kEnglish) {}

  void type(Field field, std::string_view text) { tile.type(field, SecretBytes(text), false); }
  [[nodiscard]] bool shown(Field field) const { return tile.view().fields[index_of(field)].shown; }
  [[nodiscard]] std::string text(Field field) const { return tile.view().fields[index_of(field)].text; }
  [[nodiscard]] std::string taken() { return std::string(tile.taken().expose_text()); }
  void begin(std::string_view pin = "1234") {
    type(Field::pin, pin);
    ASSERT_EQ(tile.submit(now), Step::begin);
    ASSERT_EQ(taken(), pin);
  }
  void end(wire::Decision decision, std::string_view message = {}, std::string_view password = {}) {
    Outcome outcome;
    outcome.decision = decision;
    outcome.message = message;
    outcome.password = SecretBytes(password);
    tile.ended(std::move(outcome), now);
  }
  void fail_with(Error error) {
    Outcome outcome;
    outcome.error = error;
    tile.ended(std::move(outcome), now);
  }
  // No typed field holds anything, and nothing waits to be taken.
  void expect_empty() {
    EXPECT_FALSE(tile.in_use());
    EXPECT_TRUE(tile.taken().empty());
  }

  Tile tile;
  MonotonicMillis now = 1'000;
};

TEST_F(TileTest, BeginsWithThePin) {
  EXPECT_TRUE(shown(Field::pin));
  EXPECT_EQ(tile.view().submit_after, Field::pin);
  EXPECT_EQ(text(Field::link), texts::kNoCardLink);
  for (const Field field : {Field::user_name, Field::access_key, Field::key_check, Field::answer,
                            Field::hidden_answer, Field::windows_password, Field::message})
    EXPECT_FALSE(shown(field));
}

TEST_F(TileTest, LoginWithTheStoredPassword) {
  begin();
  EXPECT_EQ(tile.talk(), Talk::login);
  EXPECT_EQ(tile.submit(now), Step::wait);  // it runs
  EXPECT_FALSE(tile.view().fields[index_of(Field::pin)].enabled);
  EXPECT_FALSE(tile.wants_submit());
  end(wire::Decision::granted, {}, "s3cret");
  EXPECT_TRUE(tile.wants_submit());
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "s3cret");
  EXPECT_FALSE(tile.gives_new_password());
  tile.reported(0, 0);
  expect_empty();
}

TEST_F(TileTest, AnEmptyPinLetsTheDaemonAsk) {
  EXPECT_EQ(tile.submit(now), Step::begin);
  EXPECT_TRUE(tile.taken().empty());
}

TEST_F(TileTest, LaterQuestionsAreShownInTheirFields) {
  begin();
  tile.said("Hello.");
  tile.asked({"Use the last try? (yes/no) ", true});
  EXPECT_EQ(text(Field::message), "Hello.\nUse the last try? (yes/no) ");
  EXPECT_TRUE(shown(Field::answer));
  EXPECT_FALSE(shown(Field::pin));
  EXPECT_FALSE(shown(Field::link));
  EXPECT_EQ(tile.view().submit_after, Field::answer);
  type(Field::answer, "yes");
  EXPECT_EQ(tile.shown_text(Field::answer), "yes");
  EXPECT_EQ(tile.submit(now), Step::answer);
  EXPECT_EQ(taken(), "yes");
  tile.asked({"PIN: ", false});
  EXPECT_TRUE(shown(Field::hidden_answer));
  type(Field::hidden_answer, "4711");
  EXPECT_EQ(tile.shown_text(Field::hidden_answer), "");
  EXPECT_EQ(tile.submit(now), Step::answer);
  EXPECT_EQ(taken(), "4711");
}

TEST_F(TileTest, RefusalsAreShownAndEmptyTheFields) {
  begin();
  type(Field::pin, "typed while it ran");
  const unsigned before = tile.view().emptied;
  end(wire::Decision::refused, "Wrong PIN. 2 tries left.");
  EXPECT_EQ(text(Field::message), "Wrong PIN. 2 tries left.");
  EXPECT_GT(tile.view().emptied, before);
  expect_empty();
  begin();
  end(wire::Decision::refused);
  EXPECT_EQ(text(Field::message), texts::kRefused);
}

TEST_F(TileTest, NobodyToAskAndNotSetUp) {
  begin();
  fail_with(Error::service_unreachable);
  EXPECT_EQ(text(Field::message), client::kServiceDownText);
  begin();
  fail_with(Error::out_of_memory);
  EXPECT_EQ(text(Field::message), texts::kFailed);
  begin();
  fail_with(Error::cancelled);
  EXPECT_FALSE(shown(Field::message));
  for (const wire::Decision decision : {wire::Decision::gate_off, wire::Decision::not_enrolled}) {
    begin();
    end(decision, {}, "must not count");
    EXPECT_EQ(text(Field::message), texts::kNotSetUp);
    EXPECT_FALSE(tile.wants_submit());
    expect_empty();
  }
}

TEST_F(TileTest, AnErrorIsStrongerThanAGrant) {
  begin();
  Outcome outcome;
  outcome.error = Error::frame_malformed;
  outcome.decision = wire::Decision::granted;
  outcome.password = SecretBytes(std::string_view("s3cret"));
  tile.ended(std::move(outcome), now);
  EXPECT_FALSE(tile.wants_submit());
  expect_empty();
}

TEST_F(TileTest, GrantWithoutPasswordAsksForItOnce) {
  begin();
  end(wire::Decision::granted);
  EXPECT_FALSE(tile.wants_submit());
  EXPECT_TRUE(shown(Field::windows_password));
  EXPECT_EQ(text(Field::message), texts::kPasswordWanted);
  EXPECT_EQ(tile.submit(now), Step::wait);  // nothing was typed
  type(Field::windows_password, "new");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_TRUE(tile.gives_new_password());
  EXPECT_EQ(taken(), "new");
  tile.reported(0, 0);
  expect_empty();
}

TEST_F(TileTest, AGrantDoesNotCountForEver) {
  begin();
  end(wire::Decision::granted);
  type(Field::windows_password, "new");
  now += kGrantMs + 1;
  EXPECT_EQ(tile.submit(now), Step::wait);
  EXPECT_EQ(text(Field::message), texts::kTooSlow);
  EXPECT_TRUE(shown(Field::pin));
  expect_empty();
  begin();
  end(wire::Decision::granted, {}, "s3cret");
  now -= 1;
  EXPECT_EQ(tile.submit(now), Step::wait);
  expect_empty();
}

TEST_F(TileTest, AStoredPasswordIsNotOfferedTwice) {
  begin();
  end(wire::Decision::granted, {}, "old");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "old");
  tile.reported(kLogonFailure, 0);
  EXPECT_EQ(text(Field::message), texts::kStoredPasswordWrong);
  EXPECT_FALSE(tile.wants_submit());
  EXPECT_TRUE(shown(Field::windows_password));
  tile.deselect();
  begin();
  end(wire::Decision::granted, {}, "old");
  EXPECT_FALSE(tile.wants_submit());
  EXPECT_EQ(text(Field::message), texts::kStoredPasswordWrong);
  type(Field::windows_password, "newer");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "newer");
  EXPECT_TRUE(tile.gives_new_password());
  tile.reported(0, 0);
  begin();
  end(wire::Decision::granted, {}, "newer");
  EXPECT_TRUE(tile.wants_submit());
}

TEST_F(TileTest, AMistypedPasswordMayBeTypedAgain) {
  begin();
  end(wire::Decision::granted);
  type(Field::windows_password, "mistyped");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "mistyped");
  tile.reported(kLogonFailure, 0xC000006A);
  EXPECT_EQ(text(Field::message), texts::kPasswordWrong);
  type(Field::windows_password, "right");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "right");
}

TEST_F(TileTest, OtherWordsOfWindowsBeginAnew) {
  for (const auto& [status, message] : {std::pair<NtStatus, const char*>{0xC0000234, texts::kLockedOut},
                                        {0xC0000072, texts::kAccountDisabled},
                                        {0xC0000193, texts::kAccountExpired},
                                        {0xC0000224, texts::kPasswordExpired},
                                        {0xC000006F, texts::kNotNow},
                                        {0xC000005E, texts::kNoLogonServer},
                                        {0xC0000001, "Windows did not accept the logon (0xC0000001)."}}) {
    begin();
    end(wire::Decision::granted, {}, "s3cret");
    EXPECT_EQ(tile.submit(now), Step::give);
    EXPECT_EQ(taken(), "s3cret");
    tile.reported(status, 0);
    EXPECT_EQ(text(Field::message), message);
    EXPECT_TRUE(shown(Field::pin));
    EXPECT_FALSE(tile.wants_submit());
    expect_empty();
  }
}

TEST_F(TileTest, AReportOutOfOrderChangesNothing) {
  tile.reported(kLogonFailure, 0);
  EXPECT_FALSE(shown(Field::message));
  begin();
  tile.reported(0, 0);
  EXPECT_EQ(tile.submit(now), Step::wait);
  end(wire::Decision::granted, {}, "s3cret");
  EXPECT_TRUE(tile.wants_submit());
}

TEST_F(TileTest, GivenTwiceIsNotGivenAgain) {
  begin();
  end(wire::Decision::granted, {}, "s3cret");
  EXPECT_EQ(tile.submit(now), Step::give);
  EXPECT_EQ(taken(), "s3cret");
  EXPECT_EQ(tile.submit(now), Step::wait);
  EXPECT_TRUE(shown(Field::pin));
  expect_empty();
}

TEST_F(TileTest, DeselectForgetsEverythingInEveryState) {
  const auto states = {0, 1, 2, 3, 4, 5};
  for (const int state : states) {
    if (state == 0) type(Field::pin, "1234");
    if (state > 0) begin();
    if (state == 2) tile.asked({"Answer: ", false});
    if (state == 2) type(Field::hidden_answer, "secret");
    if (state == 3) end(wire::Decision::granted);
    if (state == 3) type(Field::windows_password, "secret");
    if (state >= 4) end(wire::Decision::granted, {}, "secret");
    if (state == 5) {
      EXPECT_EQ(tile.submit(now), Step::give);
    }
    tile.deselect();
    expect_empty();
    EXPECT_FALSE(tile.wants_submit());
    EXPECT_TRUE(shown(Field::pin));
    EXPECT_FALSE(shown(Field::message));
  }
}

TEST_F(TileTest, WhatComesAfterDeselectIsNotHeard) {
  begin();
  tile.deselect();
  tile.asked({"PIN: ", false});
  tile.said("too late");
  end(wire::Decision::granted, {}, "s3cret");
  EXPECT_FALSE(tile.wants_submit());
  EXPECT_TRUE(shown(Field::pin));
  EXPECT_FALSE(shown(Field::message));
}

TEST_F(TileTest, ForgottenByLogonUi) {
  begin();
  end(wire::Decision::granted, {}, "s3cret");
  tile.forget();
  EXPECT_FALSE(tile.wants_submit());
  EXPECT_EQ(text(Field::message), texts::kTooSlow);
  expect_empty();
}

TEST_F(TileTest, AccessKeyByTheLink) {
  tile.press_link();
  EXPECT_TRUE(shown(Field::access_key));
  EXPECT_FALSE(shown(Field::pin));
  EXPECT_EQ(text(Field::link), texts::kCardLink);
  EXPECT_EQ(tile.submit(now), Step::wait);  // nothing typed
  EXPECT_EQ(text(Field::message), texts::kTypeAccessKey);
  type(Field::access_key, "123456");  // a PIN, in the wrong field
  EXPECT_EQ(tile.submit(now), Step::wait);
  EXPECT_EQ(text(Field::message), texts::kNotAnAccessKey);
  type(Field::access_key, "7Q4KX-2M9AB-7Q4KX-2M9AB");
  EXPECT_EQ(tile.submit(now), Step::begin);
  EXPECT_TRUE(tile.typed_access_key());
  EXPECT_EQ(taken(), "7Q4KX-2M9AB-7Q4KX-2M9AB");
  end(wire::Decision::refused, "This access key does not open this computer.");
  EXPECT_TRUE(shown(Field::access_key));
  tile.press_link();
  EXPECT_TRUE(shown(Field::pin));
  begin();
  EXPECT_FALSE(tile.typed_access_key());
}

TEST_F(TileTest, AccessKeyIsCheckedWhileTyping) {
  const std::string key(
      access_key::format_groups(from_hex("00112233445566778899aabbccddee").value()).expose_text());
  tile.press_link();
  std::string typed;
  for (const char c : key) {
    typed += c;
    type(Field::access_key, typed);
    EXPECT_FALSE(shown(Field::key_check)) << typed;
  }
  typed[13] = typed[13] == 'A' ? 'B' : 'A';
  type(Field::access_key, typed.substr(0, 16));
  EXPECT_FALSE(shown(Field::key_check));
  type(Field::access_key, typed.substr(0, 17));
  EXPECT_EQ(text(Field::key_check), "Group 3 is mistyped.");
  EXPECT_EQ(tile.shown_text(Field::access_key), "");
}

TEST_F(TileTest, TooLongIsNotSent) {
  tile.type(Field::pin, SecretBytes(), true);
  EXPECT_EQ(tile.submit(now), Step::wait);
  EXPECT_EQ(text(Field::message), texts::kTooLong);
  begin();
  end(wire::Decision::granted);
  type(Field::windows_password, std::string(kMaxPasswordBytes + 1, 'x'));
  EXPECT_EQ(tile.submit(now), Step::wait);
  EXPECT_EQ(text(Field::message), texts::kTooLong);
  type(Field::windows_password, std::string(kMaxPasswordBytes, 'x'));
  EXPECT_EQ(tile.submit(now), Step::give);
}

TEST_F(TileTest, LongTextsOfTheDaemonAreCutBetweenCharacters) {
  begin();
  std::string line;
  for (int i = 0; i < 1'000; ++i)
    line += "ä";
  tile.said(line);
  EXPECT_EQ(text(Field::message).size(), kMaxMessageBytes);
  end(wire::Decision::refused, "x" + line);
  EXPECT_EQ(text(Field::message).size(), kMaxMessageBytes - 1);
  EXPECT_TRUE(is_valid_utf8(text(Field::message)));
}

TEST_F(TileTest, OnlyFieldsForTypingAreTypedIn) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    if (is_typed(field)) continue;
    type(field, "text");
    EXPECT_FALSE(tile.in_use()) << i;
    EXPECT_NE(tile.shown_text(field), "text");
  }
}

TEST(OtherUserTile, AsksForTheName) {
  Tile tile(Scenario::logon, "", text::kEnglish);
  EXPECT_TRUE(tile.view().fields[index_of(Field::user_name)].shown);
  EXPECT_EQ(tile.submit(0), Step::wait);
  EXPECT_EQ(tile.message(), texts::kTypeUserName);
  tile.type(Field::user_name, SecretBytes(std::string_view("ana")), false);
  tile.type(Field::pin, SecretBytes(std::string_view("1234")), false);
  EXPECT_EQ(tile.submit(0), Step::begin);
  EXPECT_EQ(tile.user(), "ana");
  Outcome refused;
  refused.message = "Wrong PIN.";
  tile.ended(std::move(refused), 0);
  EXPECT_EQ(tile.shown_text(Field::user_name), "ana");  // a name is no secret, and stays
}

TEST(ChangeTile, ChangesThePinOrStoresThePassword) {
  Tile tile(Scenario::change_password, "PC\\ana", text::kEnglish);
  const auto text = [&](Field field) { return tile.view().fields[index_of(field)].text; };
  EXPECT_EQ(text(Field::message), texts::kTypeOldPin);
  tile.type(Field::pin, SecretBytes(std::string_view("1234")), false);
  EXPECT_EQ(tile.submit(0), Step::begin);
  EXPECT_EQ(tile.talk(), Talk::pin_change);
  Outcome done;
  done.decision = wire::Decision::granted;
  done.message = "The PIN is changed.";
  tile.ended(std::move(done), 0);
  EXPECT_TRUE(tile.wants_submit());
  EXPECT_EQ(tile.submit(0), Step::finished);
  EXPECT_FALSE(tile.wants_submit());

  EXPECT_EQ(text(Field::link), texts::kStorePasswordLink);
  tile.press_link();
  EXPECT_EQ(text(Field::message), texts::kTypeNewPassword);
  EXPECT_EQ(tile.submit(0), Step::wait);
  tile.type(Field::windows_password, SecretBytes(std::string_view("new")), false);
  EXPECT_EQ(tile.submit(0), Step::begin);
  EXPECT_EQ(tile.talk(), Talk::store_password);
  Outcome stored;
  stored.decision = wire::Decision::granted;
  tile.ended(std::move(stored), 0);
  EXPECT_EQ(tile.message(), texts::kPasswordStored);
  EXPECT_EQ(tile.submit(0), Step::finished);
}

TEST(TileInGerman, SpeaksGerman) {
  const Tile tile(Scenario::logon, "PC\\ana", text::language_of("de_AT.UTF-8"));
  EXPECT_EQ(tile.view().fields[index_of(Field::link)].text, "Ich habe meine Karte nicht");
}

}  // namespace
}  // namespace cardea::credprov
