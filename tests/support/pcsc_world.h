// SPDX-License-Identifier: Apache-2.0
// The real pcscd with virtual readers, for tests that run inside tests/support/private-world. One object per
// test; pcscd ends with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/child_process.h"

namespace cardea::test_support {

class PcscWorld {
 public:
  // `readers` virtual readers of two slots each. Configuration and log go into `directory`, which must
  // outlive the object. Throws outside a private world: pcscd's virtual reader listens on all addresses.
  explicit PcscWorld(const std::filesystem::path& directory, unsigned readers = 1);

  // Slot 0 and 1 are in the first reader, 2 and 3 in the second.
  [[nodiscard]] static std::uint16_t port(unsigned slot) { return static_cast<std::uint16_t>(35963 + slot); }
  [[nodiscard]] static std::string reader_name(unsigned slot);

  // True when a card is seen (or not seen) in the slot before the deadline. pcscd looks every 400 ms.
  [[nodiscard]] bool wait_for_card(unsigned slot, bool present, milliseconds patience = kPatience);

  void kill9() { pcscd_->kill9(); }
  void restart();  // waits until it serves again
  void stop() { pcscd_->stop(); }
  [[nodiscard]] std::string log_text() const { return pcscd_->log_text(); }

 private:
  void start();
  std::filesystem::path directory_;
  unsigned readers_;
  std::optional<ChildProcess> pcscd_;
};

}  // namespace cardea::test_support
