// SPDX-License-Identifier: Apache-2.0
// The JSON that operations answer with.
#pragma once

#include <sstream>
#include <string>

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

namespace cardea::recoveryd {

using JsonObject = Poco::JSON::Object;
using JsonArray = Poco::JSON::Array;

inline std::string to_text(const JsonObject& object) {
  std::ostringstream out;
  object.stringify(out);
  return out.str();
}

}  // namespace cardea::recoveryd
