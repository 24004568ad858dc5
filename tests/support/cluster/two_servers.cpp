// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster/two_servers.h"

#include <filesystem>

namespace cardea::test {
namespace {

// All clients come from 127.0.0.1, and log in again and again.
constexpr char kLimits[] = "[limits]\nconnections_per_prefix = 200\nguesses_per_prefix = 1000000\n";

std::string store(const std::string& url, const std::string& password_file, const std::string& name) {
  return "url = " + url + "&application_name=" + name + "\npassword_file = " + password_file +
         "\nconnections = 8";
}

}  // namespace

TwoServers::TwoServers(const std::string& url, const std::string& password_file)
    : servers_{ServerProcess(kLimits, store(url, password_file, "server-0")),
               ServerProcess(kLimits, store(url, password_file, "server-1"))} {
  for (const char* secret : {"oprf", "ake", "checkpoint"}) {
    std::filesystem::copy_file(servers_[0].dir.file(secret), servers_[1].dir.file(secret),
                               std::filesystem::copy_options::overwrite_existing);
  }
  for (ServerProcess& server : servers_)
    server.start();
}

}  // namespace cardea::test
