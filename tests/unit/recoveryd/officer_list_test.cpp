// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/officer_list.h"

#include <gtest/gtest.h>

#include "core/base/secure_file.h"
#include "core/crypto/p256.h"
#include "tests/support/file_rights.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

class OfficerList : public testing::Test {
 protected:
  std::string line(const std::string& name) {
    return officer_line(name, crypto::P256KeyPair::generate(random).spki(),
                        crypto::P256KeyPair::generate(random).spki());
  }
  static Error refused(const std::string& text) { return parse_officer_list(text, "officers").error(); }
  SystemRandom random;
  test::TempDir dir;
};

TEST_F(OfficerList, ALineIsAnOfficer) {
  const std::string olaf = line("olaf");
  const auto list = parse_officer_list("# help desk\n\n  " + olaf + "  \n" + line("otto@desk") + "\n", "f");
  ASSERT_TRUE(list.ok()) << list.failure().detail;
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(list->front().name, "olaf");
  EXPECT_EQ(list->front().id, crypto::card_id(list->front().auth_spki));
  EXPECT_EQ(officer_line("olaf", list->front().auth_spki, list->front().wrap_spki), olaf);
  EXPECT_TRUE(parse_officer_list("", "f")->empty());
}

TEST_F(OfficerList, AnythingElseIsRefusedWithItsLine) {
  const std::string olaf = line("olaf");
  EXPECT_EQ(parse_officer_list("#\n" + olaf + " more\n", "officers").failure().detail,
            "officers:2: must be NAME AUTH-KEY WRAP-KEY");
  EXPECT_EQ(refused("olaf\n"), Error::config_invalid);
  EXPECT_EQ(refused("olaf AAAA AAAA\n"), Error::config_invalid);
  EXPECT_EQ(refused("olaf not*base64 AAAA\n"), Error::config_invalid);
  EXPECT_EQ(refused("ölaf" + olaf.substr(4) + "\n"), Error::config_invalid);
  EXPECT_EQ(refused(std::string(65, 'x') + olaf.substr(4) + "\n"), Error::config_invalid);
  EXPECT_EQ(refused(olaf + "\n" + line("olaf") + "\n"), Error::config_invalid);         // a name twice
  EXPECT_EQ(refused(olaf + "\nother" + olaf.substr(4) + "\n"), Error::config_invalid);  // a card twice
  // A key that can sign but opens nothing.
  const auto signing = crypto::Ed25519KeyPair::generate(random);
  EXPECT_EQ(refused(officer_line("olaf", signing.spki(), signing.spki()) + "\n"), Error::config_invalid);
  std::string many;
  for (std::size_t i = 0; i < kMaxOfficers; ++i)
    many += line("officer" + std::to_string(i)) + "\n";
  EXPECT_EQ(parse_officer_list(many, "f")->size(), kMaxOfficers);
  EXPECT_EQ(refused(many + olaf + "\n"), Error::config_invalid);
}

TEST_F(OfficerList, NoFileIsNobodyAndAnUnsafeOneIsRefused) {
  const std::string path = dir.file("officers");
  EXPECT_TRUE(read_officer_list(path)->empty());
  const std::string text = line("olaf") + "\n";
  ASSERT_TRUE(write_file_atomically(path, as_bytes(text), 0644).ok());
  EXPECT_EQ(read_officer_list(path)->size(), 1u);
  test::give_rights(path, 0666);
  EXPECT_EQ(read_officer_list(path).error(), Error::unsafe_file);
}

}  // namespace
}  // namespace cardea::recoveryd
