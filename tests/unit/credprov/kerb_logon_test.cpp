// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/kerb_logon.h"

#include <gtest/gtest.h>

namespace cardea::credprov {
namespace {

// Laid out by hand after ntsecapi.h and subauth.h for 64-bit Windows: domain “PC”, user “ana”, password
// “pä🔑”.
constexpr std::string_view kGolden =
    "02000000"
    "00000000"  // MessageType, padding
    "0400"
    "0400"
    "00000000"
    "4000000000000000"  // LogonDomainName
    "0600"
    "0600"
    "00000000"
    "4400000000000000"  // UserName
    "0800"
    "0800"
    "00000000"
    "4a00000000000000"  // Password
    "0000000000000000"  // LogonId
    "50004300"
    "61006e006100"
    "7000e4003dd811dd";

Bytes packed_bytes(LogonMessage message, const LogonName& name, std::string_view password) {
  const Result<SecretBytes> packed = pack_logon(message, name, password);
  EXPECT_TRUE(packed.ok());
  return to_bytes(packed.value().expose());
}

Bytes golden() { return from_hex(kGolden).value(); }

TEST(KerbLogon, GoldenBytes) {
  EXPECT_EQ(to_hex(packed_bytes(LogonMessage::interactive, {"PC", "ana"}, "pä🔑")), kGolden);
  Bytes unlock = golden();
  unlock[0] = 7;
  EXPECT_EQ(packed_bytes(LogonMessage::unlock, {"PC", "ana"}, "pä🔑"), unlock);
  unlock[0] = 0;
  EXPECT_EQ(packed_bytes(LogonMessage::credui, {"PC", "ana"}, "pä🔑"), unlock);
}

TEST(KerbLogon, ReadsWhatItPacked) {
  const UnpackedLogon logon = unpack_logon(golden()).value();
  EXPECT_EQ(logon.message, LogonMessage::interactive);
  EXPECT_EQ(logon.name.domain, "PC");
  EXPECT_EQ(logon.name.user, "ana");
  EXPECT_EQ(logon.password.expose_text(), "pä🔑");
  EXPECT_EQ(logon.logon_id, 0u);
}

TEST(KerbLogon, EmptyTexts) {
  const Bytes packed = packed_bytes(LogonMessage::interactive, {"", "ana@example.org"}, "");
  const UnpackedLogon logon = unpack_logon(packed).value();
  EXPECT_EQ(logon.name.domain, "");
  EXPECT_EQ(logon.name.user, "ana@example.org");
  EXPECT_TRUE(logon.password.empty());
  EXPECT_EQ(pack_logon(LogonMessage::interactive, {"PC", ""}, "x").error(), Error::invalid_argument);
}

TEST(KerbLogon, LimitIsExact) {
  const std::size_t units = (kMaxLogonBytes - kLogonHeadBytes - 2 * 5) / 2;
  const Bytes largest = packed_bytes(LogonMessage::interactive, {"PC", "ana"}, std::string(units, 'x'));
  EXPECT_EQ(largest.size(), kMaxLogonBytes);
  EXPECT_EQ(unpack_logon(largest).value().password.size(), units);
  EXPECT_EQ(pack_logon(LogonMessage::interactive, {"PC", "ana"}, std::string(units + 1, 'x')).error(),
            Error::limit_exceeded);
  EXPECT_EQ(pack_logon(LogonMessage::interactive, {std::string(1 << 20, 'd'), "ana"}, "x").error(),
            Error::limit_exceeded);
}

TEST(KerbLogon, TextsThatAreNone) {
  using namespace std::string_literals;
  for (const std::string& bad : {"\xFF"s, "a\0b"s}) {
    EXPECT_EQ(pack_logon(LogonMessage::interactive, {bad, "ana"}, "x").error(), Error::invalid_argument);
    EXPECT_EQ(pack_logon(LogonMessage::interactive, {"PC", bad}, "x").error(), Error::invalid_argument);
    EXPECT_EQ(pack_logon(LogonMessage::interactive, {"PC", "ana"}, bad).error(), Error::invalid_argument);
  }
}

void expect_corrupted(const Bytes& buffer, const std::string& what) {
  const auto read = unpack_logon(buffer);
  ASSERT_FALSE(read.ok()) << what;
  EXPECT_EQ(read.error(), Error::corrupted) << what;
}

TEST(KerbLogon, EveryCutIsNoticed) {
  const Bytes whole = golden();
  for (std::size_t size = 0; size < whole.size(); ++size)
    expect_corrupted(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)),
                     std::to_string(size));
  expect_corrupted(Bytes(kMaxLogonBytes + 2), "too long");
}

