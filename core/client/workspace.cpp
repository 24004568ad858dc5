// SPDX-License-Identifier: Apache-2.0
#include "core/client/workspace.h"

#include <cstdlib>

#include "core/base/locked_memory.h"

namespace cardea::client {

Workspace::Workspace(bool reveals) noexcept
    : secrets_(static_cast<Secrets*>(locked_allocate(sizeof(Secrets)))),
      incoming_(static_cast<std::uint8_t*>(std::malloc(wire::kMaxPacketBytes))),
      revealed_(reveals ? static_cast<std::uint8_t*>(locked_allocate(wire::kMaxPacketBytes)) : nullptr) {}

Workspace::~Workspace() {
  if (secrets_ != nullptr) locked_free(secrets_, sizeof(Secrets));
  std::free(incoming_);
  if (revealed_ != nullptr) locked_free(revealed_, wire::kMaxPacketBytes);
}

}  // namespace cardea::client
