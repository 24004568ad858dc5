// SPDX-License-Identifier: Apache-2.0
// Command and response APDUs of ISO 7816-4. The card engine parses what pcscd sends with parse_apdu(); the
// personalities see only the parsed form.
#pragma once

#include "core/base/bytes.h"

namespace cardea::virtual_card {

struct CommandApdu {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  Bytes data;          // at most 65,535 bytes
  std::size_t le = 0;  // wanted answer length, 1..65,536; 0 when the command has no Le field

  [[nodiscard]] std::uint16_t p1p2() const noexcept { return static_cast<std::uint16_t>((p1 << 8) | p2); }
};

// Status words (ISO 7816-4 section 5.6) that the personalities answer.
namespace sw {
inline constexpr std::uint16_t kOk = 0x9000;
inline constexpr std::uint16_t kEndOfFile = 0x6282;
inline constexpr std::uint16_t kMemoryFailure = 0x6581;
inline constexpr std::uint16_t kWrongLength = 0x6700;
inline constexpr std::uint16_t kSecurityNotSatisfied = 0x6982;
inline constexpr std::uint16_t kBlocked = 0x6983;
inline constexpr std::uint16_t kReferenceDataUnusable = 0x6984;
inline constexpr std::uint16_t kConditionsNotSatisfied = 0x6985;
inline constexpr std::uint16_t kNoCurrentFile = 0x6986;
inline constexpr std::uint16_t kWrongData = 0x6a80;
inline constexpr std::uint16_t kFunctionNotSupported = 0x6a81;
inline constexpr std::uint16_t kFileNotFound = 0x6a82;
inline constexpr std::uint16_t kNoSpace = 0x6a84;
inline constexpr std::uint16_t kWrongParameters = 0x6a86;
inline constexpr std::uint16_t kReferenceNotFound = 0x6a88;
inline constexpr std::uint16_t kFileExists = 0x6a89;
inline constexpr std::uint16_t kWrongOffset = 0x6b00;
inline constexpr std::uint16_t kUnknownInstruction = 0x6d00;
// "Wrong, N tries left": the low four bits carry N.
constexpr std::uint16_t tries_left(unsigned tries) noexcept {
  return static_cast<std::uint16_t>(0x63c0 | (tries & 0x0f));
}
}  // namespace sw

struct ResponseApdu {
  Bytes data;
  std::uint16_t status = sw::kOk;

  ResponseApdu() = default;
  ResponseApdu(std::uint16_t word) : status(word) {}                                               // NOLINT
  ResponseApdu(Bytes body, std::uint16_t word = sw::kOk) : data(std::move(body)), status(word) {}  // NOLINT
  [[nodiscard]] Bytes encode() const;
};

// Understands cases 1 to 4 with short and extended lengths (ISO 7816-4 section 5.1). frame_malformed when the
// lengths do not agree with the bytes there are.
Result<CommandApdu> parse_apdu(ByteView raw);

}  // namespace cardea::virtual_card
