// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL for the portal's test with two servers: says in one line of JSON how to reach it, and ends it
// when its standard input ends.
#include "tests/support/postgres/cluster.h"

#include <iostream>

#include "core/api/json.h"

int main() {
  using cardea::api::Json;
  try {
    cardea::test::PostgresCluster cluster;
    cluster.start();
    cluster.make_database("portal");
    std::cout << Json(
                     Json::Object{{"url", cluster.url("portal")}, {"password_file", cluster.password_file()}})
                     .text()
              << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
    }
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
}
