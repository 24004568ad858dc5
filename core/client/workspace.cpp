// SPDX-License-Identifier: Apache-2.0
#include "core/client/workspace.h"

#include <cstdlib>

#include "core/base/locked_memory.h"

namespace cardea::client {

Workspace::Workspace(For use) noexcept
    : incoming_(static_cast<std::uint8_t*>(std::malloc(wire::kMaxPacketBytes))) {
  ok_ = incoming_ != nullptr;
  if (use != For::no_secrets) {
    answer_size_ = use == For::answers_and_reveals ? wire::kMaxSecretBytes : wire::kMaxAnswerBytes;
    secrets_ = static_cast<char*>(locked_allocate(secrets_size()));
    ok_ = ok_ && secrets_ != nullptr;
    if (secrets_ == nullptr) answer_size_ = 0;
  }
  if (use == For::answers && secrets_ != nullptr) {
    revealed_size_ = kShortSecret;
    revealed_ = reinterpret_cast<std::uint8_t*>(secrets_ + secrets_size() - kShortSecret);
  }
  if (use == For::answers_and_reveals) {
    revealed_size_ = wire::kMaxPacketBytes;
    revealed_ = static_cast<std::uint8_t*>(locked_allocate(wire::kMaxPacketBytes));
    ok_ = ok_ && revealed_ != nullptr;
  }
}

Workspace::~Workspace() {
  if (revealed_size_ == wire::kMaxPacketBytes && revealed_ != nullptr) locked_free(revealed_, revealed_size_);
  if (secrets_ != nullptr) locked_free(secrets_, secrets_size());
  std::free(incoming_);
}

}  // namespace cardea::client
