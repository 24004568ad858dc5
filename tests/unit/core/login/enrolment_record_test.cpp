// SPDX-License-Identifier: Apache-2.0
#include "core/login/enrolment_record.h"

#include "tests/unit/core/login/login_fixture.h"

namespace cardea::login {
namespace {

class EnrolmentRecordTest : public LoginFixture {
 protected:
  EnrolmentRecordTest() {
    record_.servers = {"https://one.example", "https://two.example"};
    record_.pending = access_key::AccessKeyVerifier{2, 0, {1}, {2}};
    record_.device_share = random_.secret<32>();
    record_.rehearsals = {1, 2, 3};
    record_.audit_length = 9;
    record_.rotate_wanted = true;
    record_.checkpoint_key = Bytes(44, 7);
    record_.server_doubted = true;
  }
};

TEST_F(EnrolmentRecordTest, ComesBackAsItWent) {
  const SecretBytes body = encode(record_);
  auto again = decode_enrolment(body.expose());
  ASSERT_TRUE(again.ok()) << again.failure().detail;
  EXPECT_EQ(encode(*again), body);
  EXPECT_EQ(again->cards[0].auth_spki, record_.cards[0].auth_spki);
  EXPECT_EQ(again->pending, record_.pending);
  EXPECT_TRUE(again->device_share == record_.device_share);
  EXPECT_EQ(encode(record_.clone()), body);
}

TEST_F(EnrolmentRecordTest, EveryTruncationAndATrailingByteAreRefused) {
  const SecretBytes body = encode(record_);
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_enrolment(body.expose().first(size)).ok()) << size;
  }
  Bytes longer = to_bytes(body.expose());
  longer.push_back(0);
  EXPECT_FALSE(decode_enrolment(longer).ok());
}

TEST_F(EnrolmentRecordTest, ACardIdThatIsNotTheHashOfItsKeyIsRefused) {
  record_.cards[0].card_id[0] ^= 1;
  EXPECT_EQ(decode_enrolment(encode(record_).expose()).error(), Error::corrupted);
}

TEST_F(EnrolmentRecordTest, EveryStateOfACardComesBackAndNoOtherIsTaken) {
  for (int state = 0; state <= 6; ++state) {
    record_.cards[0].state = static_cast<CardState>(state);
    const auto again = decode_enrolment(encode(record_).expose());
    EXPECT_EQ(again.ok(), state >= 1 && state <= 4) << state;
    if (again.ok()) {
      EXPECT_EQ(again->cards[0].state, record_.cards[0].state);
    }
  }
}

TEST_F(EnrolmentRecordTest, AVersion1RecordIsReadWithoutACheckpointKey) {
  Bytes body = to_bytes(encode(record_).expose());
  body[0] = 1;
  body.erase(body.end() - (2 + 44 + 1 + 8 + 8), body.end());
  const auto old = decode_enrolment(body);
  ASSERT_TRUE(old.ok()) << old.failure().detail;
  EXPECT_TRUE(old->checkpoint_key.empty());
  EXPECT_FALSE(old->server_doubted);
  EXPECT_EQ(old->audit_length, record_.audit_length);
}

TEST_F(EnrolmentRecordTest, AVersion2RecordIsNoGuests) {
  record_.guest_until = 1'800'000'000;
  Bytes body = to_bytes(encode(record_).expose());
  EXPECT_EQ(decode_enrolment(body)->guest_until, record_.guest_until);
  EXPECT_TRUE(record_.clone().is_guest());
  body[0] = 2;
  EXPECT_EQ(decode_enrolment(body).error(), Error::corrupted);  // its last fields are not of version 2
  body.erase(body.end() - 16, body.end());
  const auto old = decode_enrolment(body);
  ASSERT_TRUE(old.ok()) << old.failure().detail;
  EXPECT_FALSE(old->is_guest());
  EXPECT_EQ(old->checkpoint_key, record_.checkpoint_key);
}

TEST_F(EnrolmentRecordTest, AVersion3RecordIsOfNoRetiredComputer) {
  record_.retired_at = 1'800'000'000;
  Bytes body = to_bytes(encode(record_.clone()).expose());
  EXPECT_EQ(decode_enrolment(body)->retired_at, record_.retired_at);
  body[0] = 3;
  EXPECT_EQ(decode_enrolment(body).error(), Error::corrupted);
  body.erase(body.end() - 8, body.end());
  EXPECT_EQ(decode_enrolment(body)->retired_at, 0);
}

TEST_F(EnrolmentRecordTest, NewerVersionsAreNotGuessedAt) {
  Bytes body = to_bytes(encode(record_).expose());
  body[0] = 5;
  EXPECT_EQ(decode_enrolment(body).error(), Error::unknown_format);
}

}  // namespace
}  // namespace cardea::login
