// SPDX-License-Identifier: Apache-2.0
// A record opens for its user, name, version and epoch, whole, and in no other way.
#include "core/records/sealed_record.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::records {
namespace {

constexpr std::string_view kBody =
    R"({"kind":"web","title":"Mail","url":"https://mail.example/","secret":"s3cret"})";

class SealedRecords : public ::testing::Test {
 protected:
  SealedRecords() : key_(UserKey::generate(random_)), sealed_(seal(kBody)) {}
  SealedRecord seal(std::string_view body) {
    return seal_record(key_, user_, name_, as_bytes(body), random_).value();
  }
  [[nodiscard]] Error error_of(const SealedRecord& record) const {
    const auto opened = open_record(key_, user_, record);
    return opened.ok() ? Error::internal : opened.error();
  }
  [[nodiscard]] SealedRecord with_envelope(Bytes envelope) const {
    return {sealed_.name, sealed_.epoch, std::move(envelope)};
  }
  SystemRandom random_;
  UserId user_{7, 7};
  RecordName name_{{1, 2, 3}, 5};
  UserKey key_;
  SealedRecord sealed_;
};

TEST_F(SealedRecords, RoundTripsOfManySizes) {
  for (const std::size_t size : {0u, 1u, 251u, 252u, 253u, 507u, 508u, 509u, 24'575u, 24'576u}) {
    const std::string body(size, 'x');
    const SealedRecord sealed = seal(body);
    EXPECT_TRUE(check_sealed_record(sealed).ok());
    EXPECT_LE(sealed.envelope.size(), kMaxSealedRecord);
    EXPECT_EQ(open_record(key_, user_, sealed).value().expose_text(), body);
  }
}

TEST_F(SealedRecords, LengthsWithinAStepLookAlike) {
  EXPECT_EQ(seal(std::string(1, 'x')).envelope.size(), seal(std::string(252, 'x')).envelope.size());
  EXPECT_NE(seal(std::string(252, 'x')).envelope.size(), seal(std::string(253, 'x')).envelope.size());
}

TEST_F(SealedRecords, LayoutIsThatOfTheSpec) {
  EXPECT_EQ(sealed_.name, name_);
  EXPECT_EQ(sealed_.epoch, 1u);
  EXPECT_EQ(to_hex(ByteView(sealed_.envelope).first(4)), "005e0101");
  EXPECT_EQ(to_hex(ByteView(sealed_.envelope).subspan(96, 2)), "0101");
  EXPECT_EQ(sealed_.envelope.size(), 96u + 62u + 256u);
  EXPECT_EQ(kMaxSealedRecord, 24'990u);
  EXPECT_EQ(wrapped_key_of(sealed_).value(),
            Bytes(sealed_.envelope.begin() + 2, sealed_.envelope.begin() + 96));
}

TEST_F(SealedRecords, TooLongABodyIsRefused) {
  const std::string body(kMaxRecordBody + 1, 'x');
  EXPECT_EQ(seal_record(key_, user_, name_, as_bytes(body), random_).error(), Error::record_too_large);
  EXPECT_EQ(seal_record(key_, user_, {name_.id, 0}, as_bytes(kBody), random_).error(),
            Error::invalid_argument);
}

TEST_F(SealedRecords, AnotherUserOrKeyDoesNotOpen) {
  UserId user = user_;
  user[15] ^= 1;
  EXPECT_EQ(open_record(key_, user, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(UserKey::generate(random_), user_, sealed_).error(), Error::decrypt_failed);
  EXPECT_EQ(open_record(UserKey(key_.secret().clone(), 2), user_, sealed_).error(), Error::decrypt_failed);
}

// A server that relabels an envelope gains nothing: the name is in the contexts.
TEST_F(SealedRecords, MovedToAnotherRecordVersionOrEpochDoesNotOpen) {
  SealedRecord moved = sealed_;
  moved.name.id[0] ^= 1;
  EXPECT_EQ(error_of(moved), Error::decrypt_failed);
  moved = sealed_;
  moved.name.version = 6;
  EXPECT_EQ(error_of(moved), Error::decrypt_failed);
  moved = sealed_;
  moved.epoch = 2;
  EXPECT_EQ(error_of(moved), Error::decrypt_failed);
  EXPECT_EQ(open_record(UserKey(key_.secret().clone(), 2), user_, moved).error(), Error::decrypt_failed);
}

TEST_F(SealedRecords, PartsOfTwoRecordsDoNotMix) {
  const SealedRecord second = seal("another body");
  Bytes mixed(sealed_.envelope.begin(), sealed_.envelope.begin() + 96);
  mixed.insert(mixed.end(), second.envelope.begin() + 96, second.envelope.end());
  EXPECT_EQ(error_of(with_envelope(mixed)), Error::decrypt_failed);
}

TEST_F(SealedRecords, EveryFlippedByteIsRefused) {
  for (std::size_t i = 0; i < sealed_.envelope.size(); ++i) {
    for (const std::uint8_t flip : {0x01, 0x80}) {
      SealedRecord changed = sealed_;
      changed.envelope[i] ^= flip;
      EXPECT_NE(error_of(changed), Error::internal) << i;
    }
  }
}

TEST_F(SealedRecords, EveryOtherLengthIsRefused) {
  for (std::size_t size = 0; size < sealed_.envelope.size(); ++size) {
    Bytes shorter(sealed_.envelope.begin(), sealed_.envelope.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(error_of(with_envelope(std::move(shorter))), Error::corrupted) << size;
  }
  Bytes longer = sealed_.envelope;
  longer.push_back(0);
  EXPECT_EQ(error_of(with_envelope(longer)), Error::corrupted);
  longer.resize(sealed_.envelope.size() + kPaddingStep);
  EXPECT_EQ(error_of(with_envelope(longer)), Error::decrypt_failed);
  longer.resize(kMaxSealedRecord + kPaddingStep);
  EXPECT_EQ(error_of(with_envelope(longer)), Error::corrupted);
}

TEST_F(SealedRecords, ImpossibleNamesAreRefused) {
  SealedRecord changed = sealed_;
  changed.epoch = 0;
  EXPECT_EQ(error_of(changed), Error::corrupted);
  changed = sealed_;
  changed.name.version = 0;
  EXPECT_EQ(error_of(changed), Error::corrupted);
  EXPECT_EQ(wrapped_key_of(changed).error(), Error::corrupted);
}

TEST_F(SealedRecords, UnknownFormatAndSuiteAreNamed) {
  for (const std::size_t at : {2u, 3u, 96u, 97u}) {
    SealedRecord changed = sealed_;
    changed.envelope[at] = 7;
    EXPECT_EQ(error_of(changed), Error::unknown_format);
  }
}

TEST_F(SealedRecords, RewrapLeavesTheBodyAlone) {
  const UserKey next = key_.next_epoch(random_).value();
  const SealedRecord rewrapped = rewrap_record(key_, next, user_, sealed_, random_).value();
  ASSERT_EQ(rewrapped.envelope.size(), sealed_.envelope.size());
  EXPECT_EQ(rewrapped.name, sealed_.name);
  EXPECT_EQ(rewrapped.epoch, 2u);
  EXPECT_NE(wrapped_key_of(rewrapped).value(), wrapped_key_of(sealed_).value());
  EXPECT_EQ(Bytes(rewrapped.envelope.begin() + 96, rewrapped.envelope.end()),
            Bytes(sealed_.envelope.begin() + 96, sealed_.envelope.end()));
  EXPECT_EQ(open_record(next, user_, rewrapped).value().expose_text(), kBody);
  EXPECT_EQ(open_record(key_, user_, rewrapped).error(), Error::decrypt_failed);
}

// What the server does with POST rewrap: it exchanges the first field.
TEST_F(SealedRecords, TheServerCanSpliceANewWrap) {
  const UserKey next = key_.next_epoch(random_).value();
  const SealedRecord rewrapped = rewrap_record(key_, next, user_, sealed_, random_).value();
  ByteReader reader(sealed_.envelope);
  (void)reader.lp();
  const Bytes spliced = ByteBuilder().lp(wrapped_key_of(rewrapped).value()).raw(reader.rest()).take();
  EXPECT_EQ(spliced, rewrapped.envelope);
}

TEST_F(SealedRecords, RewrapNeedsTheRightOldKey) {
  const UserKey next = key_.next_epoch(random_).value();
  EXPECT_EQ(rewrap_record(next, next, user_, sealed_, random_).error(), Error::decrypt_failed);
  EXPECT_EQ(rewrap_record(UserKey::generate(random_), next, user_, sealed_, random_).error(),
            Error::decrypt_failed);
}

// Sealed by somebody who has the keys, but not as the spec pads.
TEST_F(SealedRecords, OtherPaddingIsRefused) {
  const auto with_padding = [this](const Bytes& padded) {
    const SecretKey32 record_key = random_.secret<32>();
    const Bytes wrapped = crypto::seal(records_key(key_, user_).expose(), "cardea/v1/records",
                                       object_context(user_, "record-key", name_.id, name_.version, 1),
                                       record_key.expose(), random_)
                              .value();
    const Bytes body =
        crypto::seal(record_key.expose(), "cardea/v1/record-body",
                     object_context(user_, "record", name_.id, name_.version, 0), padded, random_)
            .value();
    return with_envelope(ByteBuilder().lp(wrapped).raw(body).take());
  };
  Bytes padded(256, 0);
  padded[3] = 5;
  EXPECT_EQ(open_record(key_, user_, with_padding(padded)).value().size(), 5u);
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
