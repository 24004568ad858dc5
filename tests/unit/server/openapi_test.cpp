// SPDX-License-Identifier: Apache-2.0
// server/openapi.yaml and the route table describe the same requests.
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "build_paths.h"
#include "server/http/routes.h"

namespace cardea::server::http {
namespace {

// The file is kept in a form in which a path stands at two blanks and a method at four.
std::set<std::string> described() {
  std::ifstream file(std::string(CARDEA_SOURCE_DIR) + "/server/openapi.yaml");
  std::set<std::string> out;
  std::string line, path;
  bool in_paths = false;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != ' ' && line[0] != '#') in_paths = line == "paths:";
    if (!in_paths) continue;
    if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "put", "post", "delete"}) {
      if (line == std::string("    ") + method + ":") {
        std::string upper = method;
        for (char& c : upper)
          c = static_cast<char>(c - 32);
        out.insert(upper + " " + path);
      }
    }
  }
  return out;
}

TEST(OpenApi, EveryRouteIsDescribedAndEveryDescriptionIsARoute) {
  std::set<std::string> served;
  for (const Route& route : routes())
    served.insert(std::string(route.method) + " " + route.pattern);
  EXPECT_EQ(described(), served);
}

TEST(OpenApi, EveryRouteHasItsCounter) { EXPECT_LT(routes().size(), Metrics::kMaxRoutes - 1); }

}  // namespace
}  // namespace cardea::server::http
