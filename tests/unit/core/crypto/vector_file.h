// SPDX-License-Identifier: Apache-2.0
// Reads the vector files of tests/vectors. A missing file, name or bad hex throws, which fails the test.
#pragma once

#include <fstream>
#include <functional>
#include <stdexcept>

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "build_paths.h"
#include "core/base/bytes.h"

namespace cardea::test {

using Json = Poco::JSON::Object;

inline Poco::Dynamic::Var read_vectors(const std::string& name) {
  std::ifstream file(std::string(CARDEA_SOURCE_DIR) + "/tests/vectors/" + name);
  if (!file) throw std::runtime_error("no such vector file: " + name);
  return Poco::JSON::Parser().parse(file);
}

inline Bytes hex(const Json& object, const std::string& name) {
  auto bytes = from_hex(object.getValue<std::string>(name));
  if (!bytes.ok()) throw std::runtime_error("bad hex in " + name);
  return *bytes;
}

// Calls `run` for each object of an array and returns how many there were.
inline std::size_t each(const Poco::Dynamic::Var& array, const std::function<void(const Json&)>& run) {
  std::size_t count = 0;
  for (const auto& item : *array.extract<Poco::JSON::Array::Ptr>()) {
    run(*item.extract<Json::Ptr>());
    ++count;
  }
  return count;
}

// Wycheproof: calls `run(group, test)` for each test and returns how many there were.
inline std::size_t each_wycheproof(const std::string& name,
                                   const std::function<void(const Json& group, const Json& test)>& run) {
  std::size_t count = 0;
  const auto file = read_vectors(name).extract<Json::Ptr>();
  each(file->get("testGroups"), [&](const Json& group) {
    count += each(group.get("tests"), [&](const Json& test) { run(group, test); });
  });
  if (count != file->getValue<std::size_t>("numberOfTests"))
    throw std::runtime_error("vectors missing in " + name);
  return count;
}

}  // namespace cardea::test
