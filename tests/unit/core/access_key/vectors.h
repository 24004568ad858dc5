// SPDX-License-Identifier: Apache-2.0
// Reads tests/vectors/access-key.json for the tests of this folder.
#pragma once

#include <fstream>
#include <functional>
#include <string>

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "build_paths.h"
#include "core/base/bytes.h"

namespace cardea::access_key {

inline Poco::JSON::Object::Ptr read_vectors() {
  std::ifstream file(CARDEA_SOURCE_DIR "/tests/vectors/access-key.json");
  return Poco::JSON::Parser().parse(file).extract<Poco::JSON::Object::Ptr>();
}

// Calls `use` for each object of the array `name`; returns how many there were.
inline int for_each_vector(const Poco::JSON::Object::Ptr& parent, const std::string& name,
                           const std::function<void(const Poco::JSON::Object&)>& use) {
  const auto array = parent->getArray(name);
  for (unsigned i = 0; i < array->size(); ++i)
    use(*array->getObject(i));
  return static_cast<int>(array->size());
}

inline std::string text_of(const Poco::JSON::Object& object, const std::string& name) {
  return object.getValue<std::string>(name);
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const Poco::JSON::Object& object, const std::string& name) {
  const Bytes bytes = from_hex(text_of(object, name)).value();
  if (bytes.size() != N) throw std::runtime_error(name + " has a wrong length");
  std::array<std::uint8_t, N> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace cardea::access_key
