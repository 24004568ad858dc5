// SPDX-License-Identifier: Apache-2.0
#include "core/api/json_fields.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::api {

JsonFields::JsonFields(const Json& json, Unknown unknown) : json_(json), unknown_(unknown) {
  if (json.object() == nullptr) complain("body", "is not an object");
}

void JsonFields::complain(std::string_view name, std::string_view what) {
  if (!complaint_) complaint_ = "“" + std::string(name) + "” " + std::string(what);
}

const Json* JsonFields::take(std::string_view name) {
  taken_.emplace_back(name);
  const Json* value = json_.find(name);
  return value != nullptr && value->is_null() ? nullptr : value;
}

const Json* JsonFields::member(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) complain(name, "is missing");
  return value;
}

bool JsonFields::has(std::string_view name) { return take(name) != nullptr; }

std::string JsonFields::text(std::string_view name, std::size_t min_size, std::size_t max_size) {
  const Json* value = member(name);
  if (value == nullptr) return {};
  const std::string* text = value->string();
  if (text == nullptr || text->size() < min_size || text->size() > max_size || !is_printable_text(*text)) {
    complain(name, "is not a text of the right length");
    return {};
  }
  return *text;
}

std::string JsonFields::account(std::string_view name) {
  std::string account = text(name, 1, 64);
  if (!account.empty() && !is_account_name(account)) complain(name, "is not an account name");
  return account;
}

std::string JsonFields::choice(std::string_view name, std::string_view words) {
  std::string word = text(name, 1, 32);
  const auto known = split(words, '|');
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  complain(name, "is not one of " + std::string(words));
  return {};
}

Bytes JsonFields::bytes(std::string_view name, std::size_t min_size, std::size_t max_size) {
  const Json* value = member(name);
  if (value == nullptr) return {};
  const std::string* text = value->string();
  // The length is checked first, so that a long text is not decoded for nothing.
  if (text != nullptr && text->size() <= (max_size * 4 + 2) / 3) {
    auto decoded = from_base64url(*text);
    if (decoded.ok() && decoded->size() >= min_size && decoded->size() <= max_size)
      return std::move(decoded).value();
  }
  complain(name, "is not base64url of the right length");
  return {};
}

std::int64_t JsonFields::integer(std::string_view name, std::int64_t minimum, std::int64_t maximum) {
  const Json* value = member(name);
  if (value == nullptr) return minimum;
  const std::int64_t* number = value->integer();
  if (number != nullptr && *number >= minimum && *number <= maximum) return *number;
  complain(name, "is not a number in its range");
  return minimum;
}

bool JsonFields::boolean(std::string_view name) {
  const Json* value = member(name);
  if (value == nullptr) return false;
  if (const bool* flag = value->boolean()) return *flag;
  complain(name, "is not true or false");
  return false;
}

const Json& JsonFields::object(std::string_view name) {
  static const Json kEmpty{Json::Object{}};
  const Json* value = member(name);
  if (value != nullptr && value->object() != nullptr) return *value;
  complain(name, "is not an object");
  return kEmpty;
}

const Json::Array& JsonFields::array(std::string_view name, std::size_t max_items) {
  static const Json::Array kEmpty;
  const Json* value = member(name);
  if (value != nullptr && value->array() != nullptr && value->array()->size() <= max_items)
    return *value->array();
  complain(name, "is not a list of the right length");
  return kEmpty;
}

Status JsonFields::complete() {
  if (const Json::Object* members = json_.object(); members != nullptr && unknown_ == Unknown::refuse) {
    for (const auto& [name, value] : *members) {
      if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
        complain(is_printable_text(name) && name.size() <= 64 ? name : "?", "is not known here");
      }
    }
  }
  if (complaint_) return fail(Error::invalid_argument, *complaint_);
  return {};
}

}  // namespace cardea::api
