// SPDX-License-Identifier: Apache-2.0
// A card of the SmartCard-HSM family as OpenSC's drivers card-sc-hsm.c and pkcs15-sc-hsm.c use it: a flat map
// of two-byte file identifiers, one user PIN and an SO-PIN (initialisation code), extended lengths. Written
// from the drivers, not from a card. One object per inserted card; made by make_personality().
#pragma once

#include <optional>

#include "tests/virtual_card/personality.h"
#include "tests/virtual_card/private_key.h"

namespace cardea::virtual_card {

class ScHsmCard final : public Personality {
 public:
  ScHsmCard(CardState& state, Random& random) : state_(state), random_(random) {}
  [[nodiscard]] ByteView atr() const override;
  void power_cycle() override;
  ResponseApdu execute(const CommandApdu& command) override;
  [[nodiscard]] PinSummary pins() const override;

  static Result<CardState> blank(ByteView serial, std::uint32_t memory_limit);

 private:
  // sc_hsm_files.cpp
  ResponseApdu select(const CommandApdu& command);
  ResponseApdu enumerate();
  ResponseApdu read_binary(const CommandApdu& command);
  ResponseApdu update_binary(const CommandApdu& command);
  ResponseApdu delete_file(const CommandApdu& command);

  // sc_hsm_pins.cpp
  ResponseApdu initialise(const CommandApdu& command);
  ResponseApdu verify(const CommandApdu& command);
  ResponseApdu change_pin(const CommandApdu& command);
  ResponseApdu reset_pin(const CommandApdu& command);

  // sc_hsm_keys.cpp
  ResponseApdu generate_key(const CommandApdu& command);
  ResponseApdu sign(const CommandApdu& command);
  ResponseApdu decipher(const CommandApdu& command);
  Result<PrivateKey> usable_key(std::uint8_t reference, std::uint16_t& status);

  CardState& state_;
  Random& random_;
  std::optional<std::uint16_t> current_file_;
  bool verified_ = false;
};

// First byte of a file identifier.
namespace prefix {
inline constexpr std::uint8_t kPublicMeta = 0x2f;
inline constexpr std::uint8_t kKey = 0xcc;
inline constexpr std::uint8_t kPrivateData = 0xcd;
}  // namespace prefix

inline constexpr std::uint16_t kDeviceCertificate = 0x2f02;
inline constexpr std::uint8_t kScHsmUserPin = 0x81;
inline constexpr std::uint8_t kScHsmSecurityOfficerPin = 0x88;

}  // namespace cardea::virtual_card
