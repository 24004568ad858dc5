// SPDX-License-Identifier: Apache-2.0
// The frame around every data object on a card, and the fields in it (docs/spec/card-layout.md, "Frame"):
// tells a half-written object from a whole one and keeps fields of later versions. Called by card_header.cpp
// and card_entry.cpp only.
#pragma once

#include <vector>

#include "core/base/bytes.h"

namespace cardea::records {

inline constexpr std::size_t kMaxCardObject = 8192;
inline constexpr std::size_t kMaxExtensionBytes =
    2048;  // all fields from kFirstExtension together, with headers
inline constexpr std::uint16_t kFirstExtension = 0x8000;

enum class FrameKind : std::uint32_t { header = 0x43524448, entry = 0x43524445 };  // "CRDH", "CRDE"

struct CardField {
  std::uint16_t type = 0;
  Bytes value;
  friend bool operator==(const CardField&, const CardField&) = default;
};

// The fields that the caller does not know: kept and written back.
using Extensions = std::vector<CardField>;

// `fields` in strictly ascending order of type (else Error::invalid_argument); Error::limit_exceeded when the
// object or the extensions get too long.
Result<Bytes> encode_frame(FrameKind kind, const std::vector<CardField>& fields);
// All fields. Error::corrupted for anything that encode_frame does not make; Error::unknown_format for
// another layout version or a critical field above `last_known`.
Result<std::vector<CardField>> decode_frame(FrameKind kind, ByteView object, std::uint16_t last_known);

// The fields from kFirstExtension on.
Extensions extensions_of(const std::vector<CardField>& fields);
// The value of the field, or nullptr.
const Bytes* find_field(const std::vector<CardField>& fields, std::uint16_t type) noexcept;

}  // namespace cardea::records
