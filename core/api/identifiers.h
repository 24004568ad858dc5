// SPDX-License-Identifier: Apache-2.0
// The identifiers of docs/spec/server-protocol.md as types that can't be mixed up: raw bytes inside proofs
// and stores, lower-case hex in JSON and URLs. Used by the server and by its clients.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/random.h"

namespace cardea::api {

template <std::size_t N, typename Tag>
class Identifier {
 public:
  static constexpr std::size_t kSize = N;
  static constexpr std::size_t kTextSize = 2 * N;

  constexpr Identifier() noexcept = default;
  constexpr explicit Identifier(const std::array<std::uint8_t, N>& bytes) noexcept : bytes_(bytes) {}
  // Exactly N bytes, else invalid_argument.
  static Result<Identifier> from_bytes(ByteView bytes) {
    if (bytes.size() != N) return fail(Error::invalid_argument, "identifier of wrong size");
    Identifier out;
    std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
    return out;
  }
  // Exactly 2 N lower-case hex digits: one identifier has one text, so texts may be compared and signed.
  static Result<Identifier> from_text(std::string_view text) {
    const auto lower = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (text.size() != kTextSize || !std::all_of(text.begin(), text.end(), lower)) {
      return fail(Error::invalid_argument, "not an identifier");
    }
    TRY_ASSIGN(const Bytes bytes, from_hex(text));
    return from_bytes(bytes);
  }
  static Identifier random(Random& random) { return Identifier(random.array<N>()); }

  [[nodiscard]] const std::array<std::uint8_t, N>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] ByteView view() const noexcept { return bytes_; }
  [[nodiscard]] std::string text() const { return to_hex(bytes_); }
  friend auto operator<=>(const Identifier&, const Identifier&) = default;

 private:
  std::array<std::uint8_t, N> bytes_{};
};

using UserId = Identifier<16, struct UserTag>;          // drawn by the server at registration
using RecordId = Identifier<16, struct RecordTag>;      // drawn by the client
using SessionId = Identifier<16, struct SessionTag>;    // drawn by the server
using RequestId = Identifier<16, struct RequestTag>;    // of an officer; drawn by the server
using CardId = Identifier<32, struct CardTag>;          // SHA-256 of the card auth key's SubjectPublicKeyInfo
using ComputerId = Identifier<32, struct ComputerTag>;  // SHA-256 of the device key's SubjectPublicKeyInfo

CardId card_id_of(ByteView auth_spki);
ComputerId computer_id_of(ByteView device_spki);

}  // namespace cardea::api
