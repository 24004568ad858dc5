// SPDX-License-Identifier: Apache-2.0
// The JSON that operations answer with, put together name by name.
#pragma once

#include <string>
#include <utility>

#include "core/api/json.h"

namespace cardea::recoveryd {

class JsonObject {
 public:
  JsonObject& set(std::string name, api::Json value) {
    members_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  [[nodiscard]] api::Json json() && { return api::Json(std::move(members_)); }
  [[nodiscard]] std::string text() && { return std::move(*this).json().text(); }

 private:
  api::Json::Object members_;
};

using JsonArray = api::Json::Array;

}  // namespace cardea::recoveryd
