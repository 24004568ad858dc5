// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "pam_module/item_text.h"
#include "pam_module/message_text.h"

namespace cardea::pam {
namespace {

TEST(MessageText, ControlCharactersAndBrokenUtf8BecomeQuestionMarks) {
  MessageText text;
  text.append("a\x1b[2Jb\tc\xffz\x7f\xC2\x9B");
  EXPECT_STREQ(text.c_str(), "a?[2Jb?c?z??");
}

TEST(MessageText, LineFeedsAndUnicodeStay) {
  MessageText text;
  text.append("sudo asks for Ana\nPIN for card “Ana”: ");
  EXPECT_STREQ(text.c_str(), "sudo asks for Ana\nPIN for card “Ana”: ");
}

TEST(MessageText, IsCutBetweenCharactersAtTheLimitOfPam) {
  for (std::size_t lead = 0; lead < 4; ++lead) {
    MessageText text;
    std::string longer(lead, 'x');
    for (int i = 0; i < 400; ++i)
      longer += "€";
    text.append(longer);
    EXPECT_LE(text.size(), MessageText::kCapacity);
    EXPECT_GT(text.size(), MessageText::kCapacity - 3);
    EXPECT_EQ(text.size(), std::string(text.c_str()).size());
    EXPECT_TRUE(is_valid_utf8(text.c_str()));
  }
}

TEST(MessageText, TheLimitOfOnePartLeavesRoomForTheNext) {
  MessageText text;
  text.append(std::string(1000, 'n'), MessageText::kCapacity - 5);
  text.append("PIN: ");
  EXPECT_EQ(text.size(), MessageText::kCapacity);
  EXPECT_TRUE(std::string_view(text.c_str()).ends_with("nPIN: "));
}

TEST(ItemText, NamesAreTakenExactlyOrNotAtAll) {
  ItemText text;
  EXPECT_TRUE(text.assign_exactly("ana"));
  EXPECT_EQ(text.view(), "ana");
  EXPECT_TRUE(text.assign_exactly(std::string(256, 'x')));
  ItemText other;
  EXPECT_FALSE(other.assign_exactly(std::string(257, 'x')));
  EXPECT_FALSE(other.assign_exactly("an\xff"));
  EXPECT_EQ(other.view(), "");
}

// A remote host that can't be read must not look like no remote host.
TEST(ItemText, PlacesAreMadeReadableAndNeverVanish) {
  ItemText text;
  text.assign_readable("\xff\xfe");
  EXPECT_EQ(text.view(), "??");
  text.assign_readable(std::string(300, 'h'));
  EXPECT_EQ(text.view().size(), ItemText::kCapacity);
  text.assign_readable("müller");
  EXPECT_EQ(text.view(), "müller");
  text.assign_readable("");
  EXPECT_EQ(text.view(), "");
}

}  // namespace
}  // namespace cardea::pam
