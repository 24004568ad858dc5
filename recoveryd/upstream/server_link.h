// SPDX-License-Identifier: Apache-2.0
// One conversation of the daemon with a user's servers: verified connections, and this computer's device key
// to sign with. Made for one operation, by one thread. The server that answered last is asked next; when it
// fails, the next one in the directory's order.
#pragma once

#include <memory>

#include "recoveryd/context.h"
#include "recoveryd/upstream/server_directory.h"
#include "upstream/https_transport.h"
#include "upstream/server_client.h"

namespace cardea::recoveryd {

// By what the servers of an enrolment are known.
ServerGroup server_group(const login::EnrolmentRecord& record);

class ServerLink {
 public:
  // `total`: for each request, when somebody waits. Error::config_invalid.
  static Result<std::unique_ptr<ServerLink>> open(const Context& context, const ServerGroup& group,
                                                  std::optional<MonotonicMillis> total = {});
  static Result<std::unique_ptr<ServerLink>> open(const Context& context,
                                                  const login::EnrolmentRecord& record) {
    return open(context, server_group(record));
  }
  // Of somebody whose servers' key is not known yet: the URLs as they were given, in their order.
  static Result<std::unique_ptr<ServerLink>> open(const Context& context,
                                                  const std::vector<std::string>& urls) {
    return open(context, ServerGroup{urls, {}});
  }

  [[nodiscard]] upstream::ServerClient& client() noexcept { return client_; }
  [[nodiscard]] const upstream::RequestKey& device() const noexcept { return device_; }
  [[nodiscard]] const api::ComputerId& computer() const noexcept { return computer_; }

 private:
  ServerLink(std::unique_ptr<GroupWatch> watch, std::unique_ptr<upstream::HttpsTransport> transport,
             const Context& context)
      : watch_(std::move(watch)),
        transport_(std::move(transport)),
        client_(*transport_, context.clock, context.random),
        computer_(context.device.computer_id),
        device_(upstream::device_key(computer_, context.device.key)) {}

  std::unique_ptr<GroupWatch> watch_;  // null where nothing is measured
  std::unique_ptr<upstream::HttpsTransport> transport_;
  upstream::ServerClient client_;
  api::ComputerId computer_;
  upstream::RequestKey device_;
};

// Asks for the newest list and keeps it. What goes wrong is told in the log only: the list that is kept, or
// the configuration, goes on to serve.
void refresh_server_list(const Context& context, ServerLink& server, const ServerGroup& group);

}  // namespace cardea::recoveryd
