// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/listed_servers.h"

#include <filesystem>
#include <fstream>

namespace cardea::test {

ListedServers::ListedServers(std::uint64_t version) {
  std::string list = "[servers]\nversion = " + std::to_string(version) + "\nurls =";
  for (const SlowProxy& proxy : proxies)
    list += " " + proxy.url();
  list += "\nregions = north south south\n";
  for (std::size_t i = 0; i < kCount; ++i) {
    servers[i] = std::make_unique<ServerProcess>("[server]\npublic_url = " + proxies[i].url() + "\n" + list);
    if (i != 0) share_secrets(*servers[i]);
    servers[i]->start();
    proxies[i].lead_to(servers[i]->port());
    std::ofstream(ca_file(), std::ios::app) << std::ifstream(servers[i]->ca_file()).rdbuf();
  }
}

void ListedServers::set_delays(int first, int second, int third) {
  const int delays[] = {first, second, third};
  for (std::size_t i = 0; i < kCount; ++i)
    proxies[i].set_delay(std::chrono::milliseconds(delays[i]));
}

void ListedServers::share_secrets(const ServerProcess& with) const {
  for (const char* secret : {"oprf", "ake", "checkpoint"}) {
    std::filesystem::remove(with.dir.file(secret));
    std::filesystem::copy_file(servers[0]->dir.file(secret), with.dir.file(secret));
  }
}

}  // namespace cardea::test
