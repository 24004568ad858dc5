// SPDX-License-Identifier: Apache-2.0
// Takes the members of a JSON object one by one, each with its type and limit; afterwards complete() says
// whether anything was missing, wrong or left over. A message with an unknown member is refused: what one
// side believes to have said and the other did not hear is how protocols are broken. Used by the server's
// handlers and by its clients (who pass Unknown::ignore, so that an answer may grow).
#pragma once

#include <optional>
#include <vector>

#include "core/api/identifiers.h"
#include "core/api/json.h"

namespace cardea::api {

class JsonFields {
 public:
  enum class Unknown { refuse, ignore };

  // `json` outlives this object. Anything but an object makes every field missing.
  explicit JsonFields(const Json& json, Unknown unknown = Unknown::refuse);

  // Each returns a neutral value when the member is missing or wrong, and remembers that.
  std::string text(std::string_view name, std::size_t min_size, std::size_t max_size);  // printable UTF-8
  std::string account(std::string_view name = "account");
  std::string choice(std::string_view name, std::string_view words);  // "lost|stolen"
  Bytes bytes(std::string_view name, std::size_t min_size, std::size_t max_size);
  Bytes bytes(std::string_view name, std::size_t exact) { return bytes(name, exact, exact); }
  std::int64_t integer(std::string_view name, std::int64_t minimum, std::int64_t maximum);
  std::uint32_t number(std::string_view name, std::uint32_t minimum, std::uint32_t maximum) {
    return static_cast<std::uint32_t>(integer(name, minimum, maximum));
  }
  bool boolean(std::string_view name);
  template <typename Id>
  Id identifier(std::string_view name) {
    auto id = Id::from_text(text(name, Id::kTextSize, Id::kTextSize));
    if (!id.ok()) complain(name, "is not an identifier");
    return id.ok() ? *id : Id{};
  }
  // The member as it is; nullptr when it is missing. For nested objects and lists.
  const Json* member(std::string_view name);
  const Json& object(std::string_view name);
  const Json::Array& array(std::string_view name, std::size_t max_items);
  // Whether the optional member is there (and not null); only then ask for its value.
  [[nodiscard]] bool has(std::string_view name);

  void complain(std::string_view name, std::string_view what);
  // invalid_argument, with the first complaint.
  [[nodiscard]] Status complete();

 private:
  const Json* take(std::string_view name);
  const Json& json_;
  Unknown unknown_;
  std::vector<std::string> taken_;
  std::optional<std::string> complaint_;
};

}  // namespace cardea::api
