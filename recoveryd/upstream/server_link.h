// SPDX-License-Identifier: Apache-2.0
// One conversation of the daemon with a user's server: a verified connection, and this computer's device key
// to sign with. Made for one operation, by one thread.
#pragma once

#include <memory>

#include "recoveryd/context.h"
#include "upstream/poco_transport.h"
#include "upstream/server_client.h"

namespace cardea::recoveryd {

class ServerLink {
 public:
  // `urls`: base URLs in the order to try. `total`: for each request, when somebody waits.
  // Error::config_invalid.
  static Result<std::unique_ptr<ServerLink>> open(const Context& context,
                                                  const std::vector<std::string>& urls,
                                                  std::optional<MonotonicMillis> total = {});

  [[nodiscard]] upstream::ServerClient& client() noexcept { return client_; }
  [[nodiscard]] const upstream::RequestKey& device() const noexcept { return device_; }
  [[nodiscard]] const api::ComputerId& computer() const noexcept { return computer_; }

 private:
  ServerLink(std::unique_ptr<upstream::PocoTransport> transport, const Context& context)
      : transport_(std::move(transport)),
        client_(*transport_, context.clock, context.random),
        computer_(context.device.computer_id),
        device_(upstream::device_key(computer_, context.device.key)) {}

  std::unique_ptr<upstream::PocoTransport> transport_;
  upstream::ServerClient client_;
  api::ComputerId computer_;
  upstream::RequestKey device_;
};

}  // namespace cardea::recoveryd
