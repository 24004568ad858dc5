// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pcsc_world.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <winscard.h>

namespace cardea::test_support {
namespace {

// A PC/SC context that lives for one question. pcscd may have been killed since the last one.
class PcscContext {
 public:
  PcscContext() {
    good_ = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_) == SCARD_S_SUCCESS;
  }
  PcscContext(const PcscContext&) = delete;
  PcscContext& operator=(const PcscContext&) = delete;
  ~PcscContext() {
    if (good_) SCardReleaseContext(context_);
  }
  [[nodiscard]] bool knows(const std::string& reader) const { return state_of(reader).has_value(); }
  [[nodiscard]] std::optional<DWORD> state_of(const std::string& reader) const {
    SCARD_READERSTATE state{};
    state.szReader = reader.c_str();
    if (!good_ || SCardGetStatusChange(context_, 0, &state, 1) != SCARD_S_SUCCESS) return std::nullopt;
    if ((state.dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) != 0) return std::nullopt;
    return state.dwEventState;
  }

 private:
  SCARDCONTEXT context_ = 0;
  bool good_ = false;
};

}  // namespace

std::string PcscWorld::reader_name(unsigned slot) {
  // pcscd adds the number of the reader and of the slot.
  return "Virtual PCD 0" + std::to_string(slot / 2) + " 0" + std::to_string(slot % 2);
}

PcscWorld::PcscWorld(const std::filesystem::path& directory, unsigned readers)
    : directory_(directory), readers_(readers) {
  if (std::getenv("CARDEA_PRIVATE_WORLD") == nullptr) {
    throw std::runtime_error("run this test inside tests/support/private-world");
  }
  std::filesystem::create_directory(directory_ / "readers");
  for (unsigned reader = 0; reader < readers; ++reader) {
    const unsigned number = port(2 * reader);
    std::ofstream file(directory_ / "readers" / ("vpcd" + std::to_string(reader)));
    file << "FRIENDLYNAME \"Virtual PCD\"\n"
         << "DEVICENAME /dev/null:" << std::hex << std::showbase << number << "\n"
         << "LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\n"
         << "CHANNELID " << number << "\n";
  }
  start();
}

void PcscWorld::start() {
  pcscd_.emplace(ChildProcess::Start{{"/usr/sbin/pcscd", "-f", "-i", "-c", (directory_ / "readers").string()},
                                     directory_ / "pcscd.log"});
  const auto serves = [this] {
    const PcscContext context;
    for (unsigned slot = 0; slot < 2 * readers_; ++slot) {
      if (!context.knows(reader_name(slot))) return false;
    }
    return true;
  };
  if (!wait_until([&] { return serves() || !pcscd_->running(); }) || !pcscd_->running()) {
    throw std::runtime_error("pcscd did not start: " + log_text());
  }
}

void PcscWorld::restart() {
  pcscd_->kill9();
  start();
}

bool PcscWorld::wait_for_card(unsigned slot, bool present, milliseconds patience) {
  const PcscContext context;
  return wait_until(
      [&] {
        const auto state = context.state_of(reader_name(slot));
        if (!state) return false;
        return present ? (*state & SCARD_STATE_PRESENT) != 0 && (*state & SCARD_STATE_MUTE) == 0
                       : (*state & SCARD_STATE_EMPTY) != 0;
      },
      patience);
}

}  // namespace cardea::test_support
