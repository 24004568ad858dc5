// SPDX-License-Identifier: Apache-2.0
// What a server says of a browser, and what a person types as its code.
#include "core/records/pairing.h"

#include <cstdlib>

#include "core/access_key/grouped_code.h"
#include "core/base/byte_io.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using namespace cardea::records;
  ByteReader in({data, size});
  const auto typed = parse_pairing_code(in.lp());
  const std::string_view authority = in.text();
  const PairingOffer offer{to_bytes(in.lp()), to_bytes(in.lp()), to_bytes(in.rest())};
  if (!in.good()) return 0;
  if (!typed.ok()) {
    const int group = access_key::mistyped_group(typed.failure());
    if (group < 1 || group > static_cast<int>(kPairingCodeGroups)) std::abort();
    return 0;
  }
  const auto checked = check_pairing(*typed, offer, authority);
  if (!checked.ok()) return 0;
  // An input that fits (there is one in the corpus) is a browser that an answer can be sealed to.
  SystemRandom random;
  if (checked->context.size() > kMaxPairingContext) std::abort();
  if (!seal_pairing_answer(*checked, {}, {}, {}, random).ok()) std::abort();
  return 0;
}
