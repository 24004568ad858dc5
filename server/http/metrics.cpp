// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics.h"

namespace cardea::server::http {

std::string metric(const char* name, const char* type, const char* help, std::int64_t value) {
  const std::string full = std::string("cardea_") + name;
  return "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n" + full + " " +
         std::to_string(value) + "\n";
}

}  // namespace cardea::server::http
