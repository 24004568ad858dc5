// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/http_call.h"

namespace cardea::test {

api::Json HttpReply::json() const {
  auto parsed = api::Json::parse(body);
  return parsed.ok() ? std::move(parsed).value() : api::Json();
}

std::string HttpReply::text(std::string_view name) const {
  const api::Json parsed = json();
  const api::Json* member = parsed.find(name);
  return member != nullptr && member->string() != nullptr ? *member->string() : "";
}

std::int64_t HttpReply::number(std::string_view name) const {
  const api::Json parsed = json();
  const api::Json* member = parsed.find(name);
  return member != nullptr && member->integer() != nullptr ? *member->integer() : -1;
}

Bytes HttpReply::bytes(std::string_view name) const {
  auto decoded = from_base64url(text(name));
  return decoded.ok() ? std::move(decoded).value() : Bytes{};
}

std::string HttpReply::problem() const {
  constexpr std::string_view kPrefix = "urn:cardea:problem:";
  const std::string type = text("type");
  return type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : "";
}

}  // namespace cardea::test
