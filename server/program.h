// SPDX-License-Identifier: Apache-2.0
// The running server: puts store, services and listeners together, and takes them apart again. Called by
// main.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "core/base/log.h"
#include "server/config.h"
#include "server/http/metrics_sink.h"
#include "server/http/router.h"
#include "server/notify_loop.h"
#include "server/region_loop.h"
#include "server/store/open_store.h"

namespace cardea::server {

// The portal that the configuration wants; nothing when it wants none, or when none was named and there is
// none at the usual place.
Result<std::optional<http::PortalFiles>> load_portal(const ServerConfig& config);

class Program {
 public:
  static Result<std::unique_ptr<Program>> start(const ServerConfig& config, Log& log);
  ~Program();
  // "127.0.0.1:41234"
  [[nodiscard]] std::string address() const { return api_->address(); }
  [[nodiscard]] std::string metrics_address() const {
    return metrics_listener_ ? metrics_listener_->address() : "";
  }
  // SIGHUP: certificate and log level of the newly read configuration.
  Status reload(const ServerConfig& config);
  // Now and then: removes what has ended.
  void upkeep();
  // SIGTERM: finishes what is under way.
  void stop();

 private:
  Program(Log& log, ServerSecrets secrets) : log_(log), secrets_(std::move(secrets)) {}
  Status serve(const ServerConfig& config);
  [[nodiscard]] http::MetricsSink::Gauges gauges(const http::GuardLimits& limits, bool tells) const;

  Log& log_;
  ServerSecrets secrets_;
  SystemClock clock_;
  SystemRandom random_;
  http::Metrics metrics_;
  std::optional<http::PortalFiles> portal_;
  std::unique_ptr<sql::SqlStore> store_;
  std::unique_ptr<http::TlsContext> tls_;
  std::unique_ptr<http::Services> services_;
  std::unique_ptr<http::Router> router_;
  std::unique_ptr<http::MetricsSink> metrics_sink_;
  std::unique_ptr<http::Listener> api_;
  std::unique_ptr<http::Listener> metrics_listener_;
  std::shared_ptr<const RegionKeys> region_keys_;
  std::unique_ptr<RegionLoop> regions_;  // null: this is the only region
  std::unique_ptr<NotifyLoop> notify_;   // null: nothing is told
  std::set<UserId> unreadable_;          // of PurgedUsers; each is told once
};

}  // namespace cardea::server
