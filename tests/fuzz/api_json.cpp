// SPDX-License-Identifier: Apache-2.0
// JSON bodies: what is read, written and read again is the same; and the readers of the API's objects.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/api/json_fields.h"

using cardea::api::Json;
using cardea::api::JsonFields;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = Json::parse({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const std::string text = json->text();
  const auto again = Json::parse(text);
  if (!again.ok() || again->text() != text) std::abort();
  JsonFields fields(*json);
  (void)fields.account();
  (void)fields.bytes("ke1", 96);
  (void)fields.identifier<cardea::api::CardId>("card_id");
  (void)fields.number("epoch", 1, 100);
  (void)fields.choice("state", "active|suspended|revoked");
  for (const Json& holder : fields.array("holders", 64)) {
    JsonFields inner(holder);
    (void)inner.text("kind", 1, 16);
    (void)inner.bytes("envelope", 1, 2048);
    (void)inner.complete();
  }
  (void)JsonFields(fields.object("card")).complete();
  (void)fields.complete();
  return 0;
}
