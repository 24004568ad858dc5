// SPDX-License-Identifier: Apache-2.0
// State files. The checksum is put right first, so that the structure behind it is reached; a state that is
// accepted can be written, read again, and answers commands.
#include <cstdlib>

#include <openssl/sha.h>

#include "tests/virtual_card/card_engine.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using namespace cardea::virtual_card;
  (void)parse_state({data, size});
  Bytes input(data, data + size);
  input.resize(size + SHA256_DIGEST_LENGTH);
  SHA256(data, size, input.data() + size);
  auto state = parse_state(input);
  if (!state.ok()) return 0;
  if (!parse_state(serialize_state(*state)).ok()) std::abort();
  static SystemRandom random;
  CardEngine engine(std::move(state).value(), random);
  for (const char* command : {"00a4080002501500", "00a4080004501545010000", "00b00000ff", "00ca01a000",
                              "002000010831313131ffffffff", "00a404000be82b0601040181c31f020100",
                              "805800000000000000", "00b12f02045402000000", "00200081"}) {
    if (engine.process(from_hex(command).value()).size() < 2) std::abort();
  }
  return 0;
}
