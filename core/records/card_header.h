// SPDX-License-Identifier: Apache-2.0
// The object "cardea00": whose card it is, where his server is, and the card's own holder of the root key
// (docs/spec/card-layout.md, "Header"). Read and written by the card worker.
#pragma once

#include <optional>
#include <string>

#include "core/records/card_frame.h"
#include "core/records/identifiers.h"

namespace cardea::records {

inline constexpr std::size_t kMaxServers = 8;
inline constexpr std::size_t kMaxServerUrl = 255;
inline constexpr std::size_t kMaxCardHolder = 1024;
inline constexpr std::size_t kMaxPersonalData = 2048;

// The last audit state this card has seen: a server that forgets or forks is noticed.
struct AuditHead {
  std::uint64_t length = 0;
  std::array<std::uint8_t, 32> head{};
  std::uint32_t epoch = 0;
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct CardHeader {
  UserId user{};
  std::string account;
  std::vector<std::string> servers;  // base URLs, tried in order
  std::uint32_t epoch = 0;
  Bytes card_holder;  // the envelope of this card's holder
  std::optional<AuditHead> audit;
  std::string personal_data;  // JSON text; empty: none
  Extensions extensions;      // fields of later versions, kept as they were read
  friend bool operator==(const CardHeader&, const CardHeader&) = default;
};

// Error::invalid_argument for values out of the limits, Error::limit_exceeded when all together is too long.
Result<Bytes> encode_card_header(const CardHeader& header);
// Error::corrupted for a half-written or damaged object, Error::unknown_format for one of a later version.
Result<CardHeader> decode_card_header(ByteView object);

}  // namespace cardea::records
