// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/nginx.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace cardea::bench {
namespace {

std::string configuration(const std::string& root, std::uint16_t port, const std::string& certificate,
                          const std::string& key) {
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string(kind) + "_temp_path " + root + "/tmp;\n";
  return "daemon off;\nworker_processes auto;\npid " + root + "/nginx.pid;\nerror_log " + root +
         "/error.log;\n" + (::geteuid() == 0 ? "user root;\n" : "") +
         "events { worker_connections 1024; }\nhttp {\n" + temporary +
         "access_log off;\ndefault_type application/json;\nkeepalive_requests 1000000;\nserver {\nlisten "
         "127.0.0.1:" +
         std::to_string(port) + " ssl;\nssl_protocols TLSv1.3;\nssl_certificate " + certificate +
         ";\nssl_certificate_key " + key + ";\nroot " + root + "/files;\n}\n}\n";
}

}  // namespace

Nginx::Nginx(const std::string& certificate, const std::string& key, const std::string& path,
             const std::string& body) {
  std::filesystem::create_directories(std::filesystem::path(root() + "/files" + path).parent_path());
  std::ofstream(root() + "/files" + path) << body;
  std::ofstream(root() + "/nginx.conf") << configuration(root(), port(), certificate, key);
  start({"/usr/sbin/nginx", "-p", root(), "-c", root() + "/nginx.conf"});
}

}  // namespace cardea::bench
