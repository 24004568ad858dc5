// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/card_engine.h"

#include <algorithm>

namespace cardea::virtual_card {
namespace {

constexpr std::uint8_t kChainingBit = 0x10;
constexpr std::uint8_t kGetResponse = 0xc0;
constexpr std::size_t kMaximumChain = 4096;  // bytes; a card's buffer is smaller

}  // namespace

CardEngine::CardEngine(CardState state, Random& random)
    : state_(std::move(state)), personality_(make_personality(state_, random)) {}

void CardEngine::power_cycle() {
  personality_->power_cycle();
  chain_.clear();
  chain_head_ = 0;
  unsent_.clear();
}

Bytes CardEngine::process(ByteView raw) {
  auto command = parse_apdu(raw);
  if (!command.ok()) return ResponseApdu(sw::kWrongLength).encode();
  const std::size_t le = command->le;
  if (command->ins == kGetResponse) {
    if (unsent_.empty()) return ResponseApdu(sw::kConditionsNotSatisfied).encode();
    return deliver(std::move(unsent_), le);
  }
  unsent_.clear();
  ResponseApdu response = dispatch(std::move(command).value());
  if (response.status != sw::kOk) return response.encode();
  return deliver(std::move(response.data), le);
}

ResponseApdu CardEngine::dispatch(CommandApdu command) {
  const std::uint32_t head = (static_cast<std::uint32_t>(command.ins) << 16) | command.p1p2();
  if (!chain_.empty() && head != chain_head_) chain_.clear();
  if ((command.cla & kChainingBit) != 0) {
    if (chain_.size() + command.data.size() > kMaximumChain) {
      chain_.clear();
      return sw::kWrongLength;
    }
    chain_head_ = head;
    chain_.insert(chain_.end(), command.data.begin(), command.data.end());
    return sw::kOk;
  }
  if (!chain_.empty()) {
    command.data.insert(command.data.begin(), chain_.begin(), chain_.end());
    chain_.clear();
  }
  return personality_->execute(command);
}

Bytes CardEngine::deliver(Bytes data, std::size_t le) {
  const std::size_t now = std::min(data.size(), le);
  Bytes rest(data.begin() + static_cast<std::ptrdiff_t>(now), data.end());
  data.resize(now);
  unsent_ = std::move(rest);
  if (unsent_.empty()) return ResponseApdu(std::move(data)).encode();
  const auto more = static_cast<std::uint16_t>(unsent_.size() > 0xff ? 0 : unsent_.size());
  return ResponseApdu(std::move(data), static_cast<std::uint16_t>(0x6100 | more)).encode();
}

}  // namespace cardea::virtual_card
