// SPDX-License-Identifier: Apache-2.0
// A record opens for its user, name, version and epoch, whole, and in no other way.
#include "core/records/sealed_record.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"

namespace cardea::records {
namespace {

constexpr std::string_view kBody =
    R"({"kind":"web","title":"Mail","url":"https://mail.example/","secret":"s3cret"})";

class SealedRecord : public ::testing::Test {
 protected:
  SealedRecord() : key_(UserKey::generate(random_)), sealed_(seal(kBody)) {}
  Bytes seal(std::string_view body) {
    return seal_record(key_, user_, name_, as_bytes(body), random_).value();
  }
  [[nodiscard]] Error error_of(ByteView sealed) const {
    const auto opened = open_record(key_, user_, name_, sealed);
    return opened.ok() ? Error::internal : opened.error();
  }
  SystemRandom random_;
  UserId user_{7, 7};
  RecordName name_{{1, 2, 3}, 5};
  UserKey key_;
  Bytes sealed_;
};

TEST_F(SealedRecord, RoundTripsOfManySizes) {
  for (const std::size_t size : {0u, 1u, 251u, 252u, 253u, 507u, 508u, 509u, 24'575u, 24'576u}) {
    const std::string body(size, 'x');
    const Bytes sealed = seal(body);
    EXPECT_EQ((sealed.size() - kRecordPrefix - crypto::kEnvelopeOverhead) % kPaddingStep, 0u);
    EXPECT_LE(sealed.size(), kMaxSealedRecord);
    EXPECT_EQ(open_record(key_, user_, name_, sealed).value().expose_text(), body);
  }
}

TEST_F(SealedRecord, LengthsWithinAStepLookAlike) {
  EXPECT_EQ(seal(std::string(1, 'x')).size(), seal(std::string(252, 'x')).size());
  EXPECT_NE(seal(std::string(252, 'x')).size(), seal(std::string(253, 'x')).size());
}

TEST_F(SealedRecord, LayoutIsThatOfTheSpec) {
  EXPECT_EQ(sealed_[0], 1);
  EXPECT_EQ(sealed_[1], 1);
  EXPECT_EQ(Bytes(sealed_.begin() + 2, sealed_.begin() + 18), to_bytes(name_.id));
  EXPECT_EQ(to_hex(ByteView(sealed_).subspan(18, 8)), "0000000500000001");
  EXPECT_EQ(kWrappedKeySize, 94u);
  EXPECT_EQ(kRecordPrefix, 120u);
  EXPECT_EQ(kMaxSealedRecord, 25'014u);
  const auto view = parse_sealed_record(sealed_).value();
  EXPECT_EQ(view.name, name_);
  EXPECT_EQ(view.epoch, 1u);
  EXPECT_EQ(view.wrapped_key.size(), kWrappedKeySize);
}

TEST_F(SealedRecord, TooLongABodyIsRefused) {
  const std::string body(kMaxRecordBody + 1, 'x');
  EXPECT_EQ(seal_record(key_, user_, name_, as_bytes(body), random_).error(), Error::record_too_large);
  EXPECT_EQ(seal_record(key_, user_, {name_.id, 0}, as_bytes(kBody), random_).error(),
            Error::invalid_argument);
}

TEST_F(SealedRecord, AnotherUserKeyRecordVersionOrEpochDoesNotOpen) {
  UserId user = user_;
  user[15] ^= 1;
  EXPECT_EQ(open_record(key_, user, name_, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(UserKey::generate(random_), user_, name_, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(key_, user_, {{1, 2, 4}, 5}, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(key_, user_, {name_.id, 6}, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(UserKey(key_.secret().clone(), 2), user_, name_, sealed_).error(),
            Error::decrypt_failed);
}

// A server that relabels the clear fields gains nothing: they are in the contexts.
TEST_F(SealedRecord, MovedToAnotherNameOrEpochDoesNotOpen) {
  Bytes moved = sealed_;
  moved[2] ^= 1;
  RecordName other = name_;
  other.id[0] ^= 1;
  EXPECT_EQ(open_record(key_, user_, other, moved).error(), Error::decrypt_failed);
  moved = sealed_;
  moved[21] = 6;
  EXPECT_EQ(open_record(key_, user_, {name_.id, 6}, moved).error(), Error::decrypt_failed);
  moved = sealed_;
  moved[25] = 2;
  EXPECT_EQ(open_record(UserKey(key_.secret().clone(), 2), user_, name_, moved).error(),
            Error::decrypt_failed);
}

TEST_F(SealedRecord, PartsOfTwoRecordsDoNotMix) {
  const Bytes second = seal("another body");
  Bytes mixed(sealed_.begin(), sealed_.begin() + kRecordPrefix);
  mixed.insert(mixed.end(), second.begin() + kRecordPrefix, second.end());
  EXPECT_EQ(error_of(mixed), Error::decrypt_failed);
}

TEST_F(SealedRecord, EveryFlippedByteIsRefused) {
  for (std::size_t i = 0; i < sealed_.size(); ++i) {
    for (const std::uint8_t flip : {0x01, 0x80}) {
      Bytes changed = sealed_;
      changed[i] ^= flip;
      EXPECT_NE(error_of(changed), Error::internal) << i;
    }
  }
}

TEST_F(SealedRecord, EveryOtherLengthIsRefused) {
  for (std::size_t size = 0; size < sealed_.size(); ++size) {
    EXPECT_NE(error_of(ByteView(sealed_).first(size)), Error::internal) << size;
  }
  Bytes longer = sealed_;
  longer.push_back(0);
  EXPECT_EQ(error_of(longer), Error::corrupted);
  longer.resize(sealed_.size() + kPaddingStep);
  EXPECT_EQ(error_of(longer), Error::decrypt_failed);
  longer.resize(kMaxSealedRecord + kPaddingStep);
  EXPECT_EQ(error_of(longer), Error::corrupted);
}

TEST_F(SealedRecord, UnknownFormatAndSuiteAreNamed) {
  for (const std::size_t at : {0u, 1u}) {
    Bytes changed = sealed_;
    changed[at] = 2;
    EXPECT_EQ(error_of(changed), Error::unknown_format);
  }
}

TEST_F(SealedRecord, RewrapLeavesTheBodyAlone) {
  const UserKey next = key_.next_epoch(random_).value();
  const Bytes rewrapped = rewrap_record(key_, next, user_, sealed_, random_).value();
  ASSERT_EQ(rewrapped.size(), sealed_.size());
  EXPECT_EQ(Bytes(rewrapped.begin(), rewrapped.begin() + 22), Bytes(sealed_.begin(), sealed_.begin() + 22));
  EXPECT_EQ(Bytes(rewrapped.begin() + kRecordPrefix, rewrapped.end()),
            Bytes(sealed_.begin() + kRecordPrefix, sealed_.end()));
  EXPECT_EQ(parse_sealed_record(rewrapped).value().epoch, 2u);
  EXPECT_EQ(open_record(next, user_, name_, rewrapped).value().expose_text(), kBody);
  EXPECT_EQ(open_record(key_, user_, name_, rewrapped).error(), Error::decrypt_failed);
}

// What the server does with POST rewrap: it puts epoch and wrapped key at their offsets.
TEST_F(SealedRecord, TheServerCanSpliceANewWrap) {
  const UserKey next = key_.next_epoch(random_).value();
  const Bytes rewrapped = rewrap_record(key_, next, user_, sealed_, random_).value();
  const auto view = parse_sealed_record(rewrapped).value();
  Bytes spliced = sealed_;
  const Bytes epoch = ByteBuilder().u32(view.epoch).take();
  std::copy(epoch.begin(), epoch.end(), spliced.begin() + 22);
  std::copy(view.wrapped_key.begin(), view.wrapped_key.end(), spliced.begin() + 26);
  EXPECT_EQ(spliced, rewrapped);
}

TEST_F(SealedRecord, RewrapNeedsTheRightOldKey) {
  const UserKey next = key_.next_epoch(random_).value();
  EXPECT_EQ(rewrap_record(next, next, user_, sealed_, random_).error(), Error::decrypt_failed);
  EXPECT_EQ(rewrap_record(UserKey::generate(random_), next, user_, sealed_, random_).error(),
            Error::decrypt_failed);
}

// Sealed by somebody who has the keys, but not as the spec pads.
TEST_F(SealedRecord, OtherPaddingIsRefused) {
  const auto with_padding = [this](const Bytes& padded) {
    const SecretKey32 record_key = random_.secret<32>();
    const Bytes wrapped = crypto::seal(key_.secret().expose(), "cardea/v1/records",
                                       object_context(user_, "record-key", name_.id, name_.version, 1),
                                       record_key.expose(), random_)
                              .value();
    const Bytes body =
        crypto::seal(record_key.expose(), "cardea/v1/record-body",
                     object_context(user_, "record", name_.id, name_.version, 0), padded, random_)
            .value();
    return ByteBuilder().u8(1).u8(1).raw(name_.id).u32(name_.version).u32(1).raw(wrapped).raw(body).take();
  };
  Bytes padded(256, 0);
  padded[3] = 5;
  EXPECT_EQ(open_record(key_, user_, name_, with_padding(padded)).value().size(), 5u);
  padded[255] = 1;  // not zero
  EXPECT_EQ(error_of(with_padding(padded)), Error::corrupted);
  padded.assign(512, 0);
  padded[3] = 5;  // not the shortest
  EXPECT_EQ(error_of(with_padding(padded)), Error::corrupted);
  padded.assign(256, 0xff);  // longer than there is
  EXPECT_EQ(error_of(with_padding(padded)), Error::corrupted);
}

}  // namespace
}  // namespace cardea::records
