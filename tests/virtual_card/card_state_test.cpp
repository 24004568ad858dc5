// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/card_state.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"
#include "tests/virtual_card/personality.h"
#include "tests/virtual_card/state_file.h"

namespace cardea::virtual_card {
namespace {

CardState sample() {
  CardState state = make_blank_card(CardKind::myeid, Bytes(10, 7), 5000).value();
  state.activated = true;
  state.change_counter = 0x1234;
  state.pins[1] = {Bytes(8, 0x31), 2, 3, Bytes(8, 0x32), 9, 10};
  CardFile file;
  file.size = 5;
  file.acl = {0x11, 0x1f, 0xff};
  file.proprietary = {0x02, 0x01};
  file.content = Bytes(5, 0x55);
  state.files[{0x5015, 0x4501}] = file;
  return state;
}

TEST(CardStateTest, SurvivesSerialisation) {
  const CardState state = sample();
  const auto back = parse_state(serialize_state(state));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(serialize_state(*back), serialize_state(state));
  EXPECT_EQ(back->pins.at(1).tries_left, 2);
  EXPECT_EQ(back->files.at({0x5015, 0x4501}).content, Bytes(5, 0x55));
  EXPECT_EQ(back->memory_free(), state.memory_free());
}

TEST(CardStateTest, EveryFlippedByteIsRefused) {
  const Bytes good = serialize_state(sample());
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x01;
    EXPECT_FALSE(parse_state(bad).ok()) << i;
  }
}

TEST(CardStateTest, EveryCutIsRefused) {
  const Bytes good = serialize_state(sample());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_state(ByteView(good).first(size)).ok()) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(parse_state(longer).error(), Error::corrupted);
}

TEST(CardStateTest, ForeignFilesAreToldApart) {
  Bytes bytes = serialize_state(sample());
  bytes[12] = 2;  // the version
  EXPECT_EQ(parse_state(bytes).error(), Error::unknown_format);
  EXPECT_EQ(parse_state(Bytes(200, 'x')).error(), Error::unknown_format);
}

TEST(CardStateTest, SerialNumberHasTheLengthOfItsKind) {
  EXPECT_FALSE(make_blank_card(CardKind::myeid, Bytes(5), 1000).ok());
  EXPECT_FALSE(make_blank_card(CardKind::sc_hsm, Bytes(10), 1000).ok());
  EXPECT_TRUE(make_blank_card(CardKind::sc_hsm, Bytes(5), 1000).ok());
}

TEST(StateFileTest, IsReplacedInOneStepAndPrivate) {
  const test::TempDir directory;
  const auto path = directory / "card";
  EXPECT_EQ(load_state(path).error(), Error::not_found);
  ASSERT_TRUE(save_state(path, serialize_state(sample())).ok());
  ASSERT_TRUE(save_state(path, serialize_state(sample())).ok());
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(load_state(path).ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST(StateFileTest, UnwritableDirectoryIsAnError) {
  EXPECT_FALSE(save_state("/proc/cardea/card", Bytes(3)).ok());
}

}  // namespace
}  // namespace cardea::virtual_card
