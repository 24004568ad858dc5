// SPDX-License-Identifier: Apache-2.0
// A virtual card in a slot of PcscWorld, and the ways to make it ready for use. The card process ends with
// the object; its state file stays.
#pragma once

#include "tests/support/child_process.h"
#include "tests/virtual_card/card_state.h"

namespace cardea::test_support {

using virtual_card::CardKind;

struct CardStatus {
  bool inserted = false;
  std::uint64_t apdus = 0;  // commands since the start or reset_counters()
  std::string personality;
  unsigned pin_tries = 0;
  unsigned puk_tries = 0;  // PUK (MyEID) or SO-PIN (SmartCard-HSM)
  bool verified = false;   // the user PIN has been accepted since the last reset of the card
  std::uint32_t free = 0;  // bytes
  std::string serial;      // hexadecimal
};

class VirtualCard {
 public:
  struct Options {
    std::filesystem::path state_file;  // made when it does not exist; the control socket is beside it
    CardKind kind = CardKind::myeid;
    unsigned slot = 0;
    std::optional<std::uint32_t> memory = {};
    std::string serial = {};  // hexadecimal, 20 digits (MyEID) or 10 (SmartCard-HSM); empty: random
    bool absent = false;
  };
  explicit VirtualCard(const Options& options);  // throws when it does not start

  // All throw when the card refuses.
  [[nodiscard]] CardStatus stat() const;
  void eject() { must("eject"); }
  void insert() { must("insert"); }
  void insert(const std::filesystem::path& other_state_file) { must("insert " + other_state_file.string()); }
  void delay(unsigned milliseconds_per_command) { must("delay " + std::to_string(milliseconds_per_command)); }
  // Pulls the card at the n-th command from now, before or after the command is carried out; no answer is
  // sent.
  void yank_at(unsigned n) { must("yank-at " + std::to_string(n)); }
  void yank_after(unsigned n) { must("yank-at " + std::to_string(n) + " done"); }
  void force(std::uint8_t instruction, std::uint16_t status, unsigned count);
  void memory(std::uint32_t bytes) { must("memory " + std::to_string(bytes)); }
  void reset_counters() { must("reset-counters"); }
  // Any text; returns the answer, also when it is an error.
  [[nodiscard]] std::string control(const std::string& command) const;
  void quit();

  [[nodiscard]] const std::filesystem::path& state_file() const noexcept { return state_file_; }
  [[nodiscard]] const std::filesystem::path& control_socket() const noexcept { return control_; }
  [[nodiscard]] ChildProcess& process() noexcept { return process_; }

 private:
  void must(const std::string& command) const;
  std::filesystem::path state_file_;
  std::filesystem::path control_;
  ChildProcess process_;
};

struct CardSecrets {
  std::string label = "Test card";
  std::string pin = "123456";
  std::string puk = "12345678";                 // MyEID
  std::string so_pin = "87654321";              // MyEID
  std::string so_puk = "11223344";              // MyEID
  std::string so_pin_hsm = "3537363231383830";  // SmartCard-HSM: 16 hexadecimal digits
};

// The environment in which OpenSC's tools and module read tests/support/opensc.conf.
Environment opensc_environment();
// Make the blank card in this slot ready: PKCS#15 structure, PIN and PUK with pkcs15-init, or token and PIN
// with pkcs11-tool. Throw when a tool fails.
void provision_myeid(unsigned slot, const CardSecrets& secrets = {});
void provision_sc_hsm(unsigned slot, const CardSecrets& secrets = {});
void provision(CardKind kind, unsigned slot, const CardSecrets& secrets = {});

inline constexpr const char* kOpenScModule = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

}  // namespace cardea::test_support