// Where the lengths and the offset of each text are.
constexpr std::size_t kStrings[] = {8, 24, 40};

TEST(KerbLogon, LengthsAreNotTrusted) {
  for (const std::size_t at : kStrings) {
    for (const int length : {1, 3, 0x7FFE, 0xFFFE, 0xFFFF}) {
      Bytes buffer = golden();
      for (const std::size_t field : {at, at + 2}) {
        buffer[field] = static_cast<std::uint8_t>(length);
        buffer[field + 1] = static_cast<std::uint8_t>(length >> 8);
      }
      expect_corrupted(buffer, std::to_string(at) + " " + std::to_string(length));
    }
    Bytes shorter_maximum = golden();
    shorter_maximum[at + 2] = 2;
    expect_corrupted(shorter_maximum, "maximum");
  }
}

TEST(KerbLogon, OffsetsAreNotTrusted) {
  for (const std::size_t at : kStrings) {
    for (const std::uint64_t offset :
         {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{62}, std::uint64_t{65}, std::uint64_t{80},
          std::uint64_t{82}, std::uint64_t{0x7fffffff}, std::uint64_t{0xffffffff}, std::uint64_t{0x100000040},
          std::uint64_t{0x7ffe00000000}, ~std::uint64_t{0}, ~std::uint64_t{1}, ~std::uint64_t{3}}) {
      Bytes buffer = golden();
      for (std::size_t i = 0; i < 8; ++i)
        buffer[at + 8 + i] = static_cast<std::uint8_t>(offset >> (8 * i));
      expect_corrupted(buffer, std::to_string(at) + " " + std::to_string(offset));
    }
  }
}

TEST(KerbLogon, OtherMessagesAndTextsAreRefused) {
  for (const int message : {1, 3, 6, 8, 12, 13, 255}) {
    Bytes buffer = golden();
    buffer[0] = static_cast<std::uint8_t>(message);
    expect_corrupted(buffer, std::to_string(message));
  }
  Bytes high_bits = golden();
  high_bits[3] = 0x80;
  expect_corrupted(high_bits, "message");
  Bytes nul = golden();
  nul[68] = 0;
  expect_corrupted(nul, "a NUL in the user's name");
  Bytes surrogate = golden();
  surrogate[80] = 0x41;
  surrogate[81] = 0;
  expect_corrupted(surrogate, "half a surrogate pair");
  Bytes nobody = golden();
  nobody[24] = nobody[26] = 0;
  expect_corrupted(nobody, "no user");
}

TEST(KerbLogon, NamesWithAndWithoutDomain) {
  const auto split = [](std::string_view name) {
    const LogonName both = split_logon_name(name, "PC");
    return both.domain + "|" + both.user;
  };
  EXPECT_EQ(split("CORP\\ana"), "CORP|ana");
  EXPECT_EQ(split(".\\ana"), "PC|ana");
  EXPECT_EQ(split("ana"), "PC|ana");
  EXPECT_EQ(split("ana@example.org"), "|ana@example.org");
  EXPECT_EQ(split("CORP\\ana@example.org"), "CORP|ana@example.org");
  EXPECT_EQ(split("\\ana"), "|ana");
  EXPECT_EQ(split("CORP\\"), "CORP|");
}

}  // namespace
}  // namespace cardea::credprov
