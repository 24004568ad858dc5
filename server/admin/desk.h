// SPDX-License-Identifier: Apache-2.0
// Where a verb works: what was typed, the configuration, the store behind it, who sits there. One per run of
// the program; the store is opened when a verb first asks for it.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "server/admin/command_line.h"
#include "server/config.h"

namespace cardea::server::admin {

class Desk {
 public:
  // Reads the configuration. Root then goes on as the owner of the server's secrets, so that whatever is made
  // belongs to the server. permission_denied when that can't be done.
  static Result<Desk> open(Invocation line);

  [[nodiscard]] const Invocation& line() const noexcept { return line_; }
  [[nodiscard]] const ServerConfig& config() const noexcept { return config_; }
  // Who does it, for the administration's chain: the login name of the person, also behind sudo.
  [[nodiscard]] const std::string& actor() const noexcept { return actor_; }
  [[nodiscard]] UnixSeconds now() const { return clock_.now(); }
  [[nodiscard]] Random& random() noexcept { return random_; }

  // not_found when there is no store yet: only a server, or a restore, makes one.
  Result<sql::SqlStore*> store();
  // Writes an event of this actor into the administration's chain.
  Status note(std::string kind, api::Json::Object details);

 private:
  Desk(Invocation line, ServerConfig config, std::string actor)
      : line_(std::move(line)), config_(std::move(config)), actor_(std::move(actor)) {}

  Invocation line_;
  ServerConfig config_;
  std::string actor_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<sql::SqlStore> store_;
};

// not_found, with what to do, unless the store has been made.
Status must_exist(const StoreConfig& config);

}  // namespace cardea::server::admin
