// SPDX-License-Identifier: Apache-2.0
// A card of the MyEID family (PKCS#15 applet 4.5) as OpenSC's drivers card-myeid.c and pkcs15-myeid.c use it:
// a file system of directories, transparent files and key files with access rules in nibbles, up to fourteen
// PINs with a PUK each. Written from the drivers, not from a card. One object per inserted card; made by
// make_personality().
#pragma once

#include <optional>
#include <set>

#include "tests/virtual_card/personality.h"
#include "tests/virtual_card/private_key.h"

namespace cardea::virtual_card {

class MyEidCard final : public Personality {
 public:
  MyEidCard(CardState& state, Random& random) : state_(state), random_(random) { power_cycle(); }
  [[nodiscard]] ByteView atr() const override;
  void power_cycle() override;
  ResponseApdu execute(const CommandApdu& command) override;
  [[nodiscard]] PinSummary pins() const override;

  static CardState blank(ByteView serial, std::uint32_t memory_limit);

 private:
  // myeid_files.cpp
  ResponseApdu select(const CommandApdu& command);
  ResponseApdu create_file(const CommandApdu& command);
  ResponseApdu delete_file(const CommandApdu& command);
  ResponseApdu read_binary(const CommandApdu& command);
  ResponseApdu update_binary(const CommandApdu& command);
  ResponseApdu select_path(std::uint16_t directory, ByteView path, bool with_descriptor);
  ResponseApdu select_id(std::uint16_t id, bool with_descriptor);
  ResponseApdu selected(std::uint16_t directory, std::optional<std::uint16_t> file, bool with_descriptor);
  [[nodiscard]] CardFile* directory(std::uint16_t id);
  [[nodiscard]] CardFile* current();
  [[nodiscard]] std::optional<FileId> current_id();
  [[nodiscard]] Bytes descriptor(std::uint16_t id, const CardFile& file) const;
  [[nodiscard]] bool permitted(std::uint8_t nibble) const;

  // myeid_pins.cpp
  ResponseApdu verify(const CommandApdu& command);
  ResponseApdu change_pin(const CommandApdu& command);
  ResponseApdu unblock_pin(const CommandApdu& command);
  ResponseApdu logout(const CommandApdu& command);
  ResponseApdu put_data(const CommandApdu& command);
  ResponseApdu create_pin(std::uint8_t reference, ByteView data);
  ResponseApdu initialise_applet(ByteView data);
  ResponseApdu activate(const CommandApdu& command);
  ResponseApdu get_data(const CommandApdu& command);
  ResponseApdu list_files();

  // myeid_keys.cpp
  ResponseApdu generate_key(const CommandApdu& command);
  ResponseApdu set_security_environment(const CommandApdu& command);
  ResponseApdu security_operation(const CommandApdu& command);
  ResponseApdu general_authenticate(const CommandApdu& command);
  ResponseApdu sign(ByteView input);
  ResponseApdu decipher(const CommandApdu& command);
  ResponseApdu public_part(std::uint8_t which);
  ResponseApdu store_secret(ByteView value);
  Result<PrivateKey> usable_key(std::uint16_t& status);

  struct SecurityEnvironment {
    std::uint8_t algorithm = 0;
    std::uint16_t key_file = 0;  // in the current directory
  };

  CardState& state_;
  Random& random_;
  std::uint16_t current_directory_ = 0;
  std::optional<std::uint16_t> current_file_;
  std::set<std::uint8_t> verified_;
  SecurityEnvironment environment_;
  Bytes first_half_;  // of a 2048-bit cryptogram that comes in two commands
};

inline constexpr std::uint16_t kMasterFile = 0x3f00;
inline constexpr std::uint16_t kApplicationDirectory = 0x5015;
inline constexpr std::uint8_t kUserPin = 1;

}  // namespace cardea::virtual_card
