// SPDX-License-Identifier: Apache-2.0
// The thread that moves users to other regions and asks those who should be (docs/spec/relocation.md). Made
// by server/program when server.conf names other regions.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/base/log.h"
#include "server/http/region_client.h"
#include "server/service/relocation_mover.h"
#include "server/service/relocation_service.h"

namespace cardea::server {

class RegionLoop {
 public:
  // All outlive the loop. config_invalid for a URL or CA file that can't be used.
  static Result<std::unique_ptr<RegionLoop>> start(Store& store, const ServerSecrets& secrets,
                                                   const RegionKeys& keys, const RegionPolicy& policy,
                                                   const std::string& ca_file, const Clock& clock,
                                                   Random& random, const Log& log);
  // From now on the mover begins nothing, and sends no further request. Returns at once.
  void request_stop();
  ~RegionLoop();  // after the request under way: 15 seconds at most

 private:
  using Peers = std::map<std::string, std::unique_ptr<RegionPeer>, std::less<>>;
  RegionLoop(Store& store, const ServerSecrets& secrets, const RegionKeys& keys, const RegionPolicy& policy,
             Peers peers, const Clock& clock, Random& random, const Log& log);
  void run();
  void round();

  const Log& log_;
  const Clock& clock_;
  const Peers peers_;
  const Policies policies_;
  RelocationService service_;
  RelocationMover mover_;
  UnixSeconds proposed_at_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace cardea::server
