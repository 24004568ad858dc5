// SPDX-License-Identifier: Apache-2.0
// The whole server but its sockets, in this process: real SQLite, real services, a clock the test moves.
#pragma once

#include "server/http/request_head.h"
#include "server/http/router.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/support/server/test_user.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class InProcessServer {
 public:
  explicit InProcessServer(server::http::ServiceSettings settings = default_settings());

  static server::http::ServiceSettings default_settings() {
    return {"server.test", "north", true, 1'000'000};
  }
  // Ends the services and begins anew on the same files.
  void restart();
  HttpReply handle(const HttpCall& call, const std::string& prefix = "192.0.2.0/24");
  ApiClient client() {
    return {[this](const HttpCall& call) { return handle(call); }, "server.test",
            [this] { return clock.now(); }};
  }

  TempDir dir;
  FakeClock clock;
  SystemRandom random;
  server::http::Metrics metrics;
  Log log{"test", LogLevel::error};
  SecretKey32 ake_key;
  // A rotation adds to them before a restart().
  std::vector<server::OprfSeed> oprf_seeds;
  server::CheckpointKeys checkpoint_keys;
  std::unique_ptr<server::ServerSecrets> secrets;
  std::unique_ptr<server::sqlite::SqliteStore> store;
  std::unique_ptr<server::http::Services> services;
  std::unique_ptr<server::http::Router> router;

 private:
  server::http::ServiceSettings settings_;
};

}  // namespace cardea::test
